// Whether a view left anything out of what was supplied in its call, and how large a view is by the plain measures.
// A message that a summary covers is not left out; one that was cut to fit a budget is.

import type { AnyMessage, Message, SessionRef } from "../define/index.js";
import type { Index, View } from "./facts.js";
import { multisetOf } from "./multiset.js";
import { textSizeQuarter } from "./size.js";
import { canariesIn, isEmptyMessage, messageKey } from "./texts.js";
import { ownMessages, threadOf } from "./thread.js";
import { upsetBetween } from "./upsets.js";

/** Canaries that reach the view through a text of the engine's own, or the host's own summary, and went into some summary before. */
function coveredCanaries(index: Index, view: View): Set<string> {
  const own: AnyMessage[] = [
    ...ownMessages(index, view),
    ...view.messages.filter((message) => message.role === "compactionSummary"),
  ];
  const carried = canariesIn([...own, view.systemPromptAddition], index.planted);
  const summaries = index.summariser.filter((event) => event.i < view.at && event.answer !== undefined);
  const covered = new Set<string>();
  for (const canary of carried) {
    const summed =
      summaries.some((event) => event.answer?.includes(canary)) ||
      view.messages.some((message) => hostSummaryOf(message, canary));
    if (summed) covered.add(canary);
  }
  return covered;
}

function hostSummaryOf(message: AnyMessage, canary: string): boolean {
  return message.role === "compactionSummary" && typeof message.summary === "string" && message.summary.includes(canary);
}

/** What the host supplied at the first assemble of the view's attempt: later ones are given what the engine left of it. */
function firstSupply(index: Index, view: View): readonly Message[] {
  const { turn } = view;
  if (turn === undefined || view.call.event.phase !== "assemble-again") return view.supplied;
  const views = index.turnById.get(turn.id)?.views ?? [];
  return views.find((one) => one.turn?.attempt === turn.attempt)?.supplied ?? view.supplied;
}

function absentFrom(view: View, supplied: readonly Message[]): Message[] {
  const room = new Map(multisetOf(view.messages));
  return supplied.filter((message) => {
    const key = messageKey(message);
    const left = room.get(key) ?? 0;
    if (left > 0) room.set(key, left - 1);
    return left <= 0 && !isEmptyMessage(message);
  });
}

function repeatedCanaries(index: Index, messages: readonly Message[]): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const message of messages) {
    for (const canary of canariesIn(message, index.planted)) (seen.has(canary) ? twice : seen).add(canary);
  }
  return twice;
}

/** Messages supplied in the call, or at the first assemble of its attempt, that are neither in the view nor covered by a summary in it.
 * Empty ones are never missed. */
export function leftOutOf(index: Index, view: View): Message[] {
  const first = firstSupply(index, view);
  const absent = absentFrom(view, view.supplied);
  if (first !== view.supplied) absent.push(...absentFrom(view, first));
  if (absent.length === 0) return absent;
  const covered = coveredCanaries(index, view);
  // Of a text that is there twice a summary may cover one copy alone.
  for (const canary of repeatedCanaries(index, view.supplied)) covered.delete(canary);
  const missing = absent.filter((message) => {
    const canaries = canariesIn(message, index.planted);
    return canaries.size > 0 && [...canaries].some((canary) => !covered.has(canary));
  });
  const anyCovered = covered.size > 0;
  return anyCovered ? missing : absent;
}

/**
 * Whether the engine holds more of the session than the view shows: what was delivered to it, or was in an earlier view, since its last
 * compaction. A budget cuts that as it cuts a supply, and a compaction may take away what no view had room for.
 */
export function holdsMoreThan(index: Index, view: View): boolean {
  const thread = threadOf(index, view.session);
  const isOwn = (session: SessionRef) => threadOf(index, session) === thread;
  const compactions = index.compactions.filter(({ outcome, session }) => outcome === "compacted" && isOwn(session));
  const since = compactions.findLast(({ call }) => call.end < view.at)?.call.end ?? -1;
  const counts = (session: SessionRef, at: number) =>
    at > since && at < view.at && isOwn(session) && !upsetBetween(index, session, at, view.at);
  const shown = new Set(view.messages.map(messageKey));
  const absent = (message: AnyMessage) => !isEmptyMessage(message) && !shown.has(messageKey(message));
  const unheard = (message: AnyMessage) => {
    const canaries = canariesIn(message, index.planted);
    return canaries.size === 0 ? absent(message) : [...canaries].some((canary) => !view.canaries.has(canary));
  };
  return (
    index.views.some(({ session, at, messages }) => counts(session, at) && messages.some(absent)) ||
    index.deliveries.some(
      ({ session, at, outcome, messages }) => outcome === "returned" && counts(session, at) && messages.some(unheard),
    )
  );
}

/** Text / 4, and text / 4 + 8 a message. */
export interface Measures {
  text: number;
  padded: number;
}

export function measuresOf(messages: readonly unknown[], addition = ""): Measures {
  const text = textSizeQuarter(messages) + addition.length / 4;
  return { text, padded: text + 8 * messages.length };
}

/** Smaller by at least one of the measures. */
export function isSmaller(a: Measures, b: Measures): boolean {
  return a.text < b.text || a.padded < b.padded;
}
