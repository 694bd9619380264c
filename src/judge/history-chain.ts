// The middle of a blame chain: what happened between a delivery and the view that shows the fault.

import type { SessionRef } from "../define/index.js";
import type { Index } from "./facts.js";

const CARRIES = new Set(["bootstrap", "compact"]);
const NOTABLE = new Set([
  "restart",
  "killed",
  "reset",
  "damage",
  "commit-not-sent",
  "commit-answer-lost",
  "quarantine",
  "quarantine-lifted",
]);

/** Indexes of the host's notes (restart, kill, …) and of the last bootstrap and compact of the session between two events, in order. */
export function carriedBetween(index: Index, session: SessionRef, from: number, to: number): number[] {
  const found = new Set<number>();
  for (const note of index.notes) {
    if (note.i <= from || note.i >= to || !NOTABLE.has(note.what)) continue;
    if (note.session === undefined || note.session.alias === session.alias) found.add(note.i);
  }
  const last = new Map<string, number>();
  for (const { event } of index.calls) {
    if (event.i <= from || event.i >= to || !CARRIES.has(event.method)) continue;
    if (event.session?.key === session.key && event.session.sessionId === session.sessionId) last.set(event.method, event.i);
  }
  for (const at of last.values()) found.add(at);
  return [...found].sort((a, b) => a - b);
}

/** A chain in order, without repetitions and without anything after its end. */
export function chainOf(...events: number[]): number[] {
  return [...new Set(events)].filter((event) => event >= 0).sort((a, b) => a - b);
}
