// A play in a form that is the same for every play of the same case by the same engine: calls and answers, with ids named by the order in
// which they first appear, times and absolute folders taken out. The counterpart of likeness.ts for plays that cannot be laid side by side.

import type { History } from "../define/index.js";
import { indexOf } from "./build.js";
import type { Call } from "./facts.js";
import { EPOCH_MS, ID_NAME, ISO, lastPart, TIME_NAME, TOKEN } from "./likeness.js";
import { inputOf } from "./twin-compare.js";

/** Digits that are a time in s, ms, µs or ns of the years 2001 to 2033. Any other token may be an id. */
const TIME_DIGITS = /^1\d{9}(?:\d{3}){0,3}$/;

class Form {
  private readonly ids = new Map<string, string>();

  /** Members in the order of their names, absent ones left out, so that ids are met in the same order whoever made the object. */
  of(value: unknown, name = ""): unknown {
    if (typeof value === "string") return ID_NAME.test(name) ? this.id(value) : this.text(value);
    if (typeof value === "number") return this.number(value, name);
    if (Array.isArray(value)) return value.map((one) => this.of(one, name));
    if (typeof value !== "object" || value === null) return value;
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(members.map(([key, member]) => [key, this.of(member, key)]));
  }

  private text(text: string): string {
    return text.replace(TOKEN, (token) => {
      if (ISO.test(token) || TIME_DIGITS.test(token)) return "<time>";
      return token.startsWith("/") ? `<folder>/${this.text(lastPart(token))}` : this.id(token);
    });
  }

  private number(value: number, name: string): unknown {
    if (value > EPOCH_MS || TIME_NAME.test(name)) return "<time>";
    return ID_NAME.test(name) ? this.id(String(value)) : value;
  }

  private id(id: string): string {
    const known = this.ids.get(id) ?? `<id ${this.ids.size + 1}>`;
    this.ids.set(id, known);
    return known;
  }
}

function answerOf({ returned, threw }: Call): unknown {
  if (threw !== undefined) return { threw: threw.cause, error: threw.error.name };
  return returned === undefined ? "no answer" : { result: returned.result };
}

/** One entry per engine call: what it was given and what it answered. Plain data. */
export function playForm(history: History): unknown[] {
  const form = new Form();
  return indexOf(history).calls.map((call) => form.of({ input: inputOf(call), answer: answerOf(call) }));
}
