// The newest accepted turn of a session is in the next view, and after a single fault again two healthy turns later: an engine may forget,
// summarise and choose, but it may not freeze. Which older messages it shows is not judged here.

import { APPLIES, type AssembleParams, defineClause, type Finding, type Message } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { carriedBetween, chainOf } from "../src/judge/history-chain.js";
import { type Demand, dueIn, dueness, dueWithRoom } from "../src/judge/history-newest.js";
import { isShown } from "../src/judge/history-shown.js";
import { canariesIn, type Index, indexOf, nameOf, type View } from "../src/judge/index.js";
import { freezing } from "./breaks/history-freeze.js";
import { fingerprint, withMethods } from "./breaks/history-wraps.js";
import { endRestoresParent } from "./breaks/subagents.js";

function toFinding(index: Index, demand: Demand): Finding {
  const { turn, view, said, deliveries } = demand;
  const { fault, healthy } = dueness(demand);
  const carried = carriedBetween(index, turn.session, turn.start.i, view.call.event.i);
  const [canary = ""] = canariesIn(said, index.planted);
  const after = fault < 0 ? "" : `, ${healthy} healthy turns after the last fault`;
  return {
    message: `The view of ${nameOf(view.session)} in step ${view.turn?.id ?? "?"} lacks the turn before it: neither the user text nor the reply of step ${turn.id} is in it${after}.`,
    expected: `the user text or the reply of step ${turn.id} (${canary}); it was delivered, and the budget of ${view.tokenBudget ?? "unlimited"} tokens ${demand.ample ? "is ample" : "has room for it beside the view"}`,
    actual: `${plural(view.messages.length, "message")}, none of them from step ${turn.id}`,
    at: view.at,
    blame: chainOf(
      fault,
      ...deliveries.slice(-2).map((delivery) => delivery.call.event.i),
      ...carried,
      view.call.event.i,
      view.at,
    ),
  };
}

/** Its canary stands somewhere in the view, or, without one, a message that shows it: enough where a budget is no longer ample. */
function isHinted(index: Index, view: View, message: Message): boolean {
  const canaries = [...canariesIn(message, index.planted)];
  if (canaries.length > 0) return canaries.some((canary) => view.canaries.has(canary));
  return isShown(index, view, [message], view.at);
}

