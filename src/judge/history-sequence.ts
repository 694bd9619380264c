// In which order the host ever supplied or delivered the messages of a session, and whether a view keeps to one of them.
// Only texts with a canary are looked at; copies are matched as favourably as possible. A quick look by canaries alone comes first.

import type { AnyMessage, Message } from "../define/index.js";
import type { Index, View } from "./facts.js";
import { related } from "./history-copies.js";
import { leadsOf } from "./history-leads.js";
import { candidatesIn, messageKey } from "./texts.js";

/** Two messages of a view that the host always gave in the other order. */
export interface Swap {
  view: View;
  first: AnyMessage;
  second: AnyMessage;
}

/** Message key → its places in some order, ascending. */
type Places = Map<string, number[]>;

function note(places: Places, name: string, at: number): void {
  const list = places.get(name);
  if (list === undefined) places.set(name, [at]);
  else if (list.at(-1) !== at) list.push(at);
}

/** The view's messages with a canary that the host supplied in this call or delivered before, and those canaries. */
export interface Contained {
  messages: AnyMessage[];
  canaries: string[];
}

/** The host's own notes and summaries are no messages: an engine may put them where it likes. */
const isNote = ({ role }: AnyMessage): boolean => role === "compactionSummary" || role === "custom";

export function containedIn(index: Index, view: View, recalled?: (message: AnyMessage) => boolean): Contained {
  const before = view.call.event.i;
  const contained: Contained = { messages: [], canaries: [] };
  for (const [at, canary] of leadsOf(index, view).entries()) {
    const message = view.messages[at];
    if (canary === undefined || message === undefined || recalled?.(message) === true || isNote(message)) continue;
    if (!view.suppliedCanaries.has(canary) && (index.deliveredAt.get(canary) ?? before) >= before) continue;
    contained.messages.push(message);
    contained.canaries.push(canary);
  }
  return contained;
}

/** The first pair out of order; undefined when the view keeps to some order of the host. */
export function swapIn(index: Index, view: View, { messages, canaries }: Contained): Swap | undefined {
  if (follows(canaries, view.supplied) || follows(canaries, deliveredIn(index))) return undefined;
  const orders = ordersOf(index, view);
  const known = messages.filter((message) => orders.some((places) => places.has(messageKey(message))));
  const keys = known.map(messageKey);
  if (orders.some((places) => isSubsequence(keys, places))) return undefined;
  const given = firstGiven(index, view);
  const isGivenBefore = (first: string, second: string) => (given.get(first)?.[0] ?? 0) < (given.get(second)?.at(-1) ?? -1);
  const isCleared = (first: AnyMessage, second: AnyMessage) =>
    namesOf(first).some((one) => namesOf(second).some((other) => isGivenBefore(one, other)));
  const said = known.filter((message) => !candidatesIn(message).some((canary) => saidAgain(index).has(canary)));
  const names = said.map(messageKey);
  for (const [at, first] of said.entries()) {
    for (const second of said.slice(at + 1)) {
      const [one, two] = [messageKey(first), messageKey(second)];
      if (one === two || isCleared(first, second) || !alwaysReversed(orders, one, two)) continue;
      // A copy of the one or the other stands where it belongs: doubled, not turned round.
      if (names.indexOf(two) < at || names.lastIndexOf(one) > names.indexOf(two, at)) continue;
      return { view, first, second };
    }
  }
  return undefined;
}

const saidTwice = new WeakMap<Index, Set<string>>();

/** Texts that the user sent in more than one turn: which of them a message of a view is, in whatever form, cannot be told. */
function saidAgain(index: Index): Set<string> {
  let again = saidTwice.get(index);
  if (again === undefined) {
    again = new Set();
    const seen = new Set<string>();
    for (const { start } of index.turns)
      for (const canary of new Set(candidatesIn(start.userText ?? ""))) (seen.has(canary) ? again : seen).add(canary);
    saidTwice.set(index, again);
  }
  return again;
}

/** Greedy from the left: the earliest place that still fits is always the best choice. */
function isSubsequence(names: readonly string[], places: Places): boolean {
  let last = -1;
  for (const name of names) {
    const next = places.get(name)?.find((place) => place > last);
    if (next === undefined) return false;
    last = next;
  }
  return true;
}

/** The same by canaries alone, without an index: one walk through the messages. */
function follows(canaries: readonly string[], messages: readonly Message[]): boolean {
  let next = 0;
  for (const message of messages) {
    if (next === canaries.length) return true;
    const carried = candidatesIn(message);
    // A message that the host merged carries the canaries of both.
    while (next < canaries.length && carried.includes(canaries[next] ?? "")) next += 1;
  }
  return next === canaries.length;
}

const deliveredCache = new WeakMap<Index, Message[]>();

/** Everything ever delivered, in the order of the deliveries of all sessions. */
function deliveredIn(index: Index): Message[] {
  const known = deliveredCache.get(index) ?? index.deliveries.flatMap((delivery) => delivery.messages);
  deliveredCache.set(index, known);
  return known;
}

function placesOf(messages: readonly Message[]): Places {
  const places: Places = new Map();
  messages.forEach((message, at) => {
    note(places, messageKey(message), at);
  });
  return places;
}

/** What a message can be known by: its text as it is, and the canaries in it, whatever the client or the host wrote around them. */
const namesOf = (message: AnyMessage): string[] => [messageKey(message), ...candidatesIn(message)];

/**
 * Everything in the order in which the host gave it for the first time, supplied or delivered, and where it was delivered once more. It
 * clears a view and accuses none: a text may have been there before under another form, and an engine may have dropped its older copy.
 */
function firstGiven(index: Index, view: View): Places {
  const places: Places = new Map();
  let at = 0;
  for (const { event } of index.calls) {
    if (event.i >= view.call.event.i) break;
    if (event.session === undefined || event.messages === undefined || !related(index, event.session, view.session)) continue;
    const supplied = event.phase === "assemble-first";
    if (!supplied && event.deliveredFrom === undefined) continue;
    for (const message of supplied ? event.messages : event.messages.slice(event.deliveredFrom)) {
      for (const name of namesOf(message)) if (!supplied || !places.has(name)) note(places, name, at);
      at += 1;
    }
  }
  return places;
}

/** Everything supplied in one call, for each first assemble so far, and everything delivered so far, one after the other. */
function ordersOf(index: Index, view: View): Places[] {
  const before = view.call.event.i;
  const orders = [placesOf(view.supplied)];
  const delivered: Message[] = [];
  for (const delivery of index.deliveries) {
    if (delivery.call.event.i < before && related(index, delivery.session, view.session)) delivered.push(...delivery.messages);
  }
  orders.push(placesOf(delivered));
  for (const { event } of index.calls) {
    if (event.i >= before) break;
    if (event.phase !== "assemble-first" || event.session === undefined || event.messages === undefined) continue;
    if (related(index, event.session, view.session)) orders.push(placesOf(event.messages));
  }
  return orders;
}

/** Some order has both, and in none of them any copy of `first` stands before any copy of `second`. */
function alwaysReversed(orders: readonly Places[], first: string, second: string): boolean {
  let together = false;
  for (const places of orders) {
    const firsts = places.get(first);
    const seconds = places.get(second);
    if (firsts === undefined || seconds === undefined) continue;
    together = true;
    if ((firsts[0] ?? 0) < (seconds.at(-1) ?? 0)) return false;
  }
  return together;
}
