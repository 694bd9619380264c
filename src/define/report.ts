// The report of a campaign: the one object every renderer is fed with, written as report.json. Format: ctxspec-report/1.

import { z } from "zod";
import { baselineEntry } from "./baseline.js";
import { LEVELS } from "./clause.js";
import { PROFILE_IDS } from "./profile.js";
import { reportFinding } from "./report-finding.js";
import { reportPart } from "./report-part.js";
import { BASELINE_STATES, CLAUSE_VERDICTS, CUTS, REPORT_FORMAT, VERDICTS } from "./words.js";

export type { ReportFinding } from "./report-finding.js";
export { reportFinding };

export const reportClause = z.strictObject({
  id: z.string(),
  title: z.string(),
  family: z.string(),
  level: z.enum(LEVELS),
  /** Where the requirement comes from, as the clause says it. */
  source: z.array(z.strictObject({ url: z.string(), says: z.string() })).optional(),
  host: z.enum(PROFILE_IDS),
  verdict: z.enum(CLAUSE_VERDICTS),
  /** not-applicable, excused, inconclusive: why. */
  reason: z.string().optional(),
  witnessed: z.number(),
  cases: z.number(),
  /** Cases of this profile in which the clause was violated. */
  violations: z.number(),
  findings: z.array(reportFinding),
});
export type ReportClause = z.infer<typeof reportClause>;

/** What the run says about the baseline it was given. */
export const reportBaseline = z.strictObject({
  file: z.string(),
  /** An entry is stale or expired, or a violation that counts is not in it: the exit code is 1 at least. */
  holds: z.boolean(),
  entries: z.array(baselineEntry.extend({ state: z.enum(BASELINE_STATES), witnessed: z.number() })),
  /** Violations that count and stand in no entry. */
  fresh: z.array(z.strictObject({ clause: z.string(), host: z.enum(PROFILE_IDS) })),
});
export type ReportBaseline = z.infer<typeof reportBaseline>;

export const reportSchema = z.strictObject({
  format: z.literal(REPORT_FORMAT),
  tool: z.strictObject({ name: z.literal("ctxspec"), version: z.string(), generator: z.string() }),
  engine: z.strictObject({
    id: z.string(),
    name: z.string(),
    version: z.string(),
    /** What the user asked for: path, package or engine name. */
    source: z.string(),
    /** sha256 over the engine's own files. */
    digest: z.string(),
    declares: z.record(z.string(), z.unknown()),
    claims: z.array(z.string()),
    /** Where SDK names resolved to, what was refused, what the plugin touched. */
    notes: z.array(z.string()),
  }),
  run: z.strictObject({
    seed: z.number(),
    preset: z.string(),
    hosts: z.array(
      z.strictObject({
        id: z.enum(PROFILE_IDS),
        reason: z.string(),
        cases: z.number(),
        steps: z.number(),
        engineCalls: z.number(),
      }),
    ),
    /** Profiles left out, with the reason. */
    skippedHosts: z.array(z.strictObject({ id: z.enum(PROFILE_IDS), reason: z.string() })),
    cases: z.number(),
    extraCases: z.number(),
    steps: z.number(),
    engineCalls: z.number(),
    durationMs: z.number(),
    node: z.string(),
    startedAt: z.string(),
    shard: z.string().optional(),
  }),
  verdict: z.enum(VERDICTS),
  /** Exit code that goes with the verdict. */
  exitCode: z.number(),
  /** Upper 95% bound on the failure rate per case (3/n), when nothing was found. */
  failureRateBound: z.number().optional(),
  error: z.strictObject({ code: z.string(), message: z.string(), cause: z.string().optional(), hint: z.string() }).optional(),
  truncated: z.boolean(),
  /** What ended the run, or a shrink, early; only where `truncated`. */
  truncatedBy: z.array(z.enum(CUTS)).optional(),
  clauses: z.array(reportClause),
  /** Host clauses, judged on every simulated history as a check of the harness. */
  harness: z.array(
    z.strictObject({ id: z.string(), host: z.enum(PROFILE_IDS), verdict: z.enum(CLAUSE_VERDICTS), witnessed: z.number() }),
  ),
  coverage: z.strictObject({
    /** Lifecycle edges seen: "<call>-><call>@<turn kind>" → count, per profile. */
    edges: z.record(z.string(), z.record(z.string(), z.number())),
    /** Obligations never met, per profile. */
    unexercised: z.record(z.string(), z.array(z.string())),
    /** Turns after which the engine's background work was still running. */
    unsettled: z.number(),
  }),
  baseline: reportBaseline.optional(),
  notJudged: z.array(z.string()),
  /** With --shard only: what `ctxspec merge` needs. The report of a whole run, merged or not, has none. */
  part: reportPart.optional(),
});
export type Report = z.infer<typeof reportSchema>;

/** One engine of a run of several. */
export interface SummaryEntry {
  /** As it was named on the command line. */
  engine: string;
  report: Report;
  /** Files of its own report, relative to the summary, the best to look at first. */
  files: string[];
}

/** A renderer in reports/summary/: pure, fed with the reports of several engines. */
export interface SummaryFormat {
  /** The file name. */
  id: string;
  about: string;
  /** Name of the file written into --out; undefined: printed. */
  file?: string;
  render(entries: readonly SummaryEntry[], options: { colour: boolean; width: number }): string;
}

/** A renderer in reports/: pure, fed with the report alone. */
export interface ReportFormat {
  /** The file name. */
  id: string;
  about: string;
  /** Name of the file written into --out; undefined: printed to stdout. */
  file?: string;
  render(report: Report, options: { colour: boolean; width: number }): string;
}
