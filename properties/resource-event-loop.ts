// Judges the longest stretch in which one call held the event loop, for sessions with a large imported history. One slow stretch says
// little on a busy machine: it has to be slow in three of three plays.

import {
  APPLIES,
  type AssembleParams,
  defineClause,
  type Finding,
  type History,
  type SessionParams,
} from "../src/define/index.js";
import { withMethods } from "./breaks/history-wraps.js";
import { busyFor } from "./breaks/resource-wraps.js";

const BLOCKED_MS = 2_000;
const MANY_MESSAGES = 2_000;
const REPEATS = ["again 1", "again 2"];

const isLarge = (history: History) =>
  history.case.steps.some((step) => step.kind === "import" && step.messages.length >= MANY_MESSAGES);
const blockedMs = (history: History) => history.residue?.blockedMs ?? 0;

export default defineClause({
  id: "resource-event-loop",
  title: "No call holds the event loop for more than two seconds, also over an imported history of 2,000 messages",
  level: "should",
  who: "engine",
  family: "concurrency",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/429",
      says: "bootstrap of a large session blocked a gateway for minutes",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/128255",
      says: "while a large history was assembled nothing else was answered, and the turn was lost",
    },
  ],
  bugs: ["lcm-bootstrap-blocks", "assembly-blocks-gateway", "lcm-rotate-backup-stall"],
  applies: () => APPLIES,
  twins: (theCase, history) =>
    isLarge(history) && blockedMs(history) > BLOCKED_MS ? REPEATS.map((name) => ({ name, theCase })) : [],
  check(history, twins): Finding[] {
    const repeats = twins.filter((twin) => REPEATS.includes(twin.name)).map((twin) => blockedMs(twin.history));
    const all = [blockedMs(history), ...repeats];
    if (!isLarge(history) || repeats.length < REPEATS.length || all.some((ms) => ms <= BLOCKED_MS)) return [];
    const at = Math.max(0, history.events.length - 1);
    return [
      {
        message: "A call held the event loop for seconds while a large history was at hand.",
        expected: `at most ${BLOCKED_MS} ms at a stretch`,
        actual: `${all.map((ms) => Math.round(ms)).join(", ")} ms in three plays`,
        at,
        blame: [at],
        level: "should",
      },
    ];
  },
  witness: (history) => (history.residue !== undefined && isLarge(history) ? 1 : 0),
  breaks: [
    {
      id: "resource-event-loop/counts-at-bootstrap",
      about:
        "bootstrap, or where there is none the first assemble, counts the tokens of a large history message by message, in one go.",
      bugs: ["lcm-bootstrap-blocks"],
      minimalSteps: 2,
      wrap: withMethods((engine, { memory }) => ({
        assemble: async (params: AssembleParams) => {
          const large = params.messages.length >= MANY_MESSAGES;
          if (large && !memory.has("counted")) busyFor(2_300);
          if (large) memory.set("counted", true);
          return engine.assemble(params);
        },
      })),
    },
    {
      id: "resource-event-loop/backup-at-delivery",
      about: "The first delivery into a large session copies the whole store before it returns.",
      bugs: ["lcm-rotate-backup-stall"],
      minimalSteps: 2,
      wrap: withMethods((engine, { memory }) => {
        const stall = (params: SessionParams) => {
          if (memory.get(params.sessionId) === "large") busyFor(2_300);
          memory.delete(params.sessionId);
        };
        return {
          assemble: async (params: AssembleParams) => {
            if (params.messages.length >= MANY_MESSAGES && !memory.has("seen")) memory.set(params.sessionId, "large");
            if (params.messages.length >= MANY_MESSAGES) memory.set("seen", true);
            return engine.assemble(params);
          },
          commitTurn: async (params: Parameters<NonNullable<typeof engine.commitTurn>>[0]) => {
            stall(params);
            return engine.commitTurn?.(params);
          },
          afterTurn: async (params: Parameters<NonNullable<typeof engine.afterTurn>>[0]) => {
            stall(params);
            return engine.afterTurn?.(params);
          },
        };
      }),
    },
  ],
});
