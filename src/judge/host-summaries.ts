// Summaries that a host supplied as entries of its own: engines put them into words of theirs, as they have no role to show them under.

import type { AnyMessage } from "../define/index.js";
import type { Index } from "./facts.js";
import { canariesIn, normalText, textOf } from "./texts.js";

/** As many characters of a summary as tell it: its opening words and a canary. */
const SUMMARY_HEAD = 30;

/** What tells a summary in whatever words stand around it; undefined where nothing in it does. */
export function summaryHead(index: Index, summary: string): string | undefined {
  const head = normalText(summary).slice(0, SUMMARY_HEAD);
  return canariesIn(head, index.planted).size > 0 ? head : undefined;
}

/** Heads of the summaries that the host supplied in any call. */
export function hostSummaryHeads(index: Index): string[] {
  const heads = index.calls
    .flatMap(({ event }) => event.messages ?? [])
    .flatMap((one) => (one.role === "compactionSummary" ? (summaryHead(index, textOf(one)) ?? []) : []));
  return [...new Set(heads)];
}

/** The message says the summary with this head, whatever else it says. */
export const tells = (message: AnyMessage, head: string): boolean => normalText(textOf(message)).includes(head);
