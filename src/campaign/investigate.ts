// From "a clause was violated in case k" to a finding in the report: played again until it is certain, shrunk, and told with its history.
// Every single play is a task of the crew, so an engine that hangs or dies while it is being looked into hurts nobody either.

import type { Case, Clause, Event, Finding, ProfileId, ReportFinding } from "../define/index.js";
import type { Crew } from "./crew.js";
import type { Parts, PlayLimits } from "./parts.js";
import type { ShrinkProgress } from "./progress.js";
import type { Played } from "./protocol.js";
import { nowMs } from "./real-time.js";
import { withoutScratchPaths } from "./scratch-paths.js";
import { type Candidate, labelOf } from "./tally.js";
import { given, isLost, judgeLoss, type TaskBase, taskOf } from "./tasks.js";
import type { Confirmation } from "./verdict.js";

export interface InquiryRules extends TaskBase {
  seed: number;
  /** Plays per finding while shrinking, and the emergency brake in real milliseconds. */
  shrinkRuns: number;
  shrinkTimeMs: number;
  extraCases: Case[];
  /** The command that replays a saved case; the path is relative to the report's folder. */
  replayCommand(caseFile: string): string;
  aborted(): boolean;
  onProgress?(progress: ShrinkProgress): void;
}

export interface Inquiry {
  confirmation: Confirmation;
  finding: ReportFinding;
  /** Time ran out, or somebody stopped it, before the case was as small as it can be. */
  cut: boolean;
}

interface Shown {
  finding: Finding;
  theCase: Case;
  events: Event[];
  /** What the engine wrote to stdout and stderr meanwhile. */
  output?: string | undefined;
}

interface Shrinking {
  theCase: Case;
  minimal: boolean;
  why: { step: string; without: string }[];
  cut: boolean;
}

const REPLAYS = 5;
const OUTPUT_SHOWN = 1_000;
/** While a hang is shrunk, calls get this long; the result is confirmed under the full limit. */
const SHORT_LIMIT_MS = 1_000;

export function caseFileOf(clause: string, host: ProfileId): string {
  return `cases/${clause}--${host}.case.json`;
}

/** What came of a candidate. */
export interface LookedInto {
  candidate: Candidate;
  inquiry: Inquiry;
}

/** What it finds follows from the candidate alone, not from what was found before: so a shard finds what the whole run would. */
export class Investigator {
  constructor(
    private readonly crew: Crew,
    private readonly parts: Pick<Parts, "caseFor" | "shrink">,
    private readonly rules: InquiryRules,
  ) {}

  /** The first candidate that reproduces; if none does, the clause is flaky. */
  async investigate(host: ProfileId, clause: Clause, candidates: Candidate[]): Promise<Inquiry | undefined> {
    const seen = await this.lookThrough(host, clause, candidates);
    return (seen.find(({ inquiry }) => inquiry.confirmation === "confirmed") ?? seen[0])?.inquiry;
  }

  /** One candidate after the other, until one is confirmed. */
  async lookThrough(host: ProfileId, clause: Clause, candidates: Candidate[]): Promise<LookedInto[]> {
    const seen: LookedInto[] = [];
    for (const candidate of candidates) {
      const inquiry = await this.lookInto(host, clause, candidate);
      seen.push({ candidate, inquiry });
      if (inquiry.confirmation === "confirmed") break;
    }
    return seen;
  }

  private async lookInto(host: ProfileId, clause: Clause, candidate: Candidate): Promise<Inquiry> {
    const original = this.caseOf(host, candidate);
    const confirmed = await this.confirm(original, clause, candidate);
    if (confirmed === undefined) {
      const shown: Shown = { finding: { ...candidate.finding, at: 0, blame: [] }, theCase: original, events: [] };
      return {
        confirmation: "flaky",
        cut: false,
        finding: this.told(host, clause, candidate, shown, { original, minimal: false }),
      };
    }
    const shrunk = await this.shrink(host, clause, candidate, confirmed);
    const final = await this.showAgain(shrunk.theCase, clause, candidate);
    const minimal = final !== undefined && shrunk.minimal && !shrunk.cut;
    const why = minimal ? { why: shrunk.why } : {};
    const finding = this.told(host, clause, candidate, final ?? confirmed, { original, minimal, ...why });
    return { confirmation: "confirmed", cut: shrunk.cut, finding };
  }

  private caseOf(host: ProfileId, candidate: Candidate): Case {
    const { name } = candidate;
    if (candidate.theCase !== undefined) return candidate.theCase;
    if (name.kind === "k") return this.parts.caseFor(this.rules.seed, name.k, host);
    const extra = this.rules.extraCases[name.n];
    if (extra === undefined) throw new Error(`no extra case ${name.n}`);
    return extra;
  }

  /** A finding that rests on twins has to come back every time, any other one once: an engine that leaks half of the time leaks. */
  private async confirm(theCase: Case, clause: Clause, candidate: Candidate): Promise<Shown | undefined> {
    const everyTime = clause.twins !== undefined;
    const replays = this.rules.aborted() || candidate.reproduced ? 1 : REPLAYS;
    let shown: Shown | undefined;
    for (let replay = 0; replay < replays; replay++) {
      const again = await this.show(theCase, clause, candidate, this.rules.limits, "history");
      if (again !== undefined && !everyTime) return again;
      if (again === undefined && everyTime) return undefined;
      shown = again ?? shown;
    }
    return shown;
  }

