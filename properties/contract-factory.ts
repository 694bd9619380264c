// Judges the factory: as often as the host likes, and several instances side by side. What single calls do is for contract-results,
// what disposing does to others for contract-dispose.

import { APPLIES, defineClause, type EngineFactory, type Finding, type History, type SparseCall } from "../src/define/index.js";
import { faultOf } from "../src/judge/faults.js";
import { type Call, type Index, indexOf } from "../src/judge/index.js";
import { instanceOf, instancesOf, isAlive } from "../src/judge/instances.js";
import { isCrowded } from "../src/judge/thread.js";
import { type Tools, withMethods } from "./breaks/history-wraps.js";

const FULL_CONTEXT = ["agentDir", "config", "workspaceDir"];

function factoryFinding(index: Index, call: Call, earlier: number): Finding | undefined {
  const { threw, event } = call;
  if (threw?.cause !== "engine" || faultOf(index, call) !== undefined) return undefined;
  const partial = FULL_CONTEXT.some((name) => !event.names.includes(name));
  const found: Finding = {
    message: `The factory threw when it was called ${earlier === 0 ? "" : "again "}in step ${event.step || "(none)"}.`,
    expected: "an engine from every call, however many came before",
    actual: `call ${earlier + 1}: ${threw.error.name}: ${threw.error.message}`,
    at: call.end,
    blame: [event.i, call.end],
  };
  return partial ? { ...found, level: "should" } : found;
}

/** A call that threw while another instance was alive, of a method that had worked for an instance alone. */
function besideFinding(index: Index, call: Call, workedAlone: ReadonlySet<string>): Finding | undefined {
  if (call.threw?.cause !== "engine" || !workedAlone.has(call.event.method) || faultOf(index, call) !== undefined)
    return undefined;
  // Two calls about one session at a time are race-same-session's matter, and contract-results' as a warning.
  const { session, turn } = call.event;
  if (session !== undefined && isCrowded(index, { session, turn, at: call.event.i })) return undefined;
  const own = instanceOf(index, call);
  const other = instancesOf(index).find(
    (instance) => instance !== own && instance.name.split("/")[0] === own?.name.split("/")[0] && isAlive(instance, call.event.i),
  );
  if (own === undefined || other === undefined) return undefined;
  return {
    message: `${call.event.method} in step ${call.event.step} threw while another instance was alive.`,
    expected: "instances work side by side: the host holds one for a turn and makes others for its subagent hooks",
    actual: `${call.threw.error.name}: ${call.threw.error.message}`,
    at: call.end,
    blame: [other.made.event.i, own.made.event.i, call.event.i, call.end],
  };
}

function findingsIn(index: Index): Finding[] {
  const findings: Finding[] = [];
  const workedAlone = new Set<string>();
  let made = 0;
  for (const call of index.calls) {
    if (call.event.method === "factory") {
      const found = factoryFinding(index, call, made);
      if (found !== undefined) findings.push(found);
      made += 1;
      continue;
    }
    const found = besideFinding(index, call, workedAlone);
    if (found !== undefined) findings.push(found);
    const alone = instancesOf(index).filter((instance) => isAlive(instance, call.event.i)).length === 1;
    if (call.returned !== undefined && alone) workedAlone.add(call.event.method);
  }
  return findings;
}

/** A factory that needs more than it is given: no recorded host gives less, so it is a warning. */
function sparseFinding({ sparse = [], events }: History): Finding[] {
  const refused = sparse.filter(({ error }) => error !== undefined);
  const [first] = refused;
  if (first === undefined) return [];
  const context = ({ names }: SparseCall) => (names.length === 0 ? "({})" : `({ ${names.join(", ")} })`);
  return [
    {
      message: `In a process of its own after the case, the factory failed when it was called with less than a full context: ${refused.map((call) => `factory${context(call)}`).join(", ")}.`,
      expected: "an engine, whatever of { config, agentDir, workspaceDir } is missing",
      actual: `factory${context(first)}: ${first.error?.name}: ${first.error?.message}`,
      at: events.length - 1,
      blame: [events.length - 1],
      level: "should",
    },
  ];
}

/** The factory after `before` has had a look at each call. */
const guarded =
  (before: (calls: number) => void) =>
  (factory: EngineFactory): EngineFactory => {
    let calls = 0;
    return (context) => {
      calls += 1;
      before(calls);
      return factory(context);
    };
  };

const holders = (memory: Tools["memory"]) => (memory.get("holders") as Set<object> | undefined) ?? new Set<object>();

export default defineClause({
  id: "contract-factory",
  title: "The factory may be called any number of times, and the engines it makes work side by side",
  level: "must",
  who: "engine",
  family: "contract",
  pair: "contract-dispose",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "the host makes an engine for every run from { config, agentDir, workspaceDir }",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/96335",
      says: "a factory that worked while plugins were looked at threw when it was used",
    },
    {
      url: "https://github.com/garrytan/gbrain/pull/5305",
      says: "a factory that takes its context for granted fails where a host passes less",
    },
  ],
  bugs: ["readonly-factory", "gbrain-zero-arg", "tencent-reregister", "lcm-inprocess-restart", "lcm-migration-race"],
  applies: () => APPLIES,
  check: (history) => [...findingsIn(indexOf(history)), ...sparseFinding(history)],
  witness: (history) => Math.max(0, indexOf(history).calls.filter((call) => call.event.method === "factory").length - 1),
  breaks: [
    {
      id: "contract-factory/only-at-first",
      about: "The first call, made while plugins are looked at, works; every third one after it finds its phase over and throws.",
      bugs: ["readonly-factory"],
      minimalSteps: 1,
      wrap: guarded((calls) => {
        if (calls % 3 === 0) throw new Error("the engine was captured in a read-only phase");
      }),
    },
    {
      id: "contract-factory/context-for-granted",
      about: "The factory reads the model's name from the configuration, without a look at whether it was given one.",
      bugs: ["gbrain-zero-arg"],
      minimalSteps: 1,
      wrap: (factory) => (context) => {
        void (context as { config: { model?: unknown } }).config.model;
        return factory(context);
      },
    },
    {
      id: "contract-factory/one-at-a-time",
      about: "Each instance takes the store's lock when it first delivers or assembles; a second one beside it is refused.",
      recorded: "trace j1: prepareSubagentSpawn is called on a second instance while the parent turn's instance lives",
      minimalSteps: 1,
      wrap: withMethods((engine, { memory }) => {
        const me = {};
        const held = holders(memory);
        memory.set("holders", held);
        const hold = () => {
          if (held.size > 0 && !held.has(me)) throw new Error("the store is locked by another instance");
          held.add(me);
        };
        return {
          assemble: async (params: Parameters<typeof engine.assemble>[0]) => {
            hold();
            return engine.assemble(params);
          },
          prepareSubagentSpawn: async (params: Parameters<NonNullable<typeof engine.prepareSubagentSpawn>>[0]) => {
            hold();
            return engine.prepareSubagentSpawn?.(params);
          },
          dispose: async () => {
            held.delete(me);
            await engine.dispose?.();
          },
        };
      }),
    },
  ],
});
