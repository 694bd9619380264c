// What a shared heartbeat tick did to a session's view: the last view before it beside the first one after it.
// Counted so that windows are not accused: a window of messages or of turns lets old ones go as new ones come, oldest first.

import type { AnyMessage } from "../define/index.js";
import type { Index, Turn, View } from "./facts.js";
import { compactedBetween } from "./history-shown.js";
import { sessionKeyOf } from "./session.js";
import { isAmple } from "./size.js";
import { canariesIn, messageKey } from "./texts.js";

export interface AroundTick {
  tick: Turn;
  before: View;
  after: View;
  /** Canaries of user texts and replies of ordinary turns in `before`, in its order. */
  held: string[];
  /** Those of them that are nowhere in `after`. */
  left: string[];
  /** Messages of `after` that were not in `before`. */
  entered: number;
}

/** Shared ticks with comparable views around them that show user turns. */
export function aroundTicks(index: Index): AroundTick[] {
  return index.turns.flatMap((tick) => {
    const pair = tick.start.turn.kind === "heartbeat-shared" ? viewsAround(index, tick) : undefined;
    if (pair === undefined || !isUndisturbed(index, pair.before, pair.after)) return [];
    const held = heldIn(index, pair.before, pair.after, tick);
    if (held.length === 0) return [];
    const left = held.filter((canary) => !pair.after.canaries.has(canary));
    return [{ tick, ...pair, held, left, entered: enteredIn(pair.before.messages, pair.after.messages) }];
  });
}

/** More went than came: by messages where the gap is in the middle, by turns where the oldest went. */
export function isExcessive(index: Index, { held, left, entered }: AroundTick): boolean {
  if (left.length === 0) return false;
  const gone = new Set(left);
  const oldestWent = held.slice(0, left.length).every((canary) => gone.has(canary));
  if (!oldestWent) return left.length > entered;
  const stayed = new Set(held.filter((canary) => !gone.has(canary)).map((canary) => turnOf(index, canary)));
  const turns = new Set(left.map((canary) => turnOf(index, canary)).filter((turn) => !stayed.has(turn)));
  return turns.size > entered;
}

const turnOf = (index: Index, canary: string): string => index.planted.get(canary)?.turn?.id ?? "";

/** First views of turns only: a view in the middle of a run holds what that run added. */
function viewsAround(index: Index, tick: Turn): { before: View; after: View } | undefined {
  const name = sessionKeyOf(tick.session);
  const end = tick.end?.i;
  if (end === undefined) return undefined;
  const mine = index.views.filter(
    (view) => sessionKeyOf(view.session) === name && view.call.event.phase === "assemble-first" && view.turn?.attempt === 1,
  );
  const before = mine.findLast((view) => view.at < tick.start.i);
  const next = index.turns.find((turn) => turn.start.i > tick.start.i && sessionKeyOf(turn.session) === name);
  const after = mine.find((view) => view.call.event.i > end);
  if (before === undefined || after === undefined || next === undefined || next.start.i < end) return undefined;
  return after.turn?.id === next.id ? { before, after } : undefined;
}

const DISTURBS = new Set([
  "reset",
  "successor",
  "history-emptied",
  "damage",
  "killed",
  "quarantine",
  "quarantine-lifted",
  "unsettled",
  "rewrite",
  "commit-not-sent",
  "commit-answer-lost",
  "commit-queued",
]);

function isUndisturbed(index: Index, before: View, after: View): boolean {
  if (!isAmple(before, index) || !isAmple(after, index) || compactedBetween(index, after, before.call.event.i)) return false;
  const from = before.call.event.i;
  const to = after.at;
  if (index.calls.some((call) => call.threw !== undefined && call.event.i > from && call.event.i < to)) return false;
  return !index.notes.some(
    (note) =>
      DISTURBS.has(note.what) &&
      note.i > from &&
      note.i < to &&
      (note.session === undefined || note.session.family === after.session.family),
  );
}

/** What the host itself took out of its history between the two is nobody's loss. */
function heldIn(index: Index, before: View, after: View, tick: Turn): string[] {
  const held = new Set<string>();
  for (const message of before.messages) {
    if (message.role !== "user" && message.role !== "assistant") continue;
    for (const canary of canariesIn(message, index.planted)) {
      const plant = index.planted.get(canary);
      const isUserTurn = plant?.turn?.kind === "ordinary" && (plant.part === "user" || plant.part === "reply");
      const isDelivered = (index.deliveredAt.get(canary) ?? tick.start.i) < tick.start.i;
      const isWithdrawn = before.suppliedCanaries.has(canary) && !after.suppliedCanaries.has(canary);
      if (isUserTurn && isDelivered && !isWithdrawn) held.add(canary);
    }
  }
  return [...held];
}

function enteredIn(before: readonly AnyMessage[], after: readonly AnyMessage[]): number {
  const known = new Map<string, number>();
  for (const message of before) known.set(messageKey(message), (known.get(messageKey(message)) ?? 0) + 1);
  let entered = 0;
  for (const message of after) {
    const left = known.get(messageKey(message)) ?? 0;
    if (left > 0) known.set(messageKey(message), left - 1);
    else entered += 1;
  }
  return entered;
}
