// The life of one advancement key in a history: every commitTurn that carried it, and what a fault did to it. Durable hosts only.

import type { HostNoteEvent, SessionRef } from "../define/index.js";
import type { Delivery, Index } from "./facts.js";

export interface Commit {
  key: string;
  /** Calls that the engine answered, in order. */
  calls: Delivery[];
  /** Event indexes of calls that got no answer: the process ended in them. */
  unanswered: number[];
  /** The host's notes that this commit failed, in order. */
  failures: HostNoteEvent[];
}

const FAILURES = new Set(["commit-not-sent", "commit-answer-lost", "commit-queued"]);

const cache = new WeakMap<Index, Commit[]>();

/** Every advancement key of a history, in the order of their first call or failure. */
export function commitsOf(index: Index): Commit[] {
  const known = cache.get(index) ?? gather(index);
  cache.set(index, known);
  return known;
}

function gather(index: Index): Commit[] {
  const commits = new Map<string, Commit>();
  const of = (key: string): Commit => {
    const commit = commits.get(key) ?? { key, calls: [], unanswered: [], failures: [] };
    commits.set(key, commit);
    return commit;
  };
  const keyOfTurn = new Map<string, string>();
  for (const delivery of index.deliveries) {
    if (delivery.advancementKey === undefined) continue;
    of(delivery.advancementKey).calls.push(delivery);
    keyOfTurn.set(delivery.turn.id, delivery.advancementKey);
  }
  for (const { event, returned, threw } of index.calls) {
    const key = event.params.advancementKey;
    if (event.method === "commitTurn" && typeof key === "string" && returned === undefined && threw === undefined)
      of(key).unanswered.push(event.i);
  }
  for (const note of index.notes) {
    if (!FAILURES.has(note.what)) continue;
    const named = note.detail.advancementKey;
    const key = typeof named === "string" ? named : note.turn === undefined ? undefined : keyOfTurn.get(note.turn.id);
    if (key !== undefined) of(key).failures.push(note);
  }
  return [...commits.values()];
}

/** The session took another id, was reset or emptied between two events: what an engine kept by session may be gone on purpose. */
export function movedOn(index: Index, session: SessionRef, from: number, to: number): boolean {
  return index.notes.some(
    (note) =>
      (note.what === "reset" || note.what === "successor" || note.what === "history-emptied") &&
      note.i > from &&
      note.i < to &&
      (note.session === undefined || note.session.alias === session.alias || note.session.key === session.key),
  );
}

/** The engine said that the turn is written: just now or before. */
export function isAcknowledged(delivery: Delivery): boolean {
  return delivery.outcome === "returned" && (delivery.status === "committed" || delivery.status === "duplicate");
}
