// Judges what a factory returned: the engine's self-description and its methods, as far as hosts rely on them, and the handle of a
// prepared spawn. A partial durable declaration is legal (hosts fall back, doctor warns); what the methods do is for other clauses.

import { APPLIES, type ContextEngine, defineClause, type EngineInfo, type Finding, type Subject } from "../src/define/index.js";
import { type Call, indexOf } from "../src/judge/index.js";
import { isRecord, shownValue } from "../src/judge/shapes.js";
import { withMethods } from "./breaks/history-wraps.js";

interface Problem {
  what: string;
  expected: string;
  actual: string;
  level?: "should";
}

const present = (value: unknown) => value !== undefined && value !== null;

/** The first thing wrong with a self-description; undefined when a host can use it. */
function infoProblem(info: unknown): Problem | undefined {
  if (!isRecord(info)) return { what: "has no info", expected: "info: { id, name, … }", actual: `info: ${shownValue(info)}` };
  for (const name of ["id", "name"]) {
    const value = info[name];
    if (typeof value === "string" && value.trim() !== "") continue;
    return {
      what: `has no info.${name}`,
      expected: `info.${name}: a non-empty string`,
      actual: `info.${name}: ${shownValue(value)}`,
    };
  }
  const wrong = (name: string, expected: string): Problem => ({
    what: `declares info.${name} in a form hosts do not read`,
    expected: `info.${name}: ${expected}, or nothing`,
    actual: `info.${name}: ${shownValue(info[name])}`,
  });
  if (present(info.ownsCompaction) && typeof info.ownsCompaction !== "boolean") return wrong("ownsCompaction", "true or false");
  const accepted = info.acceptedHostParams;
  if (present(accepted) && !(Array.isArray(accepted) && accepted.every((name) => typeof name === "string"))) {
    return wrong("acceptedHostParams", "a list of parameter names");
  }
  if (present(info.transcriptSemantics) && !isRecord(info.transcriptSemantics)) return wrong("transcriptSemantics", "an object");
  const mode = info.turnMaintenanceMode;
  if (present(mode) && mode !== "foreground" && mode !== "background")
    return wrong("turnMaintenanceMode", '"foreground" or "background"');
  return undefined;
}

/** Under another name than it was registered with, hosts from 2026.4.14 on refuse the engine; no recorded host shows it, so it is a should. */
function nameProblem(info: unknown, { registeredAs }: Subject): Problem | undefined {
  if (registeredAs === undefined || !isRecord(info) || info.id === registeredAs) return undefined;
  return {
    what: "calls itself by another id than its plugin registered it with",
    expected: `info.id: ${shownValue(registeredAs)}`,
    actual: `info.id: ${shownValue(info.id)}`,
    level: "should",
  };
}

function methodProblem(subject: Subject): Problem | undefined {
  const missing = (["ingest", "assemble", "compact"] as const).filter((method) => !subject.methods.includes(method));
  if (missing.length === 0) return undefined;
  return {
    what: `lacks ${missing.join(" and ")}`,
    expected: "the methods ingest, assemble and compact",
    actual: `methods: ${subject.methods.join(", ") || "none"}`,
  };
}

/** A prepared spawn answers nothing, or something with a rollback that can be called. */
function spawnProblem(answer: unknown): Problem | undefined {
  if (!answer || (isRecord(answer) && answer.rollback === "[function]")) return undefined;
  return {
    what: "prepared a spawn that cannot be rolled back",
    expected: "undefined, or { rollback() }",
    actual: shownValue(answer),
  };
}

function problemOf(call: Call, subject: Subject): Problem | undefined {
  if (call.returned === undefined) return undefined;
  const { result } = call.returned;
  if (call.event.method === "prepareSubagentSpawn" && call.event.phase === "spawn-prepare") return spawnProblem(result);
  if (call.event.method !== "factory") return undefined;
  const info = isRecord(result) && "info" in result ? result.info : subject.info;
  return infoProblem(info) ?? methodProblem(subject) ?? nameProblem(info, subject);
}

export default defineClause({
  id: "contract-shape",
  title: "The factory makes an object with an id, a name and the required methods, and declares itself in the forms hosts read",
  level: "must",
  who: "engine",
  family: "contract",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "an engine has info (id and name), ingest, assemble and compact",
    },
    {
      url: "https://github.com/xDarkicex/openclaw-memory-libravdb/pull/18",
      says: "without info every run crashed; ownsCompaction beside it is not read",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/66601",
      says: "hosts began to compare info.id with the registered id, and an engine with two names answered nobody",
    },
    { url: "https://github.com/caura-ai/caura/pull/942", says: "a prepared spawn is nothing, or has a rollback" },
  ],
  bugs: ["libravdb-no-info", "caura-rollback-shape", "lcm-id-mismatch"],
  applies: () => APPLIES,
  check(history, _twins, subject) {
    const findings: Finding[] = [];
    for (const call of indexOf(history).calls) {
      const problem = problemOf(call, subject);
      if (problem === undefined) continue;
      findings.push({
        message: `The engine instance ${call.event.engine} of process ${call.event.process} ${problem.what}.`,
        expected: problem.expected,
        actual: problem.actual,
        at: call.end,
        blame: [call.event.i, call.end],
        ...(problem.level === undefined ? {} : { level: problem.level }),
      });
    }
    return findings;
  },
  witness: (history) =>
    indexOf(history).calls.filter((call) => call.event.method === "factory" && call.returned !== undefined).length,
  breaks: [
    {
      id: "contract-shape/no-info",
      about: "Only the first object of a process carries info; those made for later runs leave it out.",
      bugs: ["libravdb-no-info"],
      minimalSteps: 2,
      wrap: withMethods((engine, { memory }) => {
        const made = Number(memory.get("made") ?? 0) + 1;
        memory.set("made", made);
        return made === 1 ? {} : { info: {} as EngineInfo, ownsCompaction: engine.info.ownsCompaction };
      }),
    },
    {
      id: "contract-shape/owns-as-text",
      about: 'ownsCompaction is declared as the text "true", taken over from a configuration file.',
      bugs: ["libravdb-no-info"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({ info: { ...engine.info, ownsCompaction: "true" } })),
    },
    {
      id: "contract-shape/rollback-missing",
      about: "prepareSubagentSpawn answers with an object that has no rollback.",
      bugs: ["caura-rollback-shape"],
      minimalSteps: 1,
      wrap: withMethods((engine: ContextEngine) => ({
        prepareSubagentSpawn: async (params: Parameters<NonNullable<ContextEngine["prepareSubagentSpawn"]>>[0]) => {
          await engine.prepareSubagentSpawn?.(params);
          return { prepared: true };
        },
      })),
    },
  ],
});
