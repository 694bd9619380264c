// Two histories side by side, where the history clauses need more than compareTwin gives.

import type { AnyMessage, Event, History } from "../define/index.js";
import { indexOf } from "./build.js";
import type { Delivery, Index, View } from "./facts.js";
import { sessionKeyOf } from "./session.js";
import { canariesIn, copiesOf, deepEqual, messageKey } from "./texts.js";

/** The history with the events of one step blanked, indexes kept: what the step itself called is then not compared. */
export function withoutStep(history: History, step: string): History {
  const events = history.events.map(
    (event): Event => (event.step === step ? { i: event.i, step, kind: "skipped", reason: "left out of the comparison" } : event),
  );
  return { ...history, events };
}

/**
 * Where the probes of the two show different copies of the messages that a delivery carried. Only when both were called alike to the end,
 * the step itself left aside; otherwise the host, not the engine, may have made the difference.
 */
export function probeDifference(
  original: History,
  twin: History,
  step: string,
  delivery: Delivery,
): { expected: string; actual: string } | undefined {
  const mine = indexOf(original);
  const theirs = indexOf(twin);
  if (mine.calls.filter(({ event }) => event.step !== step).length !== theirs.calls.length) return undefined;
  if ([...mine.notes, ...theirs.notes].some((note) => note.what === "quarantine" || note.what === "unsettled")) return undefined;
  const name = sessionKeyOf(delivery.session);
  const probe = mine.probes.find(({ session }) => sessionKeyOf(session) === name);
  const other = theirs.probes.find(({ session }) => sessionKeyOf(session) === name);
  if (probe === undefined || other === undefined) return undefined;
  for (const message of delivery.messages) {
    const copies = copiesOf(probe.messages, message);
    const expected = copiesOf(other.messages, message);
    if (copies !== expected && canariesIn(message, mine.planted).size > 0) {
      const text = `${message.role} message ${[...canariesIn(message, mine.planted)].join(", ")}`;
      return { expected: `${expected} copies of the ${text}`, actual: `${copies} copies of it` };
    }
  }
  return undefined;
}

/** The view of the other history at the same place, if the host put the same in: same step, turn, attempt, phase and ordinal. */
export function counterpart(view: View, twin: Index): View | undefined {
  const other = twin.views.find((candidate) => placeOf(candidate) === placeOf(view));
  return other !== undefined && sameInput(view, other) ? other : undefined;
}

function placeOf({ call, session, turn }: View): string {
  return [call.event.step, session.alias, turn?.id, turn?.attempt, call.event.phase].join("|");
}

function sameInput(view: View, other: View): boolean {
  return (
    view.prompt === other.prompt &&
    view.tokenBudget === other.tokenBudget &&
    deepEqual(view.supplied.map(shape), other.supplied.map(shape))
  );
}

const shape = (message: AnyMessage | View["supplied"][number]): string => messageKey(message);
