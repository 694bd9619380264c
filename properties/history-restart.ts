// A restart is nothing special: the same conversation, played without it, gets the same answers. Judged by a twin with the clock kept.
// What a killed process may lose is history-crash.

import {
  APPLIES,
  type AssembleParams,
  defineClause,
  type Finding,
  type History,
  type SessionParams,
  type TwinPlay,
} from "../src/define/index.js";
import { hasFailed } from "../src/judge/failed-compact.js";
import { chainOf } from "../src/judge/history-chain.js";
import { compareTwin, firstEventOf, indexOf, nameOf, skippedIn, type TwinComparison, withoutSteps } from "../src/judge/index.js";
import type { TwinDifference } from "../src/judge/twin-compare.js";
import { sessionName, withMethods } from "./breaks/history-wraps.js";

const MOST_TWINS = 2;

function compare(history: History, twin: TwinPlay): { restart: number; comparison: TwinComparison } {
  const restart = firstEventOf(history, stepOf(twin)) ?? history.events.length;
  const scope = { session: () => true, after: restart, notesMayDiffer: true };
  const { difference, ...comparison } = compareTwin(history, twin.history, scope);
  const counts = difference !== undefined && !restsAfterFailure(history, difference);
  return { restart, comparison: counts ? { ...comparison, difference } : comparison };
}

/** A new process may have forgotten that an engine wanted to rest after a failed compact: it tries again sooner, which is no loss. */
function restsAfterFailure(history: History, difference: TwinDifference): boolean {
  if (difference.call.event.method !== "compact") return false;
  return indexOf(history).compactions.some((entry) => entry.call.end < difference.at && hasFailed(entry));
}

const stepOf = (twin: TwinPlay): string => twin.name.replace(/^without /, "");

function toFinding(history: History, twin: TwinPlay): Finding[] {
  const { restart, comparison } = compare(history, twin);
  const { difference } = comparison;
  if (difference === undefined) return [];
  const { event } = difference.call;
  const session = difference.session === undefined ? "" : ` of ${nameOf(difference.session)}`;
  const before = indexOf(history).deliveries.filter((one) => one.at < restart && one.session.alias === difference.session?.alias);
  return [
    {
      message: `After the restart in step ${stepOf(twin)} ${event.method}${session} in step ${event.step} is answered otherwise than in the same conversation without the restart.`,
      expected: `as without the restart: ${difference.expected}`,
      actual: difference.actual,
      at: difference.at,
      blame: chainOf(before.at(-1)?.call.event.i ?? -1, restart, ...difference.blame),
    },
  ];
}

export default defineClause({
  id: "history-restart",
  title: "A restart between two turns changes nothing an engine answers afterwards",
  level: "must",
  who: "engine",
  family: "history",
  pair: "isolation-reset",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "A host makes a new engine instance for each run and disposes it afterwards; what has to last is the engine's to keep.",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/668",
      says: "A restart or shutdown is no end of the conversation: the history has to be there in the next process.",
    },
  ],
  bugs: [
    "restart-quarantine",
    "lcm-no-ingest-after-restart",
    "lcm-restart-reingest",
    "lcm-maintain-checkpoint",
    "lcm-bootstrap-replay",
    "lcm-inprocess-restart",
    "lcm-session-end-restart",
  ],
  applies: () => APPLIES,
  twins(theCase, history) {
    const skipped = skippedIn(history);
    return theCase.steps
      .filter((step) => step.kind === "restart" && !skipped.has(step.id))
      .slice(0, MOST_TWINS)
      .map(({ id }) => ({ name: `without ${id}`, theCase: withoutSteps(theCase, new Set([id])) }));
  },
  check: (history, twins) => twins.flatMap((twin) => toFinding(history, twin)),
  witness: (history, twins) => twins.reduce((sum, twin) => sum + compare(history, twin).comparison.views, 0),
  breaks: [
    {
      id: "history-restart/store-in-memory",
      about:
        "What was delivered is known to the process that heard it only: after a restart the view shows nothing that came before.",
      bugs: ["lcm-inprocess-restart", "lcm-no-ingest-after-restart"],
      minimalSteps: 4,
      wrap: withMethods((engine, { memory, disk }) => ({
        assemble: async (params: AssembleParams) => {
          const name = sessionName(params);
          const result = await engine.assemble(params);
          const lost = memory.has(name) ? disk.read(`lost ${name}`, 0) : disk.read(`shown ${name}`, 0);
          memory.set(name, true);
          disk.write(`lost ${name}`, lost);
          disk.write(`shown ${name}`, result.messages.length);
          return { ...result, messages: result.messages.slice(lost) };
        },
      })),
    },
    {
      id: "history-restart/session-end",
      about:
        "A restart is taken for the end of the conversation: in the next process only the two newest messages are carried over.",
      bugs: ["lcm-session-end-restart"],
      minimalSteps: 5,
      wrap: withMethods((engine, { memory, disk }) => ({
        assemble: async (params: AssembleParams) => {
          const name = sessionName(params);
          const result = await engine.assemble(params);
          const cut = memory.has(name) ? disk.read(`cut ${name}`, 0) : Math.max(0, disk.read(`shown ${name}`, 0) - 2);
          memory.set(name, true);
          disk.write(`cut ${name}`, cut);
          disk.write(`shown ${name}`, result.messages.length);
          return { ...result, messages: result.messages.slice(cut) };
        },
      })),
    },
    {
      id: "history-restart/replay-guard-throws",
      about: "The first bootstrap of a known session in a new process is taken for a flood of replayed messages, and it throws.",
      bugs: ["restart-quarantine"],
      minimalSteps: 4,
      wrap: withMethods((engine, { memory, disk }) => ({
        bootstrap: async (params: SessionParams) => {
          const name = sessionName(params);
          const isKnown = disk.read(name, false);
          const isNewProcess = !memory.has(name);
          memory.set(name, true);
          disk.write(name, true);
          if (isKnown && isNewProcess) throw new Error("replay flood refused");
          return (await engine.bootstrap?.(params)) ?? { bootstrapped: true };
        },
      })),
    },
  ],
});