  private async showAgain(theCase: Case, clause: Clause, candidate: Candidate): Promise<Shown | undefined> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const shown = await this.show(theCase, clause, candidate, this.rules.limits, "history");
      if (shown !== undefined) return shown;
    }
    return undefined;
  }

  /** Plays one case; answers the finding of this clause at this level, if there is one. */
  private async show(
    theCase: Case,
    clause: Clause,
    candidate: Candidate,
    limits: PlayLimits,
    answer: "brief" | "history",
  ): Promise<Shown | undefined> {
    const played = await this.play(theCase, clause, candidate, limits, answer);
    const finding = findingAt(played, clause, candidate);
    if (finding === undefined) return undefined;
    const events = (played.history?.events ?? []) as unknown as Event[];
    return { finding, theCase: played.theCase, events, output: played.output };
  }

  private async play(
    theCase: Case,
    clause: Clause,
    candidate: Candidate,
    limits: PlayLimits,
    answer: "brief" | "history",
  ): Promise<Played & { theCase: Case }> {
    const task = taskOf(this.rules, {
      target: given(theCase),
      clauses: [clause.id],
      twins: "all",
      answer,
      trace: candidate.lost,
      limits,
    });
    const outcome = await this.crew.run(task, "probe");
    return isLost(outcome)
      ? judgeLoss(this.crew, task, outcome, theCase, "probe")
      : { ...outcome, theCase: outcome.fixed ?? theCase };
  }

  private async shrink(host: ProfileId, clause: Clause, candidate: Candidate, confirmed: Shown): Promise<Shrinking> {
    const { rules } = this;
    const unshrunk: Shrinking = { theCase: confirmed.theCase, minimal: false, why: [], cut: true };
    if (rules.aborted()) return unshrunk;
    const limits = hangs(confirmed) ? shorter(rules.limits) : rules.limits;
    const endsAtMs = nowMs() + rules.shrinkTimeMs;
    let runs = 0;
    let cut = false;
    let steps = confirmed.theCase.steps.length;
    const deadline = (): boolean => {
      cut ||= rules.aborted() || nowMs() > endsAtMs;
      return cut;
    };
    const violates = async (theCase: Case): Promise<{ violated: boolean; skipped: string[] }> => {
      runs += 1;
      const played = await this.play(theCase, clause, candidate, limits, "brief");
      const violated = findingAt(played, clause, candidate) !== undefined;
      if (violated) steps = Math.min(steps, theCase.steps.length);
      rules.onProgress?.({ kind: "shrinking", host, clause: clause.id, runs, steps });
      return { violated, skipped: played.skipped };
    };
    const shownIn = confirmed.events[confirmed.finding.at]?.step;
    const about = shownIn === undefined ? {} : { shownIn };
    const shrunk = await this.parts.shrink(confirmed.theCase, violates, { maxRuns: rules.shrinkRuns, deadline, ...about });
    return { theCase: shrunk.case, minimal: shrunk.minimal, why: shrunk.why, cut };
  }

  private told(
    host: ProfileId,
    clause: Clause,
    candidate: Candidate,
    shown: Shown,
    about: { original: Case; minimal: boolean; why?: ReportFinding["why"] },
  ): ReportFinding {
    const caseFile = caseFileOf(clause.id, host);
    const { theCase } = shown;
    const { finding, events, output } = withoutScratchPaths({
      finding: shown.finding,
      events: shown.events,
      output: shown.output,
    });
    return {
      message: finding.message,
      expected: finding.expected,
      actual: finding.actual,
      ...(output === undefined ? {} : { output: output.slice(-OUTPUT_SHOWN) }),
      level: candidate.level === "should" ? "should" : clause.level,
      at: finding.at,
      blame: finding.blame,
      caseFile,
      case: theCase,
      events: events as unknown as ReportFinding["events"],
      steps: theCase.steps.length,
      shrunkFrom: about.original.steps.length,
      minimal: about.minimal,
      ...(about.why === undefined ? {} : { why: about.why }),
      replay: this.rules.replayCommand(caseFile),
      foundAt: labelOf(candidate.name),
    };
  }
}

function findingAt(played: Played, clause: Clause, candidate: Candidate): Finding | undefined {
  const said = played.judged.find((judged) => judged.clause === clause.id);
  return said?.findings.find((one) => (one.level === "should") === (candidate.level === "should")) as Finding | undefined;
}

function hangs(shown: Shown): boolean {
  return shown.events.some((event) => event.kind === "throw" && event.cause === "timeout");
}

function shorter(limits: PlayLimits): PlayLimits {
  return {
    callTimeoutMs: Math.min(limits.callTimeoutMs, SHORT_LIMIT_MS),
    compactTimeoutMs: Math.min(limits.compactTimeoutMs, SHORT_LIMIT_MS),
  };
}
