// Judges every single call by its outcome alone: did it settle, did the process live, did it reject without cause, has the answer the
// contract's shape. Whether the answer is right is for the other clauses. A summariser that never answers is judged by compact-terminates.

import {
  APPLIES,
  type AssembleParams,
  type CompactParams,
  defineClause,
  type Finding,
  type History,
} from "../src/define/index.js";
import { faultOf, killedByHost } from "../src/judge/faults.js";
import { type Call, type Index, indexOf } from "../src/judge/index.js";
import { shapeFault } from "../src/judge/shapes.js";
import { isCrowded } from "../src/judge/thread.js";
import { withMethods } from "./breaks/history-wraps.js";

const DOCS = "https://docs.openclaw.ai/concepts/context-engine";

function finding(call: Call, message: string, expected: string, actual: string): Finding {
  const { method, step } = call.event;
  const where = step === "" ? method : `${method} in step ${step}`;
  return { message: `${where} ${message}`, expected, actual, at: call.end, blame: [...new Set([call.event.i, call.end])] };
}

function throwFinding(index: Index, call: Call): Finding | undefined {
  const { threw } = call;
  if (threw === undefined) return undefined;
  const actual = `${threw.error.name}: ${threw.error.message}`;
  if (threw.cause === "process") {
    if (killedByHost(index, call)) return undefined;
    return finding(call, "ended the engine's process.", "the process survives every call", actual);
  }
  const injected = faultOf(index, call);
  if (threw.cause === "timeout") {
    const stalled = index.summariser.some(
      (event) => event.call === call.event.call && (event.mode === "hang" || event.mode === "late"),
    );
    return stalled
      ? undefined
      : finding(call, "did not settle within the call limit.", "every promise settles within the call limit", actual);
  }
  if (injected !== undefined && threw.error.isError) return undefined;
  const repeated = call.event.phase === "repeat" && call.event.method !== "commitTurn";
  const { session, turn } = call.event;
  const crowded = session !== undefined && isCrowded(index, { session, turn, at: call.event.i });
  const soft = injected !== undefined || repeated || crowded ? { level: "should" as const } : {};
  if (injected !== undefined)
    return { ...finding(call, "rejected with something that is no Error.", "a rejection carries an Error", actual), ...soft };
  const expected = "a legal call without an injected fault resolves (classic hosts switch the engine off at the first throw)";
  return { ...finding(call, `rejected although no fault was injected: ${actual}.`, expected, actual), ...soft };
}

function answerFinding(call: Call): Finding | undefined {
  if (call.returned === undefined) return undefined;
  const fault = shapeFault(call.event.method, call.returned.result);
  if (fault === undefined) return undefined;
  const found = finding(call, "answered in a shape the contract does not know.", fault.expected, fault.actual);
  return fault.level === "should" ? { ...found, level: "should" } : found;
}

/** What the engine did to its process outside any call. */
function residueFindings(history: History): Finding[] {
  const at = Math.max(0, history.events.length - 1);
  const { uncaught = [], globals = [], strayFiles = [] } = history.residue ?? {};
  const findings: Finding[] = [];
  if (uncaught.length > 0) {
    findings.push({
      message: "An error of the engine that nobody caught reached the process.",
      expected: "no uncaught exception and no unhandled rejection: either ends a host's process",
      actual: uncaught.join("; ").slice(0, 400),
      at,
      blame: [at],
    });
  }
  if (globals.length > 0) {
    findings.push({
      message: "The engine changed its process for everyone else in it.",
      expected: "globals, environment and working directory as they were",
      actual: globals.join("; ").slice(0, 400),
      at,
      blame: [at],
      level: "should",
    });
  }
  if (strayFiles.length > 0) {
    findings.push({
      message: "The engine wrote outside the directories it was given.",
      expected:
        "files below agentDir, the workspace, the home and the temporary directory only: others share what lies elsewhere",
      actual: strayFiles.join("; ").slice(0, 400),
      at,
      blame: [at],
      level: "should",
    });
  }
  return findings;
}

export default defineClause({
  id: "contract-results",
  title: "Every call settles in time, in the contract's shape, and none rejects without an injected fault",
  level: "must",
  who: "engine",
  family: "contract",
  source: [
    { url: DOCS, says: "assemble, compact and commitTurn answer in fixed shapes on which the host acts" },
    {
      url: "https://github.com/openclaw/openclaw/issues/113704",
      says: "hooks after a turn are awaited without a deadline: one that never settles holds the session",
    },
    {
      url: "https://github.com/garrytan/gbrain/issues/2880",
      says: "one throw disables an engine for the whole process under classic hosts",
    },
  ],
  bugs: [
    "assemble-no-messages",
    "gbrain-undefined-content",
    "libravdb-timeout-typeerror",
    "hooks-unbounded",
    "gbrain-zero-arg",
    "strict-params",
    "lcm-dispose-closes-db",
    "lcm-create-race",
  ],
  applies: () => APPLIES,
  check(history) {
    const index = indexOf(history);
    const found = index.calls.flatMap((call) => throwFinding(index, call) ?? answerFinding(call) ?? []);
    const hard = found.filter((entry) => entry.level === undefined);
    const [uncaught, ...rest] = residueFindings(history);
    const more = uncaught === undefined ? [] : [uncaught, ...rest];
    return [
      ...hard,
      ...more.filter((entry) => entry.level === undefined),
      ...found.filter((entry) => entry.level !== undefined),
      ...more.filter((entry) => entry.level !== undefined),
    ];
  },
  witness: (history) => indexOf(history).calls.filter((call) => call.returned !== undefined || call.threw !== undefined).length,
  breaks: [
    {
      id: "contract-results/backend-object",
      about: "When the history is long the backend's timeout object is handed out in place of a view.",
      bugs: ["libravdb-timeout-typeerror"],
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) =>
          params.messages.length > 1 ? { error: "timeout", retryable: true } : engine.assemble(params),
      })),
    },
    {
      id: "contract-results/compact-says-nothing",
      about: "compact delegates to a backend that is not there and resolves to undefined; the host's recovery reads `ok` of it.",
      recorded: "trace f3: the host reads `ok` and `compacted` to decide whether to try the turn again",
      minimalSteps: 2,
      wrap: withMethods(() => ({ compact: async (_params: CompactParams) => undefined })),
    },
    {
      id: "contract-results/strict-fields",
      about: "Parameters are checked against the fields of an older release; whatever came since is a schema error.",
      bugs: ["strict-params"],
      minimalSteps: 1,
      hosts: ["openclaw-2026.9", "openclaw-2026.7", "heartbeat-run-durable"],
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          if (params.runtimeSettings !== undefined) throw new TypeError("Unrecognized key: runtimeSettings");
          return engine.assemble(params);
        },
      })),
    },
    {
      id: "contract-results/maintain-rejects",
      about: "maintain rejects while the session has no transcript yet, as in a first turn.",
      recorded: "trace a1: the host calls maintain after every delivery, the first one included",
      minimalSteps: 1,
      wrap: withMethods((_engine, { memory }) => ({
        maintain: async () => {
          const calls = Number(memory.get("maintain") ?? 0) + 1;
          memory.set("maintain", calls);
          if (calls === 1) throw new Error("no transcript yet");
          return { changed: false, bytesFreed: 0, rewrittenEntries: 0 };
        },
      })),
    },
  ],
});
