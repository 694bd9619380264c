// From counts to verdicts: one clause under one profile, then the whole run and its exit code. Pure; all rules of honesty that concern
// the verdict stand here: witness zero is never a pass, a claim binds only who claims it, a should counts only under --strict.

import { type Applicability, type ClauseVerdict, EXIT, type Level, mayFind, type Verdict } from "../define/index.js";

/** What became of the violations of one level. */
export type Confirmation = "confirmed" | "flaky";

export interface ClauseInput {
  id: string;
  level: Level;
  /** For claims: what the clause is to an engine that does not claim it. */
  unclaimed: "not-applicable" | "should";
  host: string;
  applies: Applicability;
  claims: string[];
  excuses: { clause: string; host?: string; reason: string }[];
  witnessed: number;
  cases: number;
  /** Absent where no case violated the clause at that level. */
  violated: { own?: Confirmation; should?: Confirmation };
  /** Why nothing can be concluded from twins. */
  unstable?: string;
}

export interface ClauseResult {
  verdict: ClauseVerdict;
  /** The level at which the verdict counts: lower than the clause's own where only its weaker part was violated. */
  level: Level;
  reason?: string;
}

export function clauseVerdict(input: ClauseInput): ClauseResult {
  const claimed = input.level !== "claim" || input.claims.includes(input.id);
  const level: Level = claimed ? input.level : "should";
  const found = input.violated.own !== undefined || input.violated.should !== undefined;
  if (!input.applies.applies && !(found && mayFind(input.applies)))
    return { verdict: "not-applicable", level: input.level, reason: input.applies.reason };
  if (!claimed && input.unclaimed === "not-applicable")
    return { verdict: "not-applicable", level: input.level, reason: "not claimed" };
  const { own, should } = input.violated;
  const excuse = input.excuses.find((one) => one.clause === input.id && (one.host === undefined || one.host === input.host));
  if (own === "confirmed" || should === "confirmed") {
    const counted = own === "confirmed" ? level : "should";
    return excuse === undefined
      ? { verdict: "violated", level: counted }
      : { verdict: "excused", level: counted, reason: excuse.reason };
  }
  // Of an engine that is known to differ from itself it is no news that a difference did not come back.
  if (input.unstable !== undefined)
    return { verdict: "inconclusive", level, reason: `the engine differs from itself: ${input.unstable}` };
  if (own === "flaky") return { verdict: "flaky", level, reason: "a violation did not reproduce when its case was played again" };
  if (should === "flaky")
    return { verdict: "flaky", level: "should", reason: "a violation did not reproduce when its case was played again" };
  if (input.cases === 0) return { verdict: "inconclusive", level, reason: "no case ran" };
  if (input.witnessed === 0) return { verdict: "inconclusive", level, reason: `never exercised in ${input.cases} cases` };
  return { verdict: "passed", level };
}

export interface RunInput {
  clauses: { level: Level; verdict: ClauseVerdict }[];
  cases: number;
  strict: boolean;
  /** False: an entry of the baseline is stale or expired, or something is new; that fails like a violation. */
  baselineHolds?: boolean;
  /** Exit code of an error that ended the run: 3 or 70. */
  error?: number;
}

export interface RunResult {
  verdict: Verdict;
  exitCode: number;
}

const VERDICT_OF: Record<number, Verdict> = {
  [EXIT.conforms]: "conforms",
  [EXIT.violates]: "violates",
  [EXIT.inconclusive]: "inconclusive",
  [EXIT.flaky]: "flaky",
};

/** Where several hold: 70 > 3 > 1 > 5 > 4 > 0. */
export function runVerdict(input: RunInput): RunResult {
  const { strict, clauses } = input;
  const exitCode =
    input.error ??
    exitCodeOf(
      clauses.filter(({ level }) => strict || level !== "should").map(({ verdict }) => verdict),
      clauses.some(({ verdict }) => verdict !== "not-applicable") ? input.cases : 0,
      input.baselineHolds ?? true,
    );
  return { exitCode, verdict: VERDICT_OF[exitCode] ?? "error" };
}

/** `cases`: none where no clause applied to them. */
function exitCodeOf(counted: ClauseVerdict[], cases: number, baselineHolds: boolean): number {
  if (counted.includes("violated") || !baselineHolds) return EXIT.violates;
  if (counted.includes("flaky")) return EXIT.flaky;
  if (counted.includes("inconclusive") || cases === 0) return EXIT.inconclusive;
  return EXIT.conforms;
}

/** Of several exit codes, the one that counts. */
export function worstExit(codes: number[]): number {
  const order: number[] = [EXIT.internal, EXIT.engine, EXIT.violates, EXIT.flaky, EXIT.inconclusive, EXIT.conforms];
  return order.find((code) => codes.includes(code)) ?? EXIT.conforms;
}

/** Upper 95% bound on the failure rate per case after n cases without a failure (rule of three); undefined for no case. */
export function failureRateBound(cases: number): number | undefined {
  return cases > 0 ? Math.min(1, 3 / cases) : undefined;
}
