// HTML put together so that nothing gets in unescaped: a template's values are escaped unless they are Markup themselves. The only place
// that turns text into HTML.

import { visible } from "../../src/draw/visible.js";

/** Text that is HTML already. Made by `html` and `join` alone, and by the page for its own script and style. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Value = Markup | string | number | undefined | readonly Value[];

const ENTITY: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escaped = (text: string): string => visible(text).replace(/[&<>"']/g, (one) => ENTITY[one] ?? one);

function written(value: Value): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(value);
  return value.map(written).join("");
}

export function html(parts: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(parts.map((part, n) => part + written(values[n])).join(""));
}

export const EMPTY = new Markup("");

/** The markup where the condition holds, else nothing. */
export const when = (condition: boolean, then: () => Markup): Markup => (condition ? then() : EMPTY);
