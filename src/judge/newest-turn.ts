// How much of a session no honest engine can take away: its newest turns, by what was delivered and supplied. Sizes in tokens.
// Errs on the large side, so that clauses judge only where there was room for sure.

import type { SessionRef } from "../define/index.js";
import type { Index } from "./facts.js";
import { sizeOf } from "./size.js";
import { messageKey } from "./texts.js";
import { holdsOf } from "./thread.js";

/** Room left for a summary and for what an engine adds of its own. */
export const ROOM_TOKENS = 512;

export interface Newest {
  session: SessionRef;
  /** Deliveries that returned before this event count. */
  before: number;
  /** The turn in progress, if any: its own messages count on top of the newest turn before it. */
  turnId: string | undefined;
  /** What the host supplied last. */
  supplied: readonly unknown[];
  /** Newest messages that compact never touches, by the adapter. */
  protectedTail: number;
}

/** Tokens of the newest turn before the current one and of the current one, as delivered or as supplied, whichever is more. */
export function newestTurnsSize(index: Index, { session, before, turnId, supplied, protectedTail }: Newest): number {
  const holds = holdsOf(index, session);
  const delivered = index.deliveries.filter(
    (entry) => entry.at < before && entry.outcome === "returned" && entry.kind !== "repeat" && holds(entry.session),
  );
  const own = delivered.filter((entry) => entry.turn.id === turnId).flatMap((entry) => entry.messages);
  const newest = delivered.findLast((entry) => entry.turn.id !== turnId)?.turn.id;
  const last = delivered.filter((entry) => entry.turn.id === newest && newest !== undefined).flatMap((entry) => entry.messages);
  const head = last[0] === undefined ? undefined : messageKey(last[0]);
  const from =
    head === undefined
      ? 0
      : Math.max(
          0,
          supplied.findLastIndex((message) => messageKey(message) === head),
        );
  const tail = supplied.slice(Math.min(from, Math.max(0, supplied.length - protectedTail)));
  return Math.max(sizeOf(last) + sizeOf(own), sizeOf(tail));
}
