// What an engine acknowledged survives a killed process: it is there afterwards, contained or covered, it is not doubled, and the store opens.
// Only for engines that claim it. A delivery the kill cut short may be there or not. Orderly restarts are history-restart.

import { APPLIES, defineClause, type Finding, type HostNoteEvent, notApplicable } from "../src/define/index.js";
import { chainOf } from "../src/judge/history-chain.js";
import { excessCopies } from "../src/judge/history-copies.js";
import { acknowledgedBefore, firstViewsAfter, killsIn, throwsAfter } from "../src/judge/history-kill.js";
import {
  type Call,
  copiesOf,
  type Delivery,
  type Index,
  indexOf,
  isAmple,
  nameOf,
  originName,
  type View,
} from "../src/judge/index.js";
import { buffering, keyBeforeRows, writeAhead } from "./breaks/history-write.js";

const ID = "history-crash";

function killName(kill: HostNoteEvent): string {
  return `After the process was killed in step ${kill.step}`;
}

function lost(index: Index, kill: HostNoteEvent, view: View): Finding[] {
  if (!isAmple(view, index)) return [];
  for (const { delivery, message, canary } of acknowledgedBefore(index, kill, view)) {
    if (view.canaries.has(canary) || copiesOf(view.messages, message) > 0) continue;
    return [
      {
        message: `${killName(kill)} the view of ${nameOf(view.session)} in step ${view.turn?.id ?? "?"} lacks an acknowledged ${message.role} message: ${canary}, ${originName(index, canary)}.`,
        expected: "everything acknowledged before the kill, contained or covered by a summary",
        actual: `${canary} is nowhere in the view`,
        at: view.at,
        blame: chainOf(delivery.call.event.i, delivery.at, kill.i, view.call.event.i, view.at),
      },
    ];
  }
  return [];
}

function doubled(index: Index, kill: HostNoteEvent, view: View): Finding[] {
  const excess = excessCopies(index, { kind: "view", view }).find((one) => one.form === "real");
  if (excess === undefined) return [];
  const carriers = excess.carriers.map((delivery: Delivery) => delivery.call.event.i);
  return [
    {
      message: `${killName(kill)} the view of ${nameOf(view.session)} holds ${excess.copies} copies of ${excess.canary}, ${originName(index, excess.canary)}.`,
      expected: `at most ${excess.bound}`,
      actual: `${excess.copies} copies`,
      at: view.at,
      blame: chainOf(...carriers, kill.i, view.call.event.i, view.at),
    },
  ];
}

function closed(kill: HostNoteEvent, call: Call): Finding {
  return {
    message: `${killName(kill)} the store does not open: ${call.event.method} in step ${call.event.step} threw ${call.threw?.error.name ?? "an error"}.`,
    expected: "the engine works as before the kill",
    actual: call.threw?.error.message.slice(0, 200) ?? "a throw",
    at: call.end,
    blame: chainOf(kill.i, call.event.i, call.end),
  };
}

export default defineClause({
  id: ID,
  title: "What was acknowledged before the process was killed is there afterwards, once, and the store opens",
  level: "claim",
  who: "engine",
  family: "history",
  pair: "history-no-duplicate",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/640",
      says: "Batch writes that are not transactional leave a conversation half written when the process goes away.",
    },
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "An acknowledged commitTurn is final for the host: it never sends that turn again.",
    },
  ],
  bugs: ["lcm-bootstrap-replay", "ov-commit-discards", "lcm-inprocess-restart"],
  applies: ({ claims }) => (claims.includes(ID) ? APPLIES : notApplicable("not claimed")),
  check(history) {
    const index = indexOf(history);
    return killsIn(index)
      .flatMap((kill) => [
        ...throwsAfter(index, kill).map((call) => closed(kill, call)),
        ...firstViewsAfter(index, kill).flatMap((view) => [...lost(index, kill, view), ...doubled(index, kill, view)]),
      ])
      .slice(0, 5);
  },
  witness(history) {
    const index = indexOf(history);
    return killsIn(index).filter((kill) =>
      firstViewsAfter(index, kill).some((view) => acknowledgedBefore(index, kill, view).length > 0),
    ).length;
  },
  breaks: [
    {
      id: "history-crash/acknowledged-before-written",
      about:
        "A delivery is acknowledged at once and written when the next call for the session comes: a kill in between loses it.",
      bugs: ["ov-commit-discards"],
      base: "durable-store",
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      claims: [ID],
      minimalSteps: 3,
      wrap: buffering(),
    },
    {
      id: "history-crash/key-before-rows",
      about:
        "The advancement key is stored before the messages, in a write of its own: after a kill between the two, the redelivery is answered as a duplicate of nothing.",
      bugs: ["lcm-bootstrap-replay"],
      base: "durable-store",
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      claims: [ID],
      minimalSteps: 3,
      wrap: keyBeforeRows(),
    },
    {
      id: "history-crash/torn-write",
      about:
        "Every delivery first writes a journal that is removed by dispose; a process that finds one refuses to open the store.",
      bugs: ["lcm-inprocess-restart"],
      claims: [ID],
      minimalSteps: 3,
      wrap: writeAhead(),
    },
  ],
});
