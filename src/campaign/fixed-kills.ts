// Kills that come after so many milliseconds hit another place each time. What such a case showed is kept by naming the place that was
// hit: the write that never happened. Only then can the case be played again, compared and shrunk. Where no write was seen (databases
// write through native code) the time stays: such a case has to show itself again by chance.

import type { Case, History, Step } from "../define/index.js";

type CallKill = Extract<Extract<Step, { kind: "kill" }>["point"], { where: "call" }>;

function elapsedKill(step: Step): CallKill | undefined {
  if (step.kind !== "kill" || step.point.where !== "call") return undefined;
  return step.point.when.moment === "elapsed" ? step.point : undefined;
}

/** Whether the same case gives the same history, as far as the host is concerned. */
export function repeatable(theCase: Case): boolean {
  return !theCase.steps.some((step) => elapsedKill(step) !== undefined);
}

/** The case with each such kill put where it struck; one that did not strike is left out. */
export function withKillsFixed(theCase: Case, history: History): Case {
  const steps = theCase.steps.flatMap((step): Step[] => {
    const point = elapsedKill(step);
    if (point === undefined || step.kind !== "kill") return [step];
    const struck = history.events.find(
      (event) =>
        event.kind === "host" && event.what === "killed" && event.step === point.step && event.detail.method === point.method,
    );
    if (struck === undefined || struck.kind !== "host" || struck.what !== "killed") return [];
    const writes = Number(struck.detail.writes ?? 0);
    return [writes > 0 ? { ...step, point: { ...point, when: { moment: "write", n: writes + 1 } } } : step];
  });
  return { ...theCase, steps };
}
