// In which order the host ever supplied or delivered the messages of a session, and whether a view keeps to one of them.
// Only texts with a canary are looked at; copies are matched as favourably as possible.

import type { AnyMessage, Message } from "../define/index.js";
import type { Index, View } from "./facts.js";
import { related } from "./history-copies.js";
import { canariesIn, messageKey } from "./texts.js";

/** Two messages of a view that the host always gave in the other order. */
export interface Swap {
  view: View;
  first: AnyMessage;
  second: AnyMessage;
}

type Places = Map<string, number[]>;

function placesOf(messages: readonly (Message | AnyMessage)[]): Places {
  const places: Places = new Map();
  messages.forEach((message, at) => {
    const key = messageKey(message);
    const list = places.get(key);
    if (list === undefined) places.set(key, [at]);
    else list.push(at);
  });
  return places;
}

/** Messages of the view with a canary that the host supplied in this call or delivered before. */
export function containedIn(index: Index, view: View, recalled?: (message: AnyMessage) => boolean): AnyMessage[] {
  const supplied = placesOf(view.supplied);
  return view.messages.filter((message) => {
    const canaries = canariesIn(message, index.planted);
    if (canaries.size === 0 || recalled?.(message) === true) return false;
    if (supplied.has(messageKey(message))) return true;
    return [...canaries].some((canary) => (index.deliveredAt.get(canary) ?? view.at) < view.call.event.i);
  });
}

/** The first pair out of order; undefined when the view keeps to some order of the host. */
export function swapIn(index: Index, view: View, contained: readonly AnyMessage[]): Swap | undefined {
  const keys = contained.map(messageKey);
  if (isSubsequence(keys, placesOf(view.supplied))) return undefined;
  const orders = ordersOf(index, view);
  if (orders.some((places) => isSubsequence(keys, places))) return undefined;
  for (const [at, first] of contained.entries()) {
    for (const second of contained.slice(at + 1)) {
      if (messageKey(first) !== messageKey(second) && alwaysReversed(orders, messageKey(first), messageKey(second)))
        return { view, first, second };
    }
  }
  return undefined;
}

/** Greedy from the left: the earliest place that still fits is always the best choice. */
function isSubsequence(keys: readonly string[], places: Places): boolean {
  let last = -1;
  for (const key of keys) {
    const next = places.get(key)?.find((place) => place > last);
    if (next === undefined) return false;
    last = next;
  }
  return true;
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