export default defineClause({
  id: "history-liveness",
  title: "The newest accepted turn of a session is in its next view, and a single fault costs at most two turns",
  level: "must",
  who: "engine",
  family: "history",
  pair: "isolation-reset",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "The engine decides what the model sees of the conversation so far; an accepted turn advances the engine's state.",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/864",
      says: "A guard against doubtful history must not leave a session for ever without its new turns.",
    },
  ],
  bugs: [
    "cron-late-afterturn",
    "hook-stale-view",
    "lcm-rollover-freeze",
    "lcm-hb-noise-freeze",
    "lcm-resend-freeze",
    "lcm-trivial-repeat-freeze",
    "lcm-cap-freeze",
    "lcm-checkpoint-deadlock",
    "lcm-post-rollover-frozen",
    "restart-quarantine",
    "lcm-no-ingest-after-restart",
    "lcm-hb-bootstrap",
    "hb-archived-stuck",
    "compact-throw-kills-run",
    "lcm-progress-punished",
    "lcm-failure-advances",
    "lcm-no-overlap-drop",
    "lcm-fail-open-reconcile",
    "lcm-stale-context",
    "libravdb-timeout-typeerror",
    "lcm-inprocess-restart",
    "assembly-blocks-gateway",
  ],
  applies: () => APPLIES,
  check(history) {
    const index = indexOf(history);
    const missed = dueIn(index).filter((demand) => !isShown(index, demand.view, demand.said, demand.turn.start.i));
    const leftOut = dueWithRoom(index).filter(({ view, said }) => !said.some((message) => isHinted(index, view, message)));
    return [...missed, ...leftOut].slice(0, 3).map((demand) => toFinding(index, demand));
  },
  witness: (history) => dueIn(indexOf(history)).length,
  breaks: [
    {
      id: "history-liveness/rollover-freeze",
      about:
        "A new session id on a known key is refused as doubtful: its deliveries are dropped and its view stays as it first was.",
      bugs: ["lcm-rollover-freeze", "lcm-post-rollover-frozen"],
      hosts: ["openclaw-2026.7", "openclaw-2026.5", "heartbeat-run"],
      minimalSteps: 4,
      wrap: freezing({
        deliver: ({ sessionKey = "", sessionId }, _messages, { disk }) => {
          const owner = disk.read(`owner ${sessionKey}`, sessionId);
          disk.write(`owner ${sessionKey}`, owner);
          return owner === sessionId ? "live" : "frozen";
        },
      }),
    },
    {
      id: "history-liveness/repeat-freezes",
      about: "A user text that the key has heard before is taken for a replay, and the session stores nothing from then on.",
      bugs: ["lcm-resend-freeze", "lcm-trivial-repeat-freeze"],
      minimalSteps: 4,
      wrap: freezing({
        deliver: ({ sessionKey = "" }, messages, { disk }) => {
          const heard = disk.read<string[]>(`heard ${sessionKey}`, []);
          const now = messages.filter((message) => message.role === "user").map(fingerprint);
          disk.write(`heard ${sessionKey}`, [...heard, ...now]);
          return now.some((text) => heard.includes(text)) ? "frozen" : "live";
        },
      }),
    },
    {
      id: "history-liveness/failed-compact-latches",
      about: "A compaction that did not succeed marks the whole conversation as processed; later turns are never shown.",
      bugs: ["lcm-failure-advances", "lcm-progress-punished"],
      minimalSteps: 4,
      wrap: freezing({
        compacted: (result) => (result.compacted ? "live" : "frozen"),
      }),
    },
    {
      id: "history-liveness/import-cap",
      about: "A session that has grown over the cap of six messages is never read on: the backlog only grows.",
      bugs: ["lcm-cap-freeze"],
      minimalSteps: 5,
      wrap: freezing({
        deliver: (params, messages, { disk }) => {
          const name = `count ${params.sessionKey}|${params.sessionId}`;
          const count = disk.read(name, 0) + messages.length;
          disk.write(name, count);
          return count > 6 ? "frozen" : "live";
        },
      }),
    },
    {
      id: "history-liveness/quarter-full",
      about: "A session whose view fills a quarter of the budget is taken for a replay of itself: nothing is stored any more.",
      bugs: ["lcm-cap-freeze"],
      minimalSteps: 3,
      wrap: freezing({
        assembled: ({ tokenBudget }, { messages }) =>
          tokenBudget !== undefined && JSON.stringify(messages).length / 4 > tokenBudget / 4 ? "frozen" : "live",
      }),
    },
    {
      id: "history-liveness/end-restores-parent",
      about:
        "A child that is deleted, swept or released takes its parent back to where it was at the spawn: the parent's turn is gone.",
      recorded: "onSubagentEnded comes after the parent's own turn was stored and the child was announced (j1)",
      minimalSteps: 2,
      wrap: endRestoresParent(),
    },
    {
      id: "history-liveness/overlay-stale-view",
      about: "The overlay serves the view it made first for a session for ever, whatever the host supplies later.",
      bugs: ["hook-stale-view", "lcm-stale-context"],
      base: "overlay",
      minimalSteps: 3,
      wrap: withMethods((engine, { disk }) => ({
        assemble: async (params: AssembleParams) => {
          const name = `first view ${params.sessionKey}|${params.sessionId}`;
          const result = await engine.assemble(params);
          const messages = disk.read(name, result.messages);
          if (result.messages.length > 0) disk.write(name, messages);
          return { ...result, messages };
        },
      })),
    },
  ],
});
