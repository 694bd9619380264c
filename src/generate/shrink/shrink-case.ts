// The shrinker's loop: plays candidates, keeps what still violates the same clause, and shows at the end that no step can go.
// Whether the same clause still fails is the caller's word; this file knows no clause and no engine.

import type { Case } from "../../define/index.js";
import { PASSES, type Pass } from "./passes.js";
import { stepIds, without } from "./remove.js";
import { Verdicts, type Violates } from "./verdicts.js";

export interface ShrinkOptions {
  /** Most times a candidate is played, the closing proof included. */
  maxRuns: number;
  /** True when time is up; asked before every run. */
  deadline?: () => boolean;
  /** The step in which the violation shows: whatever comes after it is tried to be left out before all else. */
  shownIn?: string;
}

export interface Shrunk {
  /** The smallest case found that violates; the failing case itself where nothing smaller did. */
  case: Case;
  runs: number;
  /** Removing any one step (nested ones counted) makes the violation go away, and each was tried. */
  minimal: boolean;
  /** Runs or time ended before the search did. */
  truncated: boolean;
  /** For each step of `case` whose removal was tried: what happens without it. */
  why: { step: string; without: string }[];
}

/** Runs a report needs by default. */
export const DEFAULT_SHRINK_RUNS = 2_000;

interface Current {
  case: Case;
  skipped: string[];
}

class Search {
  truncated = false;

  constructor(
    readonly verdicts: Verdicts,
    public current: Current,
  ) {}

  /** Runs set aside for the proof that no step can go. */
  #reserve(): number {
    return Math.min(stepIds(this.current.case).length, Math.floor(this.verdicts.maxRuns / 2));
  }

  /** Accepts the first violating candidate from number `from` on; its number, or -1 where none is left. */
  async #next(pass: Pass, from: number): Promise<number> {
    let number = -1;
    for (const candidate of pass.candidates(this.current.case, this.current.skipped)) {
      number += 1;
      if (number < from || this.verdicts.known(candidate) !== undefined) continue;
      if (this.verdicts.exhausted(this.#reserve())) {
        this.truncated = true;
        return -1;
      }
      const played = await this.verdicts.play(candidate);
      if (!played.violated) continue;
      this.current = { case: candidate, skipped: played.skipped };
      return number;
    }
    return -1;
  }

  /** One pass until a whole sweep accepts nothing; true where anything was accepted. */
  async #exhaust(pass: Pass): Promise<boolean> {
    let accepted = false;
    for (let swept = false; !swept && !this.truncated; ) {
      swept = true;
      for (let at = await this.#next(pass, 0); at >= 0; at = await this.#next(pass, at)) {
        accepted = true;
        swept = false;
      }
    }
    return accepted;
  }

  /** Leaves out the steps behind the one with this id, if the violation stays. */
  async cutAfter(id: string | undefined): Promise<void> {
    const { steps } = this.current.case;
    const behind = steps.slice(steps.findIndex((step) => step.id === id) + 1).map((step) => step.id);
    if (behind.length === 0 || behind.length === steps.length || this.verdicts.exhausted(this.#reserve())) return;
    const candidate = without(this.current.case, behind);
    const played = await this.verdicts.play(candidate);
    if (played.violated) this.current = { case: candidate, skipped: played.skipped };
  }

  /** All passes, again from the first after each round that got anywhere. */
  async run(): Promise<void> {
    for (let progress = true; progress && !this.truncated; ) {
      progress = false;
      for (const pass of PASSES) {
        if (this.truncated) return;
        if (await this.#exhaust(pass)) progress = true;
      }
    }
  }

  /** Tries each step's removal; a removal that still violates becomes the current case, and the answer is undefined. */
  async prove(): Promise<{ minimal: boolean; why: Shrunk["why"] } | undefined> {
    const why: Shrunk["why"] = [];
    const before = new Set(this.current.skipped);
    const ids = stepIds(this.current.case);
    for (const id of ids) {
      const candidate = without(this.current.case, [id]);
      const known = this.verdicts.known(candidate);
      if (known === undefined && this.verdicts.exhausted()) {
        this.truncated = true;
        return { minimal: false, why };
      }
      const played = known ?? (await this.verdicts.play(candidate));
      if (played.violated) {
        this.current = { case: candidate, skipped: played.skipped };
        return undefined;
      }
      const lost = played.skipped.filter((skippedId) => !before.has(skippedId));
      why.push({ step: id, without: lost.length === 0 ? GONE : `${GONE}: the host then skips ${lost.join(", ")}` });
    }
    return { minimal: true, why };
  }
}

const GONE = "the violation goes away";

/**
 * Shrinks a failing case. `violates` plays a candidate and says whether the same clause fails; it is asked about `failing` itself first,
 * and a case that does not fail again comes back as it was, not minimal.
 */
export async function shrinkCase(failing: Case, violates: Violates, options: ShrinkOptions): Promise<Shrunk> {
  const verdicts = new Verdicts(violates, options.maxRuns, options.deadline ?? (() => false));
  if (verdicts.exhausted()) return { case: failing, runs: 0, minimal: false, truncated: true, why: [] };
  const first = await verdicts.play(failing);
  if (!first.violated) return { case: failing, runs: verdicts.runs, minimal: false, truncated: false, why: [] };
  const search = new Search(verdicts, { case: failing, skipped: first.skipped });
  await search.cutAfter(options.shownIn);
  for (;;) {
    await search.run();
    const proof = await search.prove();
    if (proof !== undefined) return { case: search.current.case, runs: verdicts.runs, truncated: search.truncated, ...proof };
  }
}
