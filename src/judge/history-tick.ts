// What a shared heartbeat tick did to a session's view: what the tick itself was shown, or the last view before it, beside the first one after.
// Counted so that windows are not accused: a window of messages or of turns lets old ones go as new ones come, oldest first.

import type { AnyMessage } from "../define/index.js";
import type { Index, Turn, View } from "./facts.js";
import { compactedBetween } from "./history-shown.js";
import { sessionKeyOf } from "./session.js";
import { isAmple } from "./size.js";
import { mayHaveSlid } from "./sliding.js";
import { canariesIn, messageKey } from "./texts.js";

export interface AroundTick {
  tick: Turn;
  before: View;
  after: View;
  /** Canaries of user texts and replies of ordinary turns in `before`, in its order. */
  held: string[];
  /** Those of them that are nowhere in `after`. */
  left: string[];
  /** Messages of `after` that were not in `before`; none where nothing left. */
  entered: AnyMessage[];
}

const cache = new WeakMap<Index, AroundTick[]>();

/** Shared ticks with comparable views around them that show user turns. */
export function aroundTicks(index: Index): AroundTick[] {
  const known = cache.get(index) ?? gather(index);
  cache.set(index, known);
  return known;
}

function gather(index: Index): AroundTick[] {
  const found: AroundTick[] = [];
  for (const turns of turnsWithTicks(index)) {
    for (const tick of turns.filter(isSharedTick)) {
      const pair = viewsAround(turns, tick);
      if (pair === undefined || !isUndisturbed(index, pair.before, pair.after)) continue;
      const held = heldIn(index, pair.before, pair.after, tick);
      const left = held.filter((canary) => !pair.after.canaries.has(canary));
      // What entered matters only where something left: counting it compares texts.
      const entered = left.length === 0 ? [] : enteredIn(pair.before.messages, pair.after.messages);
      if (held.length > 0) found.push({ tick, ...pair, held, left, entered });
    }
  }
  return found.sort((a, b) => a.after.at - b.after.at);
}

/** More went than came: by messages where the gap is in the middle, by turns or by size where the oldest went. */
export function isExcessive(index: Index, { held, left, entered, before }: AroundTick): boolean {
  if (left.length === 0) return false;
  const gone = new Set(left);
  const oldestWent = held.slice(0, left.length).every((canary) => gone.has(canary));
  if (!oldestWent) return left.length > entered.length;
  const stayed = new Set(held.filter((canary) => !gone.has(canary)).map((canary) => turnOf(index, canary)));
  const turns = new Set(left.map((canary) => turnOf(index, canary)).filter((turn) => !stayed.has(turn)));
  if (turns.size <= entered.length) return false;
  const shows = (message: AnyMessage, canaries: readonly string[]): boolean => {
    const own = canariesIn(message, index.planted);
    return canaries.some((canary) => own.has(canary));
  };
  const messages = before.messages.filter((message) => shows(message, held));
  return !mayHaveSlid(index, { held: messages, left: messages.filter((message) => shows(message, left)), came: entered });
}

const turnOf = (index: Index, canary: string): string => index.planted.get(canary)?.turn?.id ?? "";

/** First views of turns only: a view in the middle of a run holds what that run added. */
function viewsAround(turns: Turn[], tick: Turn): { before: View; after: View } | undefined {
  const at = turns.indexOf(tick);
  const next = turns[at + 1];
  if (tick.end === undefined || next === undefined || next.start.i < tick.end.i) return undefined;
  const before = turns
    .slice(0, at + 1)
    .map(firstView)
    .findLast((view) => view !== undefined && view.at < (tick.end?.i ?? 0));
  const after = firstView(next);
  return before === undefined || after === undefined || after.call.event.i < tick.end.i ? undefined : { before, after };
}

function firstView(turn: Turn): View | undefined {
  const view = turn.views[0];
  if (view?.call.event.phase !== "assemble-first" || view.turn?.attempt !== 1) return undefined;
  return sessionKeyOf(view.session) === sessionKeyOf(turn.session) ? view : undefined;
}

/** The turns of each session, in order; only sessions with a shared tick. */
function turnsWithTicks(index: Index): Turn[][] {
  const ticked = new Set<string>();
  for (const turn of index.turns) if (isSharedTick(turn)) ticked.add(sessionKeyOf(turn.session));
  const perSession = new Map<string, Turn[]>();
  for (const turn of ticked.size === 0 ? [] : index.turns) {
    const name = sessionKeyOf(turn.session);
    if (ticked.has(name)) perSession.set(name, [...(perSession.get(name) ?? []), turn]);
  }
  return [...perSession.values()];
}

const isSharedTick = (turn: Turn): boolean => turn.start.turn.kind === "heartbeat-shared";

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
  // Once its transcript was damaged, what the host shows depends on when the file came back, and a tick may bring it back.
  return !index.notes.some(
    (note) =>
      DISTURBS.has(note.what) &&
      (note.i > from || note.what === "damage") &&
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

function enteredIn(before: readonly AnyMessage[], after: readonly AnyMessage[]): AnyMessage[] {
  const known = new Map<string, number>();
  for (const message of before) known.set(messageKey(message), (known.get(messageKey(message)) ?? 0) + 1);
  const entered: AnyMessage[] = [];
  for (const message of after) {
    const left = known.get(messageKey(message)) ?? 0;
    if (left > 0) known.set(messageKey(message), left - 1);
    else entered.push(message);
  }
  return entered;
}
