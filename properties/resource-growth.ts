// Judges what an engine has stored at the end of a case against what it was given. Summaries, indexes and the like are granted several
// times over, and so is, once per agent, whatever the first step leaves behind: a fresh database with its tables and indexes. What grows with
// every tick or replay, though nothing comes in, is not.

import {
  APPLIES,
  type CommitTurnParams,
  defineClause,
  type Finding,
  type History,
  type SessionParams,
} from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { indexOf } from "../src/judge/index.js";
import { FIRST_ONLY, firstStepAlone } from "../src/judge/instances.js";
import { bytesOfMessage } from "../src/judge/size.js";
import { threadOf } from "../src/judge/thread.js";
import { sessionName, withMethods } from "./breaks/history-wraps.js";

const BASE_BYTES = 64 * 1_024;
const TIMES = 8;
/** Ticks and repeats that bring nothing new, from which on a case is a test of growth. */
const MANY_IDLE_STEPS = 30;

/** Bytes of the longest history the host supplied for each thread: an engine may store that, too. */
function suppliedBytes(history: History): number {
  const index = indexOf(history);
  const longest = new Map<string, number>();
  for (const { event } of index.calls) {
    if (event.session === undefined || event.messages === undefined) continue;
    const thread = threadOf(index, event.session);
    const bytes = event.messages.reduce((sum, message) => sum + bytesOfMessage(message), 0);
    longest.set(thread, Math.max(longest.get(thread) ?? 0, bytes));
  }
  return [...longest.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** Agents whose sessions the engine was called for; hosts keep agents apart, and engines have a store for each. */
function agents(history: History): number {
  const keys = indexOf(history).calls.map(({ event }) => event.session?.key ?? "");
  return Math.max(1, new Set(keys.map((key) => key.split(":")[1])).size);
}

const givenBytes = (history: History): number => (history.residue?.deliveredBytes ?? 0) + suppliedBytes(history);
const bound = (history: History, base: number): number => BASE_BYTES + agents(history) * base + TIMES * givenBytes(history);
/** What using the engine once leaves behind, wherever it is by then. */
const leftBy = ({ residue }: History): number => (residue?.storedBytes ?? 0) + (residue?.workingBytes ?? 0);
const stored = (history: History): number => history.residue?.storedBytes ?? 0;

const idleSteps = (history: History) =>
  history.case.steps.filter(
    (step) => step.kind === "repeat" || (step.kind === "tick" && step.reply === "ack" && step.tools.length === 0),
  ).length;

export default defineClause({
  id: "resource-growth",
  title: "What an engine stores stays within a few times what it was given, however many ticks and replays there were",
  level: "should",
  who: "engine",
  family: "concurrency",
  source: [
    {
      url: "https://github.com/xDarkicex/openclaw-memory-libravdb/issues/280",
      says: "a hook did work on every cycle though no messages came",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/438",
      says: "files grew to half a gigabyte in four days",
    },
  ],
  bugs: ["libravdb-afterturn-loop", "lcm-transcript-unbounded", "lcm-rotate-backup-stall", "lcm-fork-whole-parent"],
  applies: () => APPLIES,
  twins(theCase, history) {
    return stored(history) > bound(history, 0) ? firstStepAlone(theCase, history) : [];
  },
  check(history, twins): Finding[] {
    const one = twins.find((twin) => twin.name === FIRST_ONLY)?.history;
    if (one === undefined || history.case.steps.length === one.case.steps.length) return [];
    const most = bound(history, leftBy(one));
    if (stored(history) <= most) return [];
    const at = Math.max(0, history.events.length - 1);
    return [
      {
        message: `After ${plural(history.case.steps.length, "step")} the engine's files are far larger than what it was given.`,
        expected: `at most ${most} bytes: 64 kB, the ${leftBy(one)} bytes there after the first step alone for each agent, and ${TIMES} times the ${givenBytes(history)} bytes delivered and supplied`,
        actual: `${stored(history)} bytes`,
        at,
        blame: [at],
        level: "should",
      },
    ];
  },
  witness: (history) => (history.residue !== undefined && idleSteps(history) >= MANY_IDLE_STEPS ? 1 : 0),
  breaks: [
    {
      id: "resource-growth/log-of-ticks",
      about: "Every delivery, empty or not, writes a snapshot of the whole session beside the last one.",
      bugs: ["libravdb-afterturn-loop"],
      minimalSteps: 4,
      wrap: withMethods((engine, { disk }) => {
        const snapshot = (params: SessionParams) => {
          const name = `snapshots ${sessionName(params)}`;
          disk.write(name, [...disk.read<string[]>(name, []), "snapshot ".repeat(1_200)]);
        };
        return {
          commitTurn: async (params: CommitTurnParams) => {
            snapshot(params);
            return engine.commitTurn?.(params);
          },
          afterTurn: async (params: Parameters<NonNullable<typeof engine.afterTurn>>[0]) => {
            snapshot(params);
            return engine.afterTurn?.(params);
          },
        };
      }),
    },
    {
      id: "resource-growth/backup-each-run",
      about: "Each instance backs the store up when it is made, and keeps all backups.",
      bugs: ["lcm-rotate-backup-stall"],
      minimalSteps: 8,
      wrap: withMethods((_engine, { disk }) => {
        const backups = disk.read("backups", 0) + 1;
        disk.write("backups", backups);
        disk.write(`backup ${backups}`, "backup ".repeat(2_000));
        return {};
      }),
    },
  ],
});
