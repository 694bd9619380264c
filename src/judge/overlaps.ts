// Overlapping steps of a case, and the same case with them one after another.

import type { Case, Step, StepOf } from "../define/index.js";

export const overlapsOrNone = (theCase: Case): StepOf<"overlap">[] =>
  theCase.steps.filter((step): step is StepOf<"overlap"> => step.kind === "overlap");

/** The case with the inner steps of one overlap in this order in its place; ids and texts stay, times follow the order. */
export function sequential(theCase: Case, overlap: StepOf<"overlap">, order: readonly Step[]): Case {
  const times = order.map((step) => step.at).sort((a, b) => a - b);
  const inner = order.map((step, at) => ({ ...step, at: times[at] ?? step.at }));
  return { ...theCase, steps: theCase.steps.flatMap((step) => (step.id === overlap.id ? inner : [step])) };
}
