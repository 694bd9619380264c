// The moves of the shrinker, in their order: deletions first, merges, smaller values, changes paid with a step, booleans last.
// A pass lists its candidates lazily; it never plays anything. fast-check's shrink tree and our own loop share this list.

import type { Case, Step } from "../../define/index.js";
import { changeOneRemoveOne, moveOneRemoveOne } from "./change-and-remove.js";
import { isLegal } from "./legal.js";
import { stepIds, unwrapped, without, withoutBlocks, withoutPairs, withoutSingles, withSteps } from "./remove.js";
import { merged, plainThroughout, simplerSettings, weakerSettings } from "./simpler-case.js";
import { simplerSteps, weakerSteps } from "./simpler-step.js";

export interface Pass {
  name: string;
  /** `skipped`: ids of the steps the host skipped when it played the case. */
  candidates(theCase: Case, skipped: readonly string[]): Iterable<Case>;
}

function* each(theCase: Case, change: (step: Step) => Step[]): Iterable<Case> {
  for (const [i, step] of theCase.steps.entries()) {
    for (const other of change(step))
      yield withSteps(theCase, [...theCase.steps.slice(0, i), other, ...theCase.steps.slice(i + 1)]);
  }
}

function* legal(candidates: Iterable<Case>): Iterable<Case> {
  for (const candidate of candidates) if (isLegal(candidate)) yield candidate;
}

function* concat(...lists: Iterable<Case>[]): Iterable<Case> {
  for (const list of lists) yield* list;
}

export const PASSES: readonly Pass[] = [
  {
    name: "skipped steps",
    *candidates(theCase, skipped) {
      const ids = stepIds(theCase).filter((id) => skipped.includes(id));
      if (ids.length > 0) yield without(theCase, ids);
    },
  },
  { name: "blocks", candidates: (theCase) => withoutBlocks(theCase) },
  { name: "single steps", candidates: (theCase) => concat(withoutSingles(theCase), legal(unwrapped(theCase))) },
  { name: "pairs", candidates: (theCase) => withoutPairs(theCase) },
  { name: "merge sessions", candidates: (theCase) => legal(merged(theCase)) },
  {
    name: "smaller values",
    candidates: (theCase) => legal(concat(simplerSettings(theCase), plainThroughout(theCase), each(theCase, simplerSteps))),
  },
  { name: "change one, remove one", candidates: (theCase) => legal(changeOneRemoveOne(theCase)) },
  { name: "move one, remove one", candidates: (theCase) => legal(moveOneRemoveOne(theCase)) },
  { name: "booleans", candidates: (theCase) => legal(concat(weakerSettings(theCase), each(theCase, weakerSteps))) },
];

/** Every candidate of every pass, in order, without the case itself. */
export function* shrinkCandidates(theCase: Case): Iterable<Case> {
  const self = JSON.stringify(theCase);
  for (const pass of PASSES) {
    for (const candidate of pass.candidates(theCase, [])) if (JSON.stringify(candidate) !== self) yield candidate;
  }
}
