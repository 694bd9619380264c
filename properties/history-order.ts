// What a view contains of the conversation stands in an order in which the host supplied or delivered it. Summaries and notes are no messages.
// Whether anything is missing or doubled is judged elsewhere.

import { type AnyMessage, APPLIES, type AssembleParams, defineClause, type Finding } from "../src/define/index.js";
import { chainOf } from "../src/judge/history-chain.js";
import { containedIn, type Swap, swapIn } from "../src/judge/history-sequence.js";
import { canariesIn, type Index, indexOf, nameOf, recallFor } from "../src/judge/index.js";
import { hadNamelessHead } from "../src/judge/nameless.js";
import { handedFor, isDisplaced } from "../src/judge/tool-pairs.js";
import { assembleWith, withMethods } from "./breaks/history-wraps.js";

/** Fewer contained messages cannot show an order worth speaking of; the catalogue's witness. */
const ENOUGH = 3;

const canaryOf = (index: Index, message: AnyMessage): string => [...canariesIn(message, index.planted)][0] ?? "?";

function toFinding(index: Index, { view, first, second }: Swap): Finding {
  const names = [canaryOf(index, second), canaryOf(index, first)];
  const deliveries = names.map(
    (canary) => index.deliveries.find((one) => one.at < view.at && one.canaries.has(canary))?.call.event.i ?? -1,
  );
  return {
    message: `The view of ${nameOf(view.session)} in step ${view.turn?.id ?? "?"} turns two messages round: ${names[1]} (${String(first.role)}) stands before ${names[0]} (${String(second.role)}).`,
    expected: `${names[0]} before ${names[1]}, as the host supplied and delivered them every time`,
    actual: `${names[1]} at messages[${view.messages.indexOf(first)}], ${names[0]} at messages[${view.messages.indexOf(second)}]`,
    at: view.at,
    blame: chainOf(...deliveries, view.call.event.i, view.at),
  };
}

const shiftedBack = (messages: AnyMessage[]): AnyMessage[] => {
  const last = messages.at(-1);
  return last === undefined ? messages : [last, ...messages.slice(0, -1)];
};

export default defineClause({
  id: "history-order",
  title: "The messages in a view stand in an order in which the host gave them",
  level: "must",
  who: "engine",
  family: "history",
  pair: "history-no-loss",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "assemble returns an ordered list of messages for the model.",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/908",
      says: "Imported history must keep the order of the messages where several of them share one coarse time.",
    },
  ],
  bugs: ["lcm-coarse-timestamps", "lcm-compact-after-failed-ingest"],
  applies: () => APPLIES,
  check(history, _twins, subject) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const view of index.views) {
      const recalled = recallFor(subject, view.session)?.isRecalled;
      const handed = handedFor(index, view);
      const contained = containedIn(index, view, (message) => recalled?.(message) === true || isDisplaced(handed, message));
      const swap = contained.messages.length > 1 ? swapIn(index, view, contained) : undefined;
      if (swap !== undefined && !hadNamelessHead(index, view.session, view.at)) findings.push(toFinding(index, swap));
      if (findings.length >= 3) break;
    }
    return findings;
  },
  witness(history) {
    const index = indexOf(history);
    return index.views.filter((view) => view.messages.length >= ENOUGH && containedIn(index, view).messages.length >= ENOUGH)
      .length;
  },
  breaks: [
    {
      id: "history-order/coarse-times",
      about:
        "The view is sorted by times cut to the day, user messages first within one: all of a day's questions come before its answers.",
      bugs: ["lcm-coarse-timestamps"],
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: (params: AssembleParams) =>
          assembleWith(engine, params, (messages) => {
            const day = (message: AnyMessage) => Math.floor(Number(message.timestamp ?? 0) / 86_400_000);
            const rank = (message: AnyMessage) => (message.role === "user" ? 0 : 1);
            return [...messages].sort((a, b) => day(a) - day(b) || rank(a) - rank(b));
          }),
      })),
    },
    {
      id: "history-order/newest-first",
      about: "The newest message is pinned to the front of the view, before what it answers.",
      bugs: ["lcm-compact-after-failed-ingest"],
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: (params: AssembleParams) => assembleWith(engine, params, shiftedBack),
      })),
    },
    {
      id: "history-order/overlay-tail-first",
      about: "The overlay puts the kept tail before the older messages it shows beside its summary.",
      bugs: ["lcm-compact-after-failed-ingest"],
      base: "overlay",
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: (params: AssembleParams) =>
          assembleWith(engine, params, (messages) => [...messages.slice(-2), ...messages.slice(0, -2)]),
      })),
    },
  ],
});
