// What is known about candidates already played: by digest of their JSON, so that no candidate is played twice and large ones cost no memory.

import { createHash } from "node:crypto";
import type { Case } from "../../define/index.js";

export interface Played {
  violated: boolean;
  /** Ids of the steps the host skipped. */
  skipped: string[];
}

export type Violates = (candidate: Case) => Promise<Played>;

/** Plays candidates at most once each, and at most `maxRuns` in all. */
export class Verdicts {
  runs = 0;
  readonly #known = new Map<string, Played>();

  constructor(
    readonly violates: Violates,
    readonly maxRuns: number,
    readonly deadline: () => boolean,
  ) {}

  #key(candidate: Case): string {
    return createHash("sha1").update(JSON.stringify(candidate)).digest("base64");
  }

  known(candidate: Case): Played | undefined {
    return this.#known.get(this.#key(candidate));
  }

  /** No run is left, `reserve` of them set aside, or time is up. */
  exhausted(reserve = 0): boolean {
    return this.runs + reserve >= this.maxRuns || this.deadline();
  }

  async play(candidate: Case): Promise<Played> {
    const key = this.#key(candidate);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.runs += 1;
    const played = await this.violates(candidate);
    this.#known.set(key, played);
    return played;
  }
}
