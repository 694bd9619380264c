// What a lossless engine owes a view: every message that accepted, non-heartbeat turns delivered to the session since its last reset,
// as often as different turns brought it. Nothing is owed once anything was compacted, or where the host itself reshaped what it delivered.

import type { Message } from "../define/index.js";
import type { Delivery, Index, View } from "./facts.js";
import { compactedBetween, copiesShown, isOwn } from "./history-shown.js";
import { sessionKeyOf } from "./session.js";
import { isAmple } from "./size.js";
import { canariesIn, messageKey } from "./texts.js";

export interface Owed {
  message: Message;
  canary: string;
  /** Ids of the logical turns that brought it. */
  turns: string[];
  deliveries: Delivery[];
}

export interface Loss extends Owed {
  view: View;
  copies: number;
}

export interface LossView {
  view: View;
  owed: Owed[];
}

/** First views of turns to which the claim applies, with what each owes. */
export function lossViews(index: Index): LossView[] {
  const found: LossView[] = [];
  for (const turn of index.turns) {
    const view = turn.views[0];
    if (view === undefined || view.call.event.phase !== "assemble-first" || view.turn?.attempt !== 1) continue;
    if (!isAmple(view, index) || compactedBetween(index, view, -1) || isBroken(index, view)) continue;
    const owed = owedTo(index, view, turn.start.i);
    if (owed.length > 0) found.push({ view, owed });
  }
  return found;
}

/** Messages that views lack, the earliest view first. */
export function lossesIn(index: Index): Loss[] {
  const losses: Loss[] = [];
  for (const { view, owed } of lossViews(index)) {
    for (const one of owed) {
      const copies = copiesShown(index, view.messages, one.message);
      if (copies < one.turns.length) losses.push({ ...one, view, copies });
    }
  }
  return losses;
}

function owedTo(index: Index, view: View, before: number): Owed[] {
  const owed = new Map<string, Owed>();
  const name = sessionKeyOf(view.session);
  for (const delivery of index.deliveries) {
    if (delivery.at >= before || delivery.outcome !== "returned" || delivery.heartbeat || delivery.flagged) continue;
    if (sessionKeyOf(delivery.session) !== name || delivery.kind === "repeat" || !wasAccepted(index, delivery)) continue;
    for (const message of delivery.messages) add(index, owed, delivery, message);
  }
  return [...owed.values()];
}

function wasAccepted(index: Index, { turn }: Delivery): boolean {
  return index.turnById.get(turn.id)?.end?.status === "accepted" && turn.kind !== "announce";
}

function add(index: Index, owed: Map<string, Owed>, delivery: Delivery, message: Message): void {
  if (message.role !== "user" && message.role !== "assistant" && message.role !== "toolResult") return;
  if (message.role === "assistant" && (message.stopReason === "error" || message.stopReason === "aborted")) return;
  const [canary, ...others] = canariesIn(message, index.planted);
  // Several canaries in one user message: the host merged an earlier one into it.
  if (canary === undefined || (message.role === "user" && others.length > 0)) return;
  const key = messageKey(message);
  const entry = owed.get(key) ?? { message, canary, turns: [], deliveries: [] };
  // An overlapping slice brings messages a second time, in a turn that is not their own.
  const turn = index.turnById.get(delivery.turn.id);
  const planted = index.plants.get(canary)?.some((plant) => plant.turn?.id === delivery.turn.id) === true;
  if (!planted && (turn === undefined || !isOwn(index, turn, message))) return;
  if (!entry.turns.includes(delivery.turn.id)) entry.turns.push(delivery.turn.id);
  entry.deliveries.push(delivery);
  owed.set(key, entry);
}

const BREAKS = new Set(["killed", "damage", "history-emptied", "unsettled", "rewrite", "quarantine"]);

/** Something happened to the session before this view that is more than a conversation. */
function isBroken(index: Index, view: View): boolean {
  return index.notes.some(
    (note) =>
      BREAKS.has(note.what) &&
      note.i < view.call.event.i &&
      (note.session === undefined || note.session.family === view.session.family),
  );
}
