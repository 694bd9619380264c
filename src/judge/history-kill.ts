// What a history holds around a killed process: the kill itself, what had been acknowledged by then, and the first things asked afterwards.

import type { HostNoteEvent, Message } from "../define/index.js";
import type { Call, Delivery, Index, View } from "./facts.js";
import { compactedBetween } from "./history-shown.js";
import { sessionKeyOf } from "./session.js";
import { canariesIn } from "./texts.js";

export function killsIn(index: Index): HostNoteEvent[] {
  return index.notes.filter((note) => note.what === "killed");
}

/** The next kill, or the end of the history. */
function until(index: Index, kill: HostNoteEvent): number {
  return killsIn(index).find((note) => note.i > kill.i)?.i ?? index.history.events.length;
}

/** The first view of each session after the kill and before the next one. */
export function firstViewsAfter(index: Index, kill: HostNoteEvent): View[] {
  const seen = new Set<string>();
  return index.views.filter((view) => {
    const name = sessionKeyOf(view.session);
    if (view.call.event.i <= kill.i || view.at >= until(index, kill) || seen.has(name)) return false;
    seen.add(name);
    return view.call.event.phase === "assemble-first";
  });
}

/** Throws between the kill and the first view after it: the store does not open. A timeout is no word of the engine's. */
export function throwsAfter(index: Index, kill: HostNoteEvent): Call[] {
  const [view] = firstViewsAfter(index, kill);
  const end = view?.call.event.i ?? until(index, kill);
  const first = index.calls.find((call) => call.event.i > kill.i && call.event.i < end && call.threw?.cause === "engine");
  return first === undefined ? [] : [first];
}

export interface Acknowledged {
  delivery: Delivery;
  message: Message;
  canary: string;
}

/** Acknowledged before the kill; or delivered again after it, because the kill had cut the delivery short: no answer may call that one known. */
function wasAcknowledged(index: Index, kill: HostNoteEvent, view: View, delivery: Delivery): boolean {
  if (delivery.outcome !== "returned" || delivery.at > view.call.event.i) return false;
  const begun = index.turnById.get(delivery.turn.id)?.start.i;
  return delivery.at <= kill.i || (delivery.advancementKey !== undefined && begun !== undefined && begun < kill.i);
}

/**
 * User texts and replies that the session had acknowledged before the kill, or of a turn from before it by the time of the view. Left out:
 * heartbeats, merged texts, failed turns, and what a compaction may have replaced since.
 */
export function acknowledgedBefore(index: Index, kill: HostNoteEvent, view: View): Acknowledged[] {
  const name = sessionKeyOf(view.session);
  const found: Acknowledged[] = [];
  for (const delivery of index.deliveries) {
    if (!wasAcknowledged(index, kill, view, delivery) || delivery.heartbeat || delivery.flagged) continue;
    if (sessionKeyOf(delivery.session) !== name || delivery.turn.kind !== "ordinary") continue;
    const status = index.turnById.get(delivery.turn.id)?.end?.status ?? "accepted";
    if (status !== "accepted" || compactedBetween(index, view, delivery.at)) continue;
    for (const message of delivery.messages) {
      if (
        message.role !== "user" &&
        (message.role !== "assistant" || message.stopReason === "error" || message.stopReason === "aborted")
      )
        continue;
      const [canary, ...others] = canariesIn(message, index.planted);
      if (canary !== undefined && others.length === 0) found.push({ delivery, message, canary });
    }
  }
  return found;
}
