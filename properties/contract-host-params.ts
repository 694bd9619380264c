// Judges an engine that names the host parameters it takes: with exactly those its methods have to work. Engines that name none get every
// parameter and are not judged. What goes wrong with nothing left out is for contract-results.

import {
  APPLIES,
  type AssembleParams,
  type CompactParams,
  defineClause,
  type Finding,
  notApplicable,
  PROJECTABLE_PARAMS,
} from "../src/define/index.js";
import { faultOf } from "../src/judge/faults.js";
import { type Call, type Index, indexOf } from "../src/judge/index.js";
import { shapeFault } from "../src/judge/shapes.js";
import { isCrowded } from "../src/judge/thread.js";
import { withMethods } from "./breaks/history-wraps.js";

/** Calls about a session: those that hosts project. */
const PROJECTED = new Set(["bootstrap", "maintain", "assemble", "ingest", "ingestBatch", "afterTurn", "commitTurn", "compact"]);

/** Host parameters that this call was made without. */
function absentIn(call: Call): string[] {
  if (!PROJECTED.has(call.event.method)) return [];
  return PROJECTABLE_PARAMS.filter((name) => !call.event.names.includes(name));
}

function findingOf(index: Index, call: Call, declared: readonly string[]): Finding | undefined {
  const absent = absentIn(call);
  if (absent.length === 0) return undefined;
  const wrong = call.returned === undefined ? undefined : shapeFault(call.event.method, call.returned.result);
  const { session, turn } = call.event;
  // Where two calls about one session overlap, a throw says nothing of parameters.
  const crowded = session !== undefined && isCrowded(index, { session, turn, at: call.event.i });
  const threw = call.threw?.cause === "engine" && faultOf(index, call) === undefined && !crowded ? call.threw : undefined;
  if (threw === undefined && wrong?.level !== "must") return undefined;
  return {
    message: `${call.event.method} in step ${call.event.step} does not work without ${absent.join(", ")}.`,
    expected: `it works with what the engine declares: acceptedHostParams [${declared.join(", ")}]`,
    actual: threw === undefined ? `answered ${wrong?.actual ?? ""}` : `${threw.error.name}: ${threw.error.message}`,
    at: call.end,
    blame: [call.event.i, call.end],
  };
}

export default defineClause({
  id: "contract-host-params",
  title: "Every method works with exactly the host parameters that the engine declares to accept",
  level: "must",
  who: "engine",
  family: "contract",
  pair: "contract-results",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "acceptedHostParams names the host parameters an engine takes; the others are left out of every call",
    },
    {
      url: "https://github.com/openclaw/openclaw/pull/88750",
      says: "engines broke on parameters they did not know; the declaration replaced guessing from error texts",
    },
    {
      url: "https://github.com/TencentCloud/TencentDB-Agent-Memory/issues/878",
      says: "methods that rest on sessionKey do nothing where it is absent",
    },
  ],
  bugs: ["strict-params", "tencent-assemble-no-key", "tencent-compact-no-key"],
  applies: (subject) =>
    Array.isArray(subject.info.acceptedHostParams)
      ? APPLIES
      : notApplicable("the engine declares no acceptedHostParams: every host parameter comes"),
  check(history, _twins, subject) {
    const index = indexOf(history);
    const declared = subject.info.acceptedHostParams ?? [];
    return index.calls.flatMap((call) => findingOf(index, call, declared) ?? []);
  },
  witness: (history) => indexOf(history).calls.filter((call) => absentIn(call).length > 0 && call.returned !== undefined).length,
  breaks: [
    {
      id: "contract-host-params/needs-the-context",
      about: "The engine declares that it takes no host parameters at all, and reaches for runtimeContext.llm when it compacts.",
      recorded: "trace i1: with acceptedHostParams [] compact comes without runtimeContext",
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        info: { ...engine.info, acceptedHostParams: [] },
        compact: async (params: CompactParams) => {
          const { llm } = params.runtimeContext as NonNullable<CompactParams["runtimeContext"]>;
          return engine.compact({ ...params, runtimeContext: llm === undefined ? {} : { llm } });
        },
      })),
    },
    {
      id: "contract-host-params/needs-the-key",
      about: "Sessions are found by key alone: assemble fails where the engine itself declared not to take one.",
      bugs: ["tencent-assemble-no-key"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        info: { ...engine.info, acceptedHostParams: ["prompt", "runtimeContext"] },
        assemble: async (params: AssembleParams) => {
          if (params.sessionKey === undefined) throw new Error("no session manager for key undefined");
          return engine.assemble(params);
        },
      })),
    },
  ],
});
