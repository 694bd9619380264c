// Judges that a compact is all or nothing: one that failed changed nothing, one that was aborted did nothing or everything, and one that
// succeeded left the newest turn alone. Whether what it said is true is compact-honest's question.

import { type AnyMessage, type CompactResult, defineClause, type Finding, type Message } from "../src/define/index.js";
import { failedCompactFinding, failedCompactTwins, hasFailed, keptSummaryFinding } from "../src/judge/failed-compact.js";
import {
  type Compaction,
  canariesIn,
  contains,
  type Index,
  indexOf,
  isAmple,
  messageKey,
  normalText,
  type Turn,
  textOf,
  type View,
} from "../src/judge/index.js";
import { copiesIn } from "../src/judge/multiset.js";
import { newestAccepted } from "../src/judge/newest-accepted.js";
import { newestTurnsSize, ROOM_TOKENS } from "../src/judge/newest-turn.js";
import { everCompacts } from "../src/judge/reach.js";
import { mayHaveSlid } from "../src/judge/sliding.js";
import { firstViewAfter, isCrowded, lastViewBefore, threadOf, wasSaid } from "../src/judge/thread.js";
import { upsetBetween, wasDamaged } from "../src/judge/upsets.js";
import {
  changedAfterCompact,
  doneAfterFailure,
  inputCutShort,
  inTwoHalves,
  newestOnly,
  summaryKeptEarly,
  withoutNewestUser,
} from "./breaks/compaction-wraps.js";

/** The id under which the session goes on, where the compact named one. */
function successorIn({ returned }: Compaction["call"]): string | undefined {
  const { sessionId, sessionTarget } = (returned?.result as CompactResult | undefined)?.result ?? {};
  return sessionId ?? sessionTarget?.sessionId;
}

/** The views before and after a compact, with nothing else between them that could explain a difference. */
function around(index: Index, compaction: Compaction): { last: View | undefined; next: View } | undefined {
  const { session, turn, call } = compaction;
  const thread = threadOf(index, session);
  const last = lastViewBefore(index, thread, call.event.i);
  const next = firstViewAfter(index, thread, call.end);
  if (next === undefined || isCrowded(index, next) || isCrowded(index, { session, turn, at: call.event.i })) return undefined;
  if (last !== undefined && isCrowded(index, last)) return undefined;
  const ids = [session.sessionId, successorIn(call)];
  if (!ids.includes(next.session.sessionId) || upsetBetween(index, session, last?.at ?? call.event.i, next.at)) return undefined;
  return { last, next };
}

/** Of a turn that failed in the end: an engine may leave it out of its views, compact or not. */
const isOfFailed = (index: Index, canary: string): boolean =>
  index.turnById.get(index.planted.get(canary)?.turn?.id ?? "")?.end?.status === "failed";

/** Of a tool round of the turn that was running: an engine may show it while that turn needs it, and no longer. */
function wasOfRunning(index: Index, last: View, canary: string): boolean {
  const { part, turn } = index.planted.get(canary) ?? {};
  return part?.startsWith("tool-") === true && turn?.id === last.turn?.id;
}

/** Texts of the last view that the host still holds. */
function heldIn(index: Index, last: View, next: View): AnyMessage[] {
  const later = last.turn?.id !== next.turn?.id;
  return last.messages.filter((message) => {
    const own = [...canariesIn(message, index.planted)];
    if (later && own.length > 0 && own.every((canary) => wasOfRunning(index, last, canary))) return false;
    if (own.every((canary) => isOfFailed(index, canary)) || !wasSaid(index, last.session, message, last.at)) return false;
    return copiesIn(last.supplied, message) === 0 || copiesIn(next.supplied, message) > 0;
  });
}

/** A failed compact, directly: with an ample budget no more may be gone than came in, which is what a window by count or by size would do. */
function lossFinding(index: Index, compaction: Compaction): Finding | undefined {
  const views = around(index, compaction);
  if (views?.last === undefined) return undefined;
  const { last, next } = views;
  // Another one succeeded in between: what is gone may be its doing.
  const thread = threadOf(index, next.session);
  const since = index.compactions.filter(({ call }) => call.event.i > last.at && call.event.i < next.call.event.i);
  if (since.some((one) => !hasFailed(one) && one.outcome !== "nothing" && threadOf(index, one.session) === thread))
    return undefined;
  if (!isAmple(next, index)) return keptSummaryFinding(index, compaction, last, next);
  const held = heldIn(index, last, next);
  const lost = held.filter((message) => ![...canariesIn(message, index.planted)].some((canary) => next.canaries.has(canary)));
  const came = next.messages.filter((message) => !contains(last, message));
  if (lost.length <= came.length || mayHaveSlid(index, { held, left: lost, came }))
    return keptSummaryFinding(index, compaction, last, next);
  const { event, end } = compaction.call;
  return {
    message: `compact in step ${event.step} failed, and ${lost.length === 1 ? "a message that was shown before it is" : `${lost.length} messages that were shown before it are`} gone.`,
    expected: "a failed compact leaves the session as it was",
    actual: `missing with an ample budget, e.g. ${messageKey(lost[0]).slice(0, 100)}`,
    at: next.at,
    blame: [last.at, event.i, end, next.call.event.i, next.at],
  };
}

