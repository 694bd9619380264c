// Tool calls and their results: which belong together in a list of messages, which dangle, and which pairs the host handed over whole.
// A result belongs to the nearest call of its id before it that has no result yet, so ids may repeat from turn to turn.

import type { AnyMessage, Message, SessionRef } from "../define/index.js";
import type { Index, View } from "./facts.js";
import { canariesIn, normalText, stableJson, textOf } from "./texts.js";
import { holdsOf, threadOf } from "./thread.js";

export interface ToolCall {
  id: string;
  /** Name and arguments as text. */
  words: string;
  canaries: Set<string>;
  /** Index of the message. */
  at: number;
}

export interface ToolResult {
  id: string;
  text: string;
  canaries: Set<string>;
  isError: boolean;
  at: number;
}

export interface Exchange {
  call: ToolCall;
  result: ToolResult;
  /** Something other than results stands between the two. */
  apart: boolean;
}

export interface Exchanges {
  whole: Exchange[];
  /** Calls without a result. */
  open: ToolCall[];
  /** Results without a call. */
  orphans: ToolResult[];
  /** Of those, results whose call comes right after them and has no other. */
  early: Exchange[];
}

type Entry = AnyMessage | Message;

/** What a message holds of tools, wherever it stands. */
interface Parsed {
  calls: Omit<ToolCall, "at">[];
  result: Omit<ToolResult, "at"> | undefined;
}

const parsed = new WeakMap<object, Parsed>();

function parsedOf(message: Entry): Parsed {
  let found = parsed.get(message);
  if (found === undefined) {
    found = { calls: callsIn(message), result: resultOf(message) };
    parsed.set(message, found);
  }
  return found;
}

function callsIn(message: Entry): Parsed["calls"] {
  const { content } = message as { content?: unknown };
  if (message.role !== "assistant" || !Array.isArray(content)) return [];
  return content.flatMap((part: unknown) => {
    const { type, id, name, arguments: given } = (part ?? {}) as Record<string, unknown>;
    if (type !== "toolCall" || typeof id !== "string") return [];
    return [{ id, words: `${String(name)} ${stableJson(given ?? {})}`, canaries: canariesIn(given ?? {}) }];
  });
}

function resultOf(message: Entry): Parsed["result"] {
  if (message.role !== "toolResult") return undefined;
  const { toolCallId, isError } = message as { toolCallId?: unknown; isError?: unknown };
  return {
    id: String(toolCallId),
    text: normalText(textOf(message)),
    canaries: canariesIn((message as { content?: unknown }).content ?? ""),
    isError: isError === true,
  };
}

const exchanges = new WeakMap<readonly Entry[], Exchanges>();

/** Pairs up the calls and results of one list; remembered for the list. */
export function exchangesIn(messages: readonly Entry[]): Exchanges {
  let found = exchanges.get(messages);
  if (found === undefined) {
    found = pairUp(messages);
    exchanges.set(messages, found);
  }
  return found;
}

function pairUp(messages: readonly Entry[]): Exchanges {
  const found: Exchanges = { whole: [], open: [], orphans: [], early: [] };
  let lastOther = -1;
  for (const [at, message] of messages.entries()) {
    const { calls, result: bare } = parsedOf(message);
    if (bare === undefined) {
      lastOther = at;
      for (const call of calls) found.open.push({ ...call, at });
      continue;
    }
    const result = { ...bare, at };
    const nearest = found.open.findLastIndex((call) => call.id === result.id);
    const call = found.open[nearest];
    if (call === undefined) found.orphans.push(result);
    else {
      found.open.splice(nearest, 1);
      found.whole.push({ call, result, apart: lastOther > call.at });
    }
  }
  for (const result of found.orphans) {
    const call = found.open.find(({ id, at }) => id === result.id && at === result.at + 1);
    if (call !== undefined) found.early.push({ call, result, apart: true });
  }
  return found;
}

/** What the host handed over for a view: this call's supply, and everything delivered to the thread so far, in order. */
export function handedFor(index: Index, view: View): Exchanges {
  const delivered = deliveredTo(index, view.session, view.call.event.i);
  const lists = [exchangesIn(view.supplied), exchangesIn(delivered)];
  return {
    whole: lists.flatMap((list) => list.whole),
    open: lists.flatMap((list) => list.open),
    orphans: lists.flatMap((list) => list.orphans),
    early: lists.flatMap((list) => list.early),
  };
}

/** Calls and results that the host handed over apart from each other or the wrong way round: engines may mend their places. */
export function isDisplaced({ whole, open, orphans }: Exchanges, message: Entry): boolean {
  const { calls, result } = parsedOf(message);
  const apart = whole.filter((exchange) => exchange.apart);
  if (result !== undefined) {
    const shown = { ...result, at: -1 };
    return [...orphans, ...apart.map((exchange) => exchange.result)].some((known) => sameResult(shown, known));
  }
  const known = [...open, ...apart.map((exchange) => exchange.call)];
  return calls.some((call) => known.some((one) => sameCall({ ...call, at: -1 }, one)));
}

/**
 * Results that stood without their call in anything the host ever supplied to the view's thread, and so may stand in an engine's store. What
 * comes message by message is looked at as one list of deliveries, elsewhere.
 */
export function orphansEver(index: Index, view: View): ToolResult[] {
  const holds = holdsOf(index, view.session);
  return index.calls.flatMap(({ event }) =>
    event.i <= view.at &&
    event.method !== "ingest" &&
    event.messages !== undefined &&
    event.session !== undefined &&
    holds(event.session)
      ? exchangesIn(event.messages).orphans
      : [],
  );
}

const deliveredLists = new WeakMap<Index, Map<string, Message[]>>();

/** Deliveries that threw count as well: what was in them may have been kept. The same list for views between the same deliveries. */
function deliveredTo(index: Index, session: SessionRef, before: number): Message[] {
  let lists = deliveredLists.get(index);
  if (lists === undefined) {
    lists = new Map();
    deliveredLists.set(index, lists);
  }
  const holds = holdsOf(index, session);
  const known = index.deliveries.filter((delivery) => delivery.call.event.i < before && holds(delivery.session));
  const name = `${known.length} ${threadOf(index, session)}`;
  let list = lists.get(name);
  if (list === undefined) {
    list = known.flatMap((delivery) => delivery.messages);
    lists.set(name, list);
  }
  return list;
}

/** The same call, also under a new id: an argument text of its own tells it, else id, name and arguments. */
export function sameCall(a: ToolCall, b: ToolCall): boolean {
  if (a.canaries.size > 0 && b.canaries.size > 0) return [...a.canaries].some((canary) => b.canaries.has(canary));
  return a.id === b.id && a.words === b.words;
}

/** The same result, whole or shortened. */
export function sameResult(shown: ToolResult, handed: ToolResult): boolean {
  if ([...shown.canaries].some((canary) => handed.canaries.has(canary))) return true;
  return shown.text === handed.text;
}

/** A fork begins with its parent's call that made it, whose result only the parent was given. Recorded: 2026.5 yj2. */
export function isForkingCall(index: Index, view: View, call: ToolCall): boolean {
  if (view.session.contextMode !== "fork") return false;
  const own = threadOf(index, view.session);
  return [...call.canaries].some((canary) => {
    const planted = index.planted.get(canary);
    return planted !== undefined && threadOf(index, planted.session) !== own;
  });
}
