// Judges whether instances leave handles and timers behind: after many of them as much may be open as after one. A handle that all
// instances share is nobody's leak.

import { APPLIES, defineClause, type Finding, type History } from "../src/define/index.js";
import { indexOf } from "../src/judge/index.js";
import { FIRST_ONLY, firstStepAlone, instancesOf } from "../src/judge/instances.js";
import { leaksPerInstance } from "./breaks/resource-wraps.js";

const CYCLES = 5;

/** Instances that were made and disposed of. */
const cyclesOf = (history: History) => instancesOf(indexOf(history)).filter((instance) => instance.disposed !== undefined).length;

/** Grown by at least one for every second cycle beyond those of the twin: what grows more slowly may be chance. */
function grown(history: History, one: History): { type: string; from: number; to: number } | undefined {
  const more = cyclesOf(history) - cyclesOf(one);
  for (const [type, to] of Object.entries(history.residue?.active ?? {})) {
    const from = one.residue?.active[type] ?? 0;
    if (more > 0 && to - from >= Math.max(2, more / 2)) return { type, from, to };
  }
  return undefined;
}

export default defineClause({
  id: "resource-handles",
  title: "After many cycles of make, use and dispose no more handles and timers are open than after one",
  level: "should",
  who: "engine",
  family: "concurrency",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "dispose releases what an instance holds; the host makes an instance for every run",
    },
    { url: "https://github.com/openclaw/openclaw/issues/145620", says: "engines that were never released added up" },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/146",
      says: "queue entries of overlapping calls were left behind",
    },
  ],
  bugs: ["host-engine-leaks", "lcm-queue-leak", "hb-maintenance-pileup"],
  applies: (subject) => (subject.methods.includes("dispose") ? APPLIES : { applies: false, reason: "the engine has no dispose" }),
  twins(theCase, history) {
    if (cyclesOf(history) < CYCLES || Object.keys(history.residue?.active ?? {}).length === 0) return [];
    return firstStepAlone(theCase, history);
  },
  check(history, twins): Finding[] {
    const one = twins.find((twin) => twin.name === FIRST_ONLY)?.history;
    const growth = one === undefined || cyclesOf(history) < CYCLES ? undefined : grown(history, one);
    if (growth === undefined) return [];
    const at = Math.max(0, history.events.length - 1);
    return [
      {
        message: `After ${cyclesOf(history)} engine instances were disposed of, ${growth.to} resources of type ${growth.type} are still open.`,
        expected: `as many as after the first step alone: ${growth.from}`,
        actual: `${growth.to} of type ${growth.type}`,
        at,
        blame: [at],
        level: "should",
      },
    ];
  },
  witness: (history) => (history.residue !== undefined && cyclesOf(history) >= CYCLES ? 1 : 0),
  breaks: [
    {
      id: "resource-handles/interval-per-instance",
      about: "Each instance starts a sweep that runs every few minutes, and dispose forgets to stop it.",
      bugs: ["hb-maintenance-pileup"],
      minimalSteps: 5,
      wrap: leaksPerInstance("interval"),
    },
    {
      id: "resource-handles/timeout-per-call",
      about: "Each assemble arms a deadline of an hour and never clears it.",
      bugs: ["lcm-queue-leak"],
      minimalSteps: 5,
      wrap: leaksPerInstance("deadline"),
    },
  ],
});
