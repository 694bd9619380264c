// What a campaign tells while it works, as data: the command line draws it, a library may log it. Nothing here is printed.

import type { ClauseVerdict, ProfileId } from "../define/index.js";

export type Progress = CampaignProgress | ViolationSeen | ShrinkProgress;

/** Sent at most a few times a second. */
export interface CampaignProgress {
  kind: "cases";
  host: ProfileId;
  /** From 1. */
  hostNumber: number;
  hosts: number;
  /** Cases of this profile, and how many it is to get at most. */
  done: number;
  planned: number;
  /** Share of the whole campaign that is done, 0 to 1, by cases or by time, whichever is further. */
  share: number;
  casesPerSecond: number;
  /** Milliseconds left at this speed; undefined before there is a speed. */
  leftMs?: number;
  /** Clauses violated so far, all profiles: "<clause> under <host>". */
  violated: string[];
  /** Clauses of this profile that nothing has exercised yet. */
  unexercised: string[];
}

/** A clause was violated for the first time under a profile; not confirmed yet. */
export interface ViolationSeen {
  kind: "violation";
  host: ProfileId;
  clause: string;
  message: string;
  /** Number of the case, or c<n>. */
  foundAt: string;
}

export interface ShrinkProgress {
  kind: "shrinking";
  host: ProfileId;
  clause: string;
  runs: number;
  /** Steps of the smallest case so far. */
  steps: number;
}

/** One profile is ready. */
export interface HostDone {
  host: ProfileId;
  reason: string;
  cases: number;
  steps: number;
  engineCalls: number;
  durationMs: number;
  /** Verdict per clause id. */
  verdicts: Record<string, ClauseVerdict>;
}

/** Cases per second over the last few seconds, from the times of finished cases. */
export class Speed {
  private readonly marks: { atMs: number; cases: number }[] = [];

  constructor(private readonly spanMs = 5_000) {}

  mark(atMs: number, cases: number): void {
    this.marks.push({ atMs, cases });
    while (this.marks.length > 2 && (this.marks[0]?.atMs ?? atMs) < atMs - this.spanMs) this.marks.shift();
  }

  perSecond(): number {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
    return ((last.cases - first.cases) * 1_000) / (last.atMs - first.atMs);
  }
}
