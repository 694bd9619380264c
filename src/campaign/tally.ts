// What a campaign has seen under one profile: sums, and for every clause its witnesses, its violations and the first cases to look into.
// Fed in the order of the cases, so the same whatever ran first. Sums only: it stays small however many cases there are.

import type { Case, Facts, FINDING_LEVELS, Finding, PartSums, ProfileId } from "../define/index.js";
import type { Judged, Played } from "./protocol.js";

/** Which case: number k, or an extra case. */
export type CaseName = { kind: "k"; k: number } | { kind: "extra"; n: number };

export function labelOf(name: CaseName): string {
  return name.kind === "k" ? String(name.k) : `c${name.n}`;
}

/** own: the clause's own level. should: a finding that the clause itself calls weaker. */
export type FindingLevel = (typeof FINDING_LEVELS)[number];

/** A case that violated a clause when it was first played. */
export interface Candidate {
  name: CaseName;
  level: FindingLevel;
  finding: Finding;
  /** The worker process was lost in it. */
  lost: boolean;
  /** It was played again already and did the same. */
  reproduced: boolean;
  /** The case itself where (seed, k) does not give it: the twin in which the process was lost. */
  theCase?: Case;
}

/** What is known of a case beside what clauses said about it. */
export type How = Pick<Candidate, "lost" | "reproduced" | "theCase">;
export const PLAYED_ONCE: How = { lost: false, reproduced: false };

/** Where the engine first differed from itself. Extra cases come before case 0. */
export interface SelfDifference {
  k: number;
  said: string;
}

export interface ClauseTally {
  witnessed: number;
  /** Cases in which the clause was violated, at whatever level. */
  violations: number;
  /** The first few cases, lowest first. */
  candidates: Record<FindingLevel, Candidate[]>;
  unstable?: SelfDifference;
}

/** A first case that does not reproduce is followed by the next ones. */
const CANDIDATES_KEPT = 3;
const TARGETS_KEPT = 10;

export class HostTally {
  cases = 0;
  extraCases = 0;
  steps = 0;
  engineCalls = 0;
  readonly facts: Facts = {};
  /** Network targets that were refused, the first few. */
  readonly network: string[] = [];
  readonly clauses = new Map<string, ClauseTally>();
  /** The engine differed from itself in a case without any fault: no twin clause can conclude anything. */
  unstable: SelfDifference | undefined;

  constructor(readonly host: ProfileId) {}

  clause(id: string): ClauseTally {
    let tally = this.clauses.get(id);
    if (tally === undefined) {
      tally = { witnessed: 0, violations: 0, candidates: { own: [], should: [] } };
      this.clauses.set(id, tally);
    }
    return tally;
  }

  /** Adds one case; answers the candidates that are the first of their clause and level. */
  add(name: CaseName, played: Played, how: How): { clause: string; candidate: Candidate }[] {
    if (name.kind === "k") this.cases += 1;
    else this.extraCases += 1;
    this.steps += played.steps;
    this.engineCalls += played.engineCalls;
    for (const fact of Object.keys(played.facts)) this.facts[fact] = (this.facts[fact] ?? 0) + (played.facts[fact] ?? 0);
    for (const target of played.network ?? [])
      if (this.network.length < TARGETS_KEPT && !this.network.includes(target)) this.network.push(target);
    if (played.unstable !== undefined) this.unstable ??= differenceIn(name, played.unstable);
    return played.judged.flatMap((judged) => this.addJudged(name, judged, how));
  }

  /** Adds sums of other cases, whatever their order. Candidates are no sums: they stay where they are. */
  absorb(sums: PartSums): void {
    this.cases += sums.cases;
    this.steps += sums.steps;
    this.engineCalls += sums.engineCalls;
    for (const [fact, times] of Object.entries(sums.facts)) this.facts[fact] = (this.facts[fact] ?? 0) + times;
    this.unstable = earlier(this.unstable, sums.unstable);
    for (const [id, { witnessed, violations, unstable }] of Object.entries(sums.clauses)) {
      const tally = this.clause(id);
      tally.witnessed += witnessed;
      tally.violations += violations;
      const first = earlier(tally.unstable, unstable);
      if (first !== undefined) tally.unstable = first;
    }
  }

  sums(): PartSums {
    const clauses = [...this.clauses].map(([id, { witnessed, violations, unstable }]): [string, PartSums["clauses"][string]] => [
      id,
      { witnessed, violations, ...(unstable === undefined ? {} : { unstable }) },
    ]);
    return {
      cases: this.cases,
      steps: this.steps,
      engineCalls: this.engineCalls,
      facts: this.facts,
      ...(this.unstable === undefined ? {} : { unstable: this.unstable }),
      clauses: Object.fromEntries(clauses),
    };
  }

  private addJudged(name: CaseName, judged: Judged, how: How): { clause: string; candidate: Candidate }[] {
    const tally = this.clause(judged.clause);
    tally.witnessed += judged.witness;
    if (judged.unstable !== undefined) tally.unstable ??= differenceIn(name, judged.unstable);
    if (judged.findings.length === 0) return [];
    tally.violations += 1;
    const fresh: { clause: string; candidate: Candidate }[] = [];
    for (const level of ["own", "should"] as const) {
      const found = judged.findings.find((finding) => (finding.level === "should") === (level === "should"));
      if (found === undefined || tally.candidates[level].length >= CANDIDATES_KEPT) continue;
      const candidate: Candidate = { name, level, finding: found as Finding, ...how };
      tally.candidates[level].push(candidate);
      if (tally.candidates[level].length === 1) fresh.push({ clause: judged.clause, candidate });
    }
    return fresh;
  }
}

function differenceIn(name: CaseName, what: string): SelfDifference {
  return { k: name.kind === "k" ? name.k : -1, said: `case ${labelOf(name)}: ${what}` };
}

function earlier(one: SelfDifference | undefined, other: SelfDifference | undefined): SelfDifference | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.k < one.k ? other : one;
}
