// Text for XML: attributes and content, with characters XML cannot carry made visible first.

import { visible } from "../../src/draw/visible.js";

const ENTITY: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "\n": "&#10;",
  "\t": "&#9;",
};

export const xmlText = (text: string): string => visible(text).replace(/[&<>]/g, (one) => ENTITY[one] ?? one);

export const xmlAttribute = (text: string): string => visible(text).replace(/[&<>"'\n\t]/g, (one) => ENTITY[one] ?? one);

/** ` a="1" b="x"`, names in the order given. */
export function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xmlAttribute(String(value))}"`)
    .join("");
}
