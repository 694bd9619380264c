// The newest accepted turn of a thread by event, as it was delivered: what a compaction has to leave alone, where it was answered.

import type { Message, SessionRef } from "../define/index.js";
import type { Index, Turn } from "./facts.js";
import { canariesIn } from "./texts.js";
import { threadOf } from "./thread.js";

export interface AcceptedTurn {
  turn: Turn;
  /** Its user text and its final reply, where they carry a canary. */
  texts: Message[];
  /** Index of the call that delivered it. */
  deliveredAt: number;
}

/**
 * Whether the newest turn of the thread that was accepted by event `before` is an ordinary one with a silent or empty answer. No recorded
 * host ends a turn so (it asks again): to an engine that keeps answered turns it may be answered in one method and not in another.
 */
export function endsUnanswered(index: Index, session: SessionRef, before: number): boolean {
  const thread = threadOf(index, session);
  const turn = index.turns.findLast(
    (one) => threadOf(index, one.session) === thread && one.end?.status === "accepted" && one.end.i < before,
  );
  if (turn?.start.turn.kind !== "ordinary") return false;
  const answer = turn.deliveries
    .filter((entry) => entry.at < before)
    .flatMap((entry) => entry.messages)
    .at(-1);
  return answer?.role === "assistant" && canariesIn(answer, index.planted).size === 0;
}

/** The newest turn that was accepted and delivered before event `before`; undefined when deliveries came out of order, or it was no ordinary turn with an answer. */
export function newestAccepted(index: Index, session: SessionRef, before: number): AcceptedTurn | undefined {
  const thread = threadOf(index, session);
  const accepted = index.turns.filter(
    (turn) => threadOf(index, turn.session) === thread && turn.end?.status === "accepted" && turn.end.i < before,
  );
  const isOver = (turnId: string) => (index.turnById.get(turnId)?.end?.i ?? Number.POSITIVE_INFINITY) < before;
  const last = index.deliveries.findLast(
    (entry) =>
      entry.at < before && entry.outcome === "returned" && threadOf(index, entry.session) === thread && isOver(entry.turn.id),
  );
  const turn = accepted.at(-1);
  if (endsUnanswered(index, session, before)) return undefined;
  const late = index.deliveries.some(
    (entry) => entry.at < before && entry.kind !== "first" && threadOf(index, entry.session) === thread,
  );
  // Classic hosts deliver failed turns as well: an engine cannot tell them from accepted ones.
  if (turn === undefined || last?.turn.id !== turn.id || late || turn.start.turn.kind !== "ordinary") return undefined;
  const own = turn.deliveries.filter(
    (entry) => entry.outcome === "returned" && entry.at < before && entry.call.event.messages !== undefined,
  );
  const messages = own.flatMap((entry) => entry.messages);
  const user = messages.findLast((message) => message.role === "user");
  const reply = messages.at(-1)?.role === "assistant" ? messages.at(-1) : undefined;
  const texts = [user, reply].filter(
    (message): message is Message => message !== undefined && canariesIn(message, index.planted).size > 0,
  );
  return own[0] === undefined ? undefined : { turn, texts, deliveredAt: own[0].call.event.i };
}
