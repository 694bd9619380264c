// The first canary of each message of a view, once per view: what tells messages apart cheaply before their texts are compared.

import type { Index, ProbeView, View } from "./facts.js";
import { candidatesIn } from "./texts.js";

const cache = new WeakMap<View | ProbeView, readonly (string | undefined)[]>();

/** Place by place the first planted canary of the message, or undefined where it carries none. */
export function leadsOf(index: Index, view: View | ProbeView): readonly (string | undefined)[] {
  let leads = cache.get(view);
  if (leads === undefined) {
    leads = view.messages.map((message) => leadOf(index, message));
    cache.set(view, leads);
  }
  return leads;
}

/** The first planted canary of a message. */
export function leadOf(index: Index, message: unknown): string | undefined {
  for (const candidate of candidatesIn(message)) if (index.planted.has(candidate)) return candidate;
  return undefined;
}
