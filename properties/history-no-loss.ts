// A lossless engine shows everything: before the first compaction, and with room enough, every delivered message of a session is in its view,
// as often as different turns brought it. Only for engines that claim it; doubling is history-no-duplicate.

import { APPLIES, defineClause, type Finding, type Message, notApplicable } from "../src/define/index.js";
import { chainOf } from "../src/judge/history-chain.js";
import { type Loss, lossesIn, lossViews } from "../src/judge/history-loss.js";
import { type Index, indexOf, nameOf, originName } from "../src/judge/index.js";
import { deliveringOnly } from "./breaks/history-drop.js";
import { fingerprint } from "./breaks/history-wraps.js";

const ID = "history-no-loss";
/** Fewer delivered messages make no witness. */
const ENOUGH = 5;

function toFinding(index: Index, { view, message, canary, turns, copies, deliveries }: Loss): Finding {
  const times = turns.length === 1 ? `by step ${turns[0]}` : `by ${turns.length} turns (${turns.join(", ")})`;
  return {
    message: `The view of ${nameOf(view.session)} in step ${view.turn?.id ?? "?"} lacks a delivered ${message.role} message: ${canary}, ${originName(index, canary)}.`,
    expected: `${turns.length === 1 ? "the message" : `${turns.length} copies of the message`}, brought ${times}; nothing was compacted, and the budget is ample`,
    actual: copies === 0 ? "it is not in the view" : `${copies} copies in the view`,
    at: view.at,
    blame: chainOf(...deliveries.slice(0, 3).map((delivery) => delivery.call.event.i), view.call.event.i, view.at),
  };
}

export default defineClause({
  id: ID,
  title: "Before any compaction every delivered message is in the view, as often as turns brought it",
  level: "claim",
  who: "engine",
  family: "history",
  pair: "history-no-duplicate",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/257",
      says: "A guard against doubled messages must not drop a genuine message that equals an earlier one.",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/639",
      says: "A batch that does not overlap what is stored is new: skipping it loses turns.",
    },
  ],
  bugs: [
    "ov-global-agent",
    "lcm-ambiguous-adopt",
    "lcm-resend-freeze",
    "lcm-cap-freeze",
    "graphmem-exclusive-hooks",
    "ov-commit-discards",
    "lcm-partial-overlap-drop",
    "lcm-dedup-false-positive",
    "lcm-summary-substring-drop",
    "lcm-no-overlap-drop",
    "lcm-fail-open-reconcile",
    "lcm-unpersisted-live-input",
    "lcm-toolid-reuse",
    "ov-commit-conflict",
    "hb-takeover",
    "commit-callback-dropped",
  ],
  applies: ({ claims }) => (claims.includes(ID) ? APPLIES : notApplicable("not claimed")),
  check(history) {
    const index = indexOf(history);
    return lossesIn(index)
      .slice(0, 3)
      .map((loss) => toFinding(index, loss));
  },
  witness: (history) => lossViews(indexOf(history)).filter(({ owed }) => owed.length >= ENOUGH).length,
  breaks: [
    {
      id: "history-no-loss/equal-text-dropped",
      about: "The guard against replays drops every message that equals one stored before: a user's second yes is lost.",
      bugs: ["lcm-dedup-false-positive"],
      minimalSteps: 3,
      wrap: deliveringOnly((messages, params, { disk }) => {
        const name = `seen ${params.sessionKey}|${params.sessionId}`;
        const seen = new Set(disk.read<string[]>(name, []));
        const fresh = messages.filter((message) => !seen.has(fingerprint(message)));
        disk.write(name, [...seen, ...messages.map(fingerprint)]);
        return fresh;
      }),
    },
    {
      id: "history-no-loss/known-call-id",
      about: "A tool result whose call id was stored before is skipped, although models number their calls anew in every turn.",
      bugs: ["lcm-toolid-reuse"],
      minimalSteps: 2,
      wrap: deliveringOnly((messages, params, { disk }) => {
        const name = `ids ${params.sessionKey}|${params.sessionId}`;
        const seen = new Set(disk.read<string[]>(name, []));
        const idOf = (message: Message) => (message.role === "toolResult" ? [message.toolCallId] : []);
        const kept = messages.filter((message) => !idOf(message).some((id) => seen.has(id)));
        disk.write(name, [...seen, ...messages.flatMap(idOf)]);
        return kept;
      }),
    },
    {
      id: "history-no-loss/overlap-drops-batch",
      about: "A batch whose first message is known is taken for a replay as a whole, its new messages included.",
      bugs: ["lcm-partial-overlap-drop"],
      minimalSteps: 3,
      wrap: deliveringOnly((messages, params, { disk }) => {
        const name = `first ${params.sessionKey}|${params.sessionId}`;
        const seen = disk.read<string[]>(name, []);
        const [first] = messages;
        if (first === undefined) return messages;
        disk.write(name, [...seen, fingerprint(first)]);
        return seen.includes(fingerprint(first)) ? [] : messages;
      }),
    },
    {
      id: "history-no-loss/middle-of-long-batch",
      about:
        "At most three messages of one delivery are stored, the first and the last two: the middle of a turn with tools is lost.",
      bugs: ["lcm-cap-freeze", "lcm-no-overlap-drop"],
      minimalSteps: 2,
      wrap: deliveringOnly((messages) => (messages.length > 3 ? [...messages.slice(0, 1), ...messages.slice(-2)] : messages)),
    },
  ],
});
