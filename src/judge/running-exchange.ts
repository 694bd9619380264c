// The tool exchange a turn has just made: the next model call is about its result, so a view without it sends the model round in circles.

import type { Index, View } from "./facts.js";
import { hasRoomFor, isAmple } from "./size.js";
import { type Exchange, exchangesIn } from "./tool-pairs.js";

/** Exchanges at the very end of the supply of a later assemble: made since the one before. */
function newestSupplied({ supplied }: View): Exchange[] {
  const from = supplied.findLastIndex((message) => message.role !== "toolResult");
  return exchangesIn(supplied).whole.filter(({ call, result }) => call.at === from && result.at > from);
}

/**
 * An exchange of the running ordinary turn, supplied last, of which the view has no word, though the budget has room for it. Undefined also
 * where its result carries no canary.
 */
function lostRunningExchange(index: Index, view: View): Exchange | undefined {
  if (view.call.event.phase !== "assemble-again" || view.turn?.kind !== "ordinary") return undefined;
  const planted = ({ result }: Exchange) => [...result.canaries].filter((canary) => index.planted.has(canary));
  const newest = newestSupplied(view).filter((exchange) => planted(exchange).length > 0);
  const lost = newest.filter((exchange) => !planted(exchange).some((canary) => view.canaries.has(canary)));
  if (lost.length === 0 || lost.length < newest.length) return undefined;
  const from = lost[0]?.call.at ?? 0;
  return isAmple(view, index) || hasRoomFor(view, view.supplied.slice(from)) ? lost[0] : undefined;
}

/** What is wrong with the view, as a should: no document says it, but no engine may keep a turn from its own tools. */
export function runningBreach(index: Index, view: View) {
  const lost = lostRunningExchange(index, view);
  if (lost === undefined) return undefined;
  return {
    level: "should" as const,
    what: "nothing of what the running turn's tools just answered",
    expected: `${lost.call.words.slice(0, 60)} and its result, which the next model call is about`,
    actual: `neither, nor any word of the result: ${lost.result.text.slice(0, 80)}`,
  };
}
