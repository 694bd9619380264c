// A history without one of its steps, for comparing it with a twin that was played without that step: compareTwin goes call by call, so
// the calls of the step itself have to go first. Event indexes stay as they are.

import type { Event, History } from "../define/index.js";

const cache = new WeakMap<History, Map<string, History>>();

/** The history with every event of the step turned into a skipped one. Made once per history and step. */
export function leftOut(history: History, stepId: string): History {
  let bySteps = cache.get(history);
  if (bySteps === undefined) {
    bySteps = new Map();
    cache.set(history, bySteps);
  }
  let without = bySteps.get(stepId);
  if (without === undefined) {
    const events = history.events.map(
      (event): Event => (event.step === stepId ? { i: event.i, step: stepId, kind: "skipped", reason: "left out" } : event),
    );
    without = { ...history, events };
    bySteps.set(stepId, without);
  }
  return without;
}
