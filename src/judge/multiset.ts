// Lists of messages as multisets, for clauses that count copies in long views. Memoised per list: treat the maps as read-only.

import { messageKey } from "./texts.js";

const cache = new WeakMap<object, ReadonlyMap<string, number>>();

/** How often each message (by role and normalised text) stands in a list. */
export function multisetOf(messages: readonly unknown[]): ReadonlyMap<string, number> {
  let counts = cache.get(messages);
  if (counts === undefined) {
    const fresh = new Map<string, number>();
    for (const message of messages) {
      const key = messageKey(message);
      fresh.set(key, (fresh.get(key) ?? 0) + 1);
    }
    counts = fresh;
    cache.set(messages, counts);
  }
  return counts;
}

/** Copies of one message in a list. */
export const copiesIn = (messages: readonly unknown[], message: unknown): number =>
  multisetOf(messages).get(messageKey(message)) ?? 0;
