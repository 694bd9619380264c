// Host doings after which a session's views may differ through no doing of the engine.

import type { HostNoteEvent, SessionRef } from "../define/index.js";
import type { Call, Index } from "./facts.js";
import { domainOf } from "./session.js";

const UPSETS = new Set<HostNoteEvent["what"]>([
  "reset",
  "import",
  "damage",
  "host-compaction",
  "history-emptied",
  "rewrite",
  "killed",
  "quarantine",
]);

/** Once its transcript was damaged, what an engine stored of a session and what the host goes on with are two things. */
export function wasDamaged(index: Index, session: SessionRef, before: number): boolean {
  const domain = domainOf(index, session);
  return index.notes.some(
    (note) => note.what === "damage" && note.i < before && note.session !== undefined && domainOf(index, note.session) === domain,
  );
}

/** Something of the host's own changed the session between two events. */
export function upsetBetween(index: Index, session: SessionRef, from: number, to: number): boolean {
  const domain = domainOf(index, session);
  return index.notes.some((note) => {
    if (note.i <= from || note.i >= to || !UPSETS.has(note.what)) return false;
    return note.session === undefined || domainOf(index, note.session) === domain;
  });
}

/** The engine handed the compaction on to the host, whose numbers and whose success these are. */
export function isDelegated(index: Index, { event, end }: Call): boolean {
  return index.notes.some((note) => note.what === "host-compaction" && note.i > event.i && note.i <= end);
}
