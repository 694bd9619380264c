// What a lossless engine owes a view: every message that accepted, non-heartbeat turns delivered to the session since its last reset,
// as often as different turns brought it. Nothing is owed once anything was compacted, or where the host itself reshaped what it delivered.

import type { Message } from "../define/index.js";
import type { Delivery, Index, Turn, View } from "./facts.js";
import { compactedBetween, isOwn } from "./history-shown.js";
import { sessionKeyOf } from "./session.js";
import { isAmple } from "./size.js";
import { canariesIn, candidatesIn, messageKey } from "./texts.js";

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

const cache = new WeakMap<Index, LossView[]>();

/** First views of turns to which the claim applies, with what each owes. */
export function lossViews(index: Index): LossView[] {
  const known = cache.get(index) ?? gather(index);
  cache.set(index, known);
  return known;
}

function gather(index: Index): LossView[] {
  const found: LossView[] = [];
  const brought = broughtPerSession(index);
  for (const turn of index.turns) {
    const view = turn.views[0];
    if (view === undefined || view.call.event.phase !== "assemble-first" || view.turn?.attempt !== 1) continue;
    const mine = brought.get(sessionKeyOf(view.session));
    if (mine === undefined || !isAmple(view, index) || compactedBetween(index, view, -1) || isBroken(index, view)) continue;
    const owed = owedTo(mine, turn.start.i);
    if (owed.length > 0) found.push({ view, owed });
  }
  return found;
}

/** Messages that views lack, the earliest view first. */
export function lossesIn(index: Index): Loss[] {
  const losses: Loss[] = [];
  for (const { view, owed } of lossViews(index)) {
    const shown = countsIn(view);
    for (const one of owed) {
      const copies = shown.get(nameOf(one.message, one.canary)) ?? 0;
      if (copies < one.turns.length) losses.push({ ...one, view, copies });
    }
  }
  return losses;
}

const nameOf = (message: { role?: unknown }, canary: string): string => `${String(message.role)} ${canary}`;

/** How many messages of each role carry each canary: the lenient "contained" of history-shown.ts for a whole view. */
function countsIn(view: View): Map<string, number> {
  const counts = new Map<string, number>();
  for (const message of view.messages) {
    for (const canary of new Set(candidatesIn(message))) {
      const name = nameOf(message, canary);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

/** One message that one delivery brought. */
interface Brought {
  key: string;
  message: Message;
  canary: string;
  delivery: Delivery;
}

/** What accepted turns delivered, heartbeats left out, per session and in order. */
function broughtPerSession(index: Index): Map<string, Brought[]> {
  const perSession = new Map<string, Brought[]>();
  for (const delivery of index.deliveries) {
    if (delivery.outcome !== "returned" || delivery.heartbeat || delivery.flagged || delivery.kind === "repeat") continue;
    const turn = index.turnById.get(delivery.turn.id);
    if (turn?.end?.status !== "accepted" || delivery.turn.kind === "announce") continue;
    const name = sessionKeyOf(delivery.session);
    const list = perSession.get(name) ?? [];
    for (const message of delivery.messages) {
      const canary = countedCanary(index, turn, message);
      if (canary !== undefined) list.push({ key: messageKey(message), message, canary, delivery });
    }
    perSession.set(name, list);
  }
  return perSession;
}

/** The canary of a message that counts; undefined for empty and failed assistants, host-made kinds and merged user messages. */
function countedCanary(index: Index, turn: Turn, message: Message): string | undefined {
  if (message.role !== "user" && message.role !== "assistant" && message.role !== "toolResult") return undefined;
  if (message.role === "assistant" && (message.stopReason === "error" || message.stopReason === "aborted")) return undefined;
  const [canary, ...others] = canariesIn(message, index.planted);
  // Several canaries in one user message: the host merged an earlier one into it.
  if (canary === undefined || (message.role === "user" && others.length > 0)) return undefined;
  // An overlapping slice brings messages a second time, in a turn that is not their own.
  const planted = index.plants.get(canary)?.some((plant) => plant.turn?.id === turn.id) === true;
  return planted || isOwn(index, turn, message) ? canary : undefined;
}

function owedTo(brought: Brought[], before: number): Owed[] {
  const owed = new Map<string, Owed>();
  for (const { key, message, canary, delivery } of brought) {
    if (delivery.at >= before) continue;
    const entry = owed.get(key) ?? { message, canary, turns: [], deliveries: [] };
    if (!entry.turns.includes(delivery.turn.id)) entry.turns.push(delivery.turn.id);
    entry.deliveries.push(delivery);
    owed.set(key, entry);
  }
  return [...owed.values()];
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
