// The words of the formats: versions, and the lists of values that a case or a report may hold. The schemas are built on them.

import type { StepKind } from "./case.js";
import type { ReportFormat, SummaryFormat } from "./report.js";

export const CASE_FORMAT = "ctxspec-case/1";
export const REPORT_FORMAT = "ctxspec-report/1";
export const BASELINE_FORMAT = "ctxspec-baseline/1";
export const CERTIFICATE_FORMAT = "ctxspec-certificate/1";

export const PROVIDER_ANSWERS = ["ok", "tool", "overflow", "error", "abort"] as const;
export type ProviderAnswer = (typeof PROVIDER_ANSWERS)[number];

/** How the fake summariser answers: `late` answers only after an abort, `hang` never until aborted. */
export const SUMMARISER_MODES = ["healthy", "empty", "error", "same", "longer", "falters", "hang", "late"] as const;

export const REPLY_KINDS = ["text", "ack", "empty"] as const;

export const STEP_KINDS = [
  "turn",
  "tick",
  "compact",
  "reset",
  "restart",
  "kill",
  "late",
  "repeat",
  "spawn",
  "import",
  "damage",
  "clock",
  "overlap",
] as const satisfies readonly StepKind[];

export const CLAUSE_VERDICTS = ["passed", "violated", "inconclusive", "flaky", "excused", "not-applicable"] as const;
export type ClauseVerdict = (typeof CLAUSE_VERDICTS)[number];
export const VERDICTS = ["conforms", "violates", "inconclusive", "flaky", "error"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What ended a run early. time: the run's limit. bail: --bail at a violation. interrupt: Ctrl-C or a signal. shrink-time: the limit of one
 * finding's shrinking. error: ctxspec broke off. */
export const CUTS = ["time", "bail", "interrupt", "shrink-time", "error"] as const;
export type Cut = (typeof CUTS)[number];

/**
 * What became of a baseline's entry. known: violated, as recorded. stale: exercised and no longer violated. expired: its date has passed.
 * unseen: this run can say nothing about it.
 */
export const BASELINE_STATES = ["known", "stale", "expired", "unseen"] as const;
export type BaselineState = (typeof BASELINE_STATES)[number];

/** What is never judged, said in every report. */
export const NOT_JUDGED = [
  "the quality of summaries and of recall",
  "which old messages an engine chooses to drop under a tight budget",
  "what plugin hooks outside the engine contract do",
  "a real model's behaviour",
];

export function defineSummary(format: SummaryFormat): SummaryFormat {
  return format;
}

export function defineReport(format: ReportFormat): ReportFormat {
  return format;
}

/** What a failed assistant entry reads at the next open of a classic transcript. */
export const FAILED_ASSISTANT = "[assistant turn failed before producing content]";
/** The text a classic host appends after an overflow it could not recover from. */
export const OVERFLOW_APOLOGY =
  "The conversation no longer fits this model's window, and making it shorter did not help. Start a new session or pick another.";
/** Entries that a host makes by itself: who reads the session file may show them, though no call ever brought them. */
export const HOST_ENTRIES: ReadonlySet<string> = new Set([FAILED_ASSISTANT, OVERFLOW_APOLOGY]);
