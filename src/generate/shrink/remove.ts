// Removing steps from a case: single ones, nested ones inside an overlap, blocks and pairs. Any subset of a case's steps is a case.
// Nothing is renumbered: the steps that stay keep ids, times and texts.

import type { Case, Step, StepOf } from "../../define/index.js";

export const withSteps = (theCase: Case, steps: Step[]): Case => ({ ...theCase, steps });

/** All step ids, an overlap's own before its nested ones. */
export function stepIds(theCase: Case): string[] {
  return theCase.steps.flatMap((step) =>
    step.kind === "overlap" ? [step.id, ...step.steps.map((nested) => nested.id)] : [step.id],
  );
}

/** An overlap without some nested steps: a plain step where one is left, nothing where none is. */
function thinned(overlap: StepOf<"overlap">, gone: ReadonlySet<string>): Step[] {
  const rest = overlap.steps.filter((nested) => !gone.has(nested.id));
  if (rest.length < 2) return rest;
  return [rest.length === overlap.steps.length ? overlap : { ...overlap, steps: rest }];
}

/** The case without the named steps. */
export function without(theCase: Case, ids: readonly string[]): Case {
  const gone = new Set(ids);
  return withSteps(
    theCase,
    theCase.steps.flatMap((step) => (gone.has(step.id) ? [] : step.kind === "overlap" ? thinned(step, gone) : [step])),
  );
}

/** Each overlap replaced by its steps, one after another. */
export function* unwrapped(theCase: Case): Iterable<Case> {
  for (const [i, step] of theCase.steps.entries()) {
    if (step.kind !== "overlap") continue;
    yield withSteps(theCase, [...theCase.steps.slice(0, i), ...step.steps, ...theCase.steps.slice(i + 1)]);
  }
}

/** Blocks of halving size, the last ones first; never all steps at once, never a single one. */
export function* withoutBlocks(theCase: Case): Iterable<Case> {
  const { steps } = theCase;
  for (let size = Math.floor(steps.length / 2); size >= 2; size = Math.floor(size / 2)) {
    for (let end = steps.length; end > 0; end -= size) {
      yield withSteps(theCase, [...steps.slice(0, Math.max(0, end - size)), ...steps.slice(end)]);
    }
  }
}

/** One step at a time, from the end; nested ones, too. */
export function* withoutSingles(theCase: Case): Iterable<Case> {
  for (const id of stepIds(theCase).reverse()) yield without(theCase, [id]);
}

/** Two steps at a time, from the end; in long cases only steps that stand close together. */
export function* withoutPairs(theCase: Case): Iterable<Case> {
  const ids = stepIds(theCase);
  const reach = ids.length <= 30 ? ids.length : 3;
  for (let last = ids.length - 1; last > 0; last--) {
    for (let first = last - 1; first >= 0 && last - first <= reach; first--)
      yield without(theCase, [ids[first] ?? "", ids[last] ?? ""]);
  }
}
