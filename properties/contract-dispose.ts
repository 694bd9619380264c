// Judges what disposing of one instance does to the others: nothing. Whether instances can live side by side at all is contract-factory's
// question. Only a method that had worked before the dispose can be found broken by it.

import { APPLIES, defineClause, type Finding } from "../src/define/index.js";
import { faultOf } from "../src/judge/faults.js";
import { type Call, type Index, indexOf } from "../src/judge/index.js";
import { type Instance, instanceOf, instancesOf } from "../src/judge/instances.js";
import { withMethods } from "./breaks/history-wraps.js";

const processOf = (instance: Instance) => instance.made.event.process;

/** The newest dispose of another instance of the same process before this call. */
function disposedBefore(index: Index, call: Call, own: Instance): Instance | undefined {
  return instancesOf(index).findLast(
    (other) =>
      other !== own && processOf(other) === processOf(own) && other.disposed !== undefined && other.disposed.end < call.event.i,
  );
}

/** Another call was under way at the same time: which of the two did the harm cannot be told. */
const isCrowded = (index: Index, call: Call): boolean =>
  index.calls.some((other) => other !== call && other.event.i < call.end && other.end > call.event.i);

function brokenFinding(index: Index, call: Call, worked: ReadonlyMap<string, number>): Finding | undefined {
  if (call.threw?.cause !== "engine" || faultOf(index, call) !== undefined || isCrowded(index, call)) return undefined;
  const own = instanceOf(index, call);
  const other = own === undefined ? undefined : disposedBefore(index, call, own);
  if (own === undefined || other?.disposed === undefined) return undefined;
  const before = worked.get(`${call.event.process}|${call.event.method}`);
  if (before === undefined || before > other.disposed.event.i) return undefined;
  const which = own.made.event.i < other.disposed.event.i ? "a live instance" : "an instance made later";
  return {
    message: `After another instance was disposed of, ${call.event.method} of ${which} threw in step ${call.event.step}.`,
    expected: "dispose releases what that instance holds, and nothing that others use",
    actual: `${call.threw.error.name}: ${call.threw.error.message}`,
    at: call.end,
    blame: [other.made.event.i, other.disposed.event.i, call.event.i, call.end],
  };
}

/** A second dispose of the same instance that threw: a warning. */
function againFinding(index: Index, call: Call): Finding | undefined {
  const first = instanceOf(index, call)?.disposed;
  if (first === undefined || first === call || call.threw?.cause !== "engine") return undefined;
  return {
    message: `A second dispose of the same instance threw in step ${call.event.step}.`,
    expected: "dispose may be called again",
    actual: `${call.threw.error.name}: ${call.threw.error.message}`,
    at: call.end,
    blame: [first.event.i, call.event.i, call.end],
    level: "should",
  };
}

function findingsIn(index: Index): Finding[] {
  const findings: Finding[] = [];
  const worked = new Map<string, number>();
  for (const call of index.calls) {
    const { method, process } = call.event;
    if (method === "factory") continue;
    const found = method === "dispose" ? againFinding(index, call) : brokenFinding(index, call, worked);
    if (found !== undefined) findings.push(found);
    if (call.returned !== undefined) worked.set(`${process}|${method}`, worked.get(`${process}|${method}`) ?? call.end);
  }
  return findings;
}

export default defineClause({
  id: "contract-dispose",
  title: "Disposing of one instance breaks no other one, neither those alive nor those made later",
  level: "must",
  who: "engine",
  family: "contract",
  pair: "contract-factory",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "dispose releases what an instance holds; the host disposes after every run",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/commit/7656ad5248e19a2fb70e88e9c41cd85f205fd157",
      says: "dispose closed the database that the engines of later runs shared",
    },
    {
      url: "https://github.com/nowledge-co/community/pull/141",
      says: "one instance's disposal switched every other session off",
    },
  ],
  bugs: ["lcm-dispose-closes-db", "nowledge-shared-flag", "lcm-inprocess-restart", "tencent-reregister"],
  applies: (subject) => (subject.methods.includes("dispose") ? APPLIES : { applies: false, reason: "the engine has no dispose" }),
  check: (history) => findingsIn(indexOf(history)),
  witness(history) {
    const instances = instancesOf(indexOf(history));
    return instances.filter(
      (instance, at) =>
        at > 0 && instance.calls.length > 0 && instances.slice(0, at).some((other) => other.disposed !== undefined),
    ).length;
  },
  breaks: [
    {
      id: "contract-dispose/closes-the-store",
      about: "All instances share one database handle; the first dispose closes it, and nobody opens it again.",
      bugs: ["lcm-dispose-closes-db"],
      minimalSteps: 2,
      wrap: withMethods((engine, { memory }) => ({
        assemble: async (params: Parameters<typeof engine.assemble>[0]) => {
          if (memory.has("closed")) throw new Error("database is not open");
          return engine.assemble(params);
        },
        dispose: async () => {
          memory.set("closed", true);
          await engine.dispose?.();
        },
      })),
    },
    {
      id: "contract-dispose/shared-flag",
      about:
        "A module-wide flag says that the plugin is active: set by the factory, cleared by any dispose, asked by every other instance.",
      bugs: ["nowledge-shared-flag"],
      minimalSteps: 1,
      wrap: withMethods((engine, { memory }) => {
        memory.set("active", true);
        const ask = () => {
          if (memory.get("active") !== true) throw new Error("the plugin is not active");
        };
        return {
          assemble: async (params: Parameters<typeof engine.assemble>[0]) => {
            ask();
            return engine.assemble(params);
          },
          commitTurn: async (params: Parameters<NonNullable<typeof engine.commitTurn>>[0]) => {
            ask();
            return engine.commitTurn?.(params);
          },
          afterTurn: async (params: Parameters<NonNullable<typeof engine.afterTurn>>[0]) => {
            ask();
            return engine.afterTurn?.(params);
          },
          dispose: async () => {
            memory.set("active", false);
            await engine.dispose?.();
          },
        };
      }),
    },
  ],
});