/** Contained, or word for word within another message: an engine may merge a note with the user message that follows it. */
function shows(view: View, message: Message): boolean {
  const text = normalText(textOf(message));
  return contains(view, message) || (text !== "" && view.messages.some((other) => normalText(textOf(other)).includes(text)));
}

/**
 * Turns after the newest accepted one that an engine may hold for the newest: the one in progress where it was delivered already, and failed
 * ones that the host goes on to supply.
 */
function othersHeldNewest(index: Index, newest: Turn, next: View, running: boolean): Turn[] {
  const thread = threadOf(index, next.session);
  return index.turns.filter((turn) => {
    if (turn.start.i < newest.start.i || turn === newest || threadOf(index, turn.session) !== thread) return false;
    if (turn.id === next.turn?.id) return running;
    return turn.end?.status === "failed" && turn.end.i < next.call.event.i && listsUserOf(index, next.supplied, turn);
  });
}

/** A user message with a canary of the turn's user text, in whatever wrapping. */
function listsUserOf(index: Index, messages: readonly (AnyMessage | Message)[], turn: Turn): boolean {
  const own = canariesIn(turn.start.userText ?? "", index.planted);
  return messages.some(
    (message) => message.role === "user" && [...canariesIn(message, index.planted)].some((canary) => own.has(canary)),
  );
}

/** In the view or beside it: the prompt of the turn in progress need not be told twice. */
const showsUserOf = (index: Index, view: View, turn: Turn): boolean =>
  contains(view, { role: "user", content: turn.start.userText ?? "" }) ||
  listsUserOf(index, [...view.messages, { role: "user", content: view.prompt ?? "" }], turn);

function newestFinding(index: Index, compaction: Compaction): Finding | undefined {
  const { event, end } = compaction.call;
  const views = around(index, compaction);
  const newest = newestAccepted(index, compaction.session, event.i);
  if (views === undefined || newest === undefined || wasDamaged(index, compaction.session, event.i)) return undefined;
  const { last, next } = views;
  const running = index.deliveries.some((entry) => entry.turn.id === next.turn?.id && entry.at < event.i);
  const others = newest.texts.length > 0 ? othersHeldNewest(index, newest.turn, next, running) : [];
  if (others.some((turn) => showsUserOf(index, next, turn))) return undefined;
  // What a tick stores of its own text is a marker that no later view need show.
  if (running && next.turn?.kind === "heartbeat-shared") return undefined;
  const budgets = [event.params.tokenBudget, next.tokenBudget].filter((budget) => typeof budget === "number");
  const size = newestTurnsSize(index, {
    session: next.session,
    before: next.call.event.i,
    turnId: next.turn?.id,
    supplied: next.supplied,
    protectedTail: 0,
  });
  if (budgets.some((budget) => size + ROOM_TOKENS > budget)) return undefined;
  const missing = newest.texts.find(
    (message) => !shows(next, message) && (next.supplied.length === 0 || copiesIn(next.supplied, message) > 0),
  );
  if (missing === undefined) return undefined;
  // Chosen out of the view before: then not by this compact.
  const seenSince = last !== undefined && last.call.event.i > newest.deliveredAt && last.turn?.id !== newest.turn.start.turn.id;
  if (seenSince && !shows(last, missing)) return undefined;
  return {
    message: `compact in step ${event.step} did not leave the newest turn (step ${newest.turn.start.step}) alone.`,
    expected: `in the next view: ${messageKey(missing).slice(0, 120)}`,
    actual: "it is not there, though it fits both budgets",
    at: next.at,
    blame: [newest.deliveredAt, event.i, end, next.call.event.i, next.at],
  };
}

