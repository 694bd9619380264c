// In words, where two views of the same moment part: by the message, as a reader knows it, not by the member of an object.

import { Likeness } from "./likeness.js";
import { textOf } from "./texts.js";

const WIDTH = 48;

const roleOf = (message: unknown): string => String((message as { role?: unknown } | null)?.role);

function brief(message: unknown): string {
  const text = textOf(message).replace(/\s+/g, " ").trim();
  if (text === "") return `${roleOf(message)} without text`;
  return `${roleOf(message)} "${text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text}"`;
}

/** Both sides of the first message that differs; undefined where the messages say the same, or differ where a short form does not show it. */
export function viewUnlike(first: readonly unknown[], second: readonly unknown[]): { first: string; second: string } | undefined {
  const likeness = new Likeness();
  const longer = Math.max(first.length, second.length);
  let at = 0;
  while (at < longer && likeness.compare(first[at], second[at]) === undefined) at += 1;
  if (at === longer) return undefined;
  if (at < first.length && at < second.length && brief(first[at]) === brief(second[at])) return undefined;
  const say = (list: readonly unknown[]): string => {
    if (list.length === 0) return "the view is empty";
    if (at >= list.length) return `the view ends after ${list.length} message${list.length === 1 ? "" : "s"}`;
    return `message ${at + 1} of ${list.length} in the view is ${brief(list[at])}`;
  };
  return { first: say(first), second: say(second) };
}
