// Gives every id, text and generated part of a key a name by order of first occurrence, so that two sequences of calls can be compared
// although nothing in them is literally equal. Both sides go through here, the recorded one's own names included.

import type { SeenCall, SeenMessage } from "./seen-call.js";

/** One family of names. */
class Names {
  readonly #known = new Map<string, string>();
  constructor(readonly prefix: string) {}

  of(value: string): string {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const name = `${this.prefix}${this.#known.size + 1}`;
    this.#known.set(value, name);
    return name;
  }
}

/** The parts of a key that a host makes up: job and run ids, a child's id. */
const MADE_UP = /(:cron:|:run:|:subagent:)([^:]+)/g;

export function aliased(calls: SeenCall[]): SeenCall[] {
  const engines = new Names("e");
  const sessions = new Names("S");
  const lifecycles = new Names("L");
  const texts = new Names("text");
  const prompts = new Names("prompt");
  const advancements = new Names("A");
  const parts = new Map<string, Names>();
  const key = (value: string) =>
    value.replace(MADE_UP, (_, before: string, id: string) => {
      const names = parts.get(before) ?? new Names(before.replaceAll(":", "").toUpperCase());
      parts.set(before, names);
      return `${before}${names.of(id)}`;
    });
  const message = ({ role, text }: SeenMessage): SeenMessage => ({ role, text: texts.of(text) });
  return calls.map((call) => ({
    ...call,
    engine: engines.of(call.engine),
    ...(call.session === undefined ? {} : { session: sessions.of(call.session) }),
    ...(call.key === undefined ? {} : { key: key(call.key) }),
    ...(call.parentKey === undefined ? {} : { parentKey: key(call.parentKey) }),
    ...(call.childKey === undefined ? {} : { childKey: key(call.childKey) }),
    ...(call.lifecycle === undefined ? {} : { lifecycle: lifecycles.of(call.lifecycle) }),
    ...(call.advancementKey === undefined ? {} : { advancementKey: advancements.of(call.advancementKey) }),
    ...(call.messages === undefined ? {} : { messages: call.messages.map(message) }),
    ...(call.prompt === undefined ? {} : { prompt: prompts.of(call.prompt) }),
    outcome: {
      ...call.outcome,
      ...(call.outcome.messages === undefined ? {} : { messages: call.outcome.messages.map(message) }),
      ...(call.outcome.successor === undefined ? {} : { successor: sessions.of(call.outcome.successor) }),
    },
  }));
}