function lossyFinding(index: Index, compaction: Compaction): Finding | undefined {
  const views = around(index, compaction);
  if (views === undefined || !isAmple(views.next, index)) return undefined;
  const { next } = views;
  const thread = threadOf(index, next.session);
  const before = index.compactions.filter((entry) => threadOf(index, entry.session) === thread && entry.call.end < next.at);
  if (before.some((entry) => entry.aborted || entry.summariser.some((event) => event.mode !== "healthy"))) return undefined;
  const given = index.summariser.filter((event) => event.i < next.at).map((event) => event.request);
  for (const delivery of index.deliveries) {
    const { event } = compaction.call;
    if (
      delivery.at > event.i ||
      delivery.outcome !== "returned" ||
      delivery.heartbeat ||
      threadOf(index, delivery.session) !== thread
    )
      continue;
    if (index.turnById.get(delivery.turn.id)?.end?.status !== "accepted" || delivery.turn.kind !== "ordinary") continue;
    const texts = delivery.messages.filter((message) => message.role === "user" || message.role === "assistant");
    const lost = [...canariesIn(texts, index.planted)].find((canary) => {
      const part = index.planted.get(canary)?.part;
      return (
        (part === "user" || part === "reply") && !next.canaries.has(canary) && !given.some((request) => request.includes(canary))
      );
    });
    if (lost === undefined) continue;
    return {
      message: `After compact in step ${event.step} the text ${lost} is neither in the view nor was it given to the summariser.`,
      expected: "every user and assistant text in the view or in what the summariser was given (claim compact-lossless)",
      actual: `delivered in step ${delivery.call.event.step}, then gone`,
      at: next.at,
      blame: [delivery.call.event.i, event.i, compaction.call.end, next.at],
    };
  }
  return undefined;
}

export default defineClause({
  id: "compact-atomic",
  title:
    "A compact that fails changes nothing, an aborted one nothing or everything, a successful one leaves the newest turn alone",
  level: "must",
  who: "engine",
  family: "compaction",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/426",
      says: "a compaction that failed moved the offset on, and what was before it was never compacted or shown again",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/1019",
      says: "the newest user message was cut off from its turn",
    },
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "the host bounds and aborts compactions, and goes on with the session after one that failed",
    },
  ],
  bugs: ["lcm-failure-advances", "lcm-tail-splits-turn", "lcm-compact-after-failed-ingest"],
  applies: (_subject, facts) => everCompacts(facts),
  twins: (_theCase, history) => failedCompactTwins(history),
  check(history, twins, subject) {
    const index = indexOf(history);
    const lossless = subject.claims.includes("compact-lossless");
    const found = index.compactions.flatMap((compaction): Finding[] => {
      if (subject.adapter.recall !== undefined) return [];
      if (hasFailed(compaction)) return [lossFinding(index, compaction) ?? []].flat();
      if (compaction.outcome !== "compacted") return [];
      return [newestFinding(index, compaction) ?? (lossless ? lossyFinding(index, compaction) : undefined) ?? []].flat();
    });
    const byTwin = failedCompactFinding(history, twins);
    return byTwin === undefined ? found : [...found, byTwin];
  },
  witness(history) {
    const index = indexOf(history);
    return index.compactions.filter(
      (entry) => (hasFailed(entry) || entry.outcome === "compacted") && around(index, entry) !== undefined,
    ).length;
  },
  breaks: [
    {
      id: "compact-atomic/failure-advances",
      about: "When the summariser fails, what should have been summarised is marked as done: it is never shown again.",
      bugs: ["lcm-failure-advances"],
      minimalSteps: 3,
      wrap: changedAfterCompact((answer) => !answer.ok, newestOnly),
    },
    {
      id: "compact-atomic/half-done",
      about:
        "Messages go in two halves, each as soon as its summary is there; when the second summary fails, the first half is gone.",
      bugs: ["lcm-failure-advances"],
      minimalSteps: 4,
      wrap: inTwoHalves,
    },
    {
      id: "compact-atomic/marked-as-done",
      about: "After a failed compact the offset stands behind everything there is: later compacts find nothing new, ever.",
      bugs: ["lcm-failure-advances"],
      minimalSteps: 4,
      wrap: doneAfterFailure,
    },
    {
      id: "compact-atomic/early-summary",
      about:
        "In an overflow the first of two summaries is kept at once; the second fails, and views show it beside what it sums up.",
      recorded: "trace f3: after a compact without success the turn is lost, and the next one assembles the same session whole",
      minimalSteps: 3,
      wrap: summaryKeptEarly,
    },
    {
      id: "compact-atomic/newest-user-cut",
      about: "A cap on the tail counts messages: after a compaction the newest user message is not in the view, only its reply.",
      bugs: ["lcm-tail-splits-turn"],
      minimalSteps: 2,
      wrap: changedAfterCompact(
        (answer) => answer.compacted,
        (messages, params) => (params.prompt === undefined ? messages : withoutNewestUser(messages)),
      ),
    },
    {
      id: "compact-atomic/input-cut",
      about: "The summariser is given the first 400 characters of what is taken out, in an engine that claims to lose nothing.",
      recorded: "trace e1: what compact takes out of the view is nowhere else in the retry",
      claims: ["compact-lossless"],
      minimalSteps: 3,
      wrap: inputCutShort,
    },
  ],
});
