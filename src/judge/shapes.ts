// The shapes in which the contract wants answers, method by method. Extra fields are allowed, and so is null where a field may be absent:
// hosts treat both as "not there". Only what a host reads is checked; counts that hosts merely log are left alone.

import type { EngineMethod } from "../define/index.js";

/** What is wrong with an answer. `must`: hosts act on it. `should`: the contract says it, no host stumbles. */
export interface ShapeFault {
  level: "must" | "should";
  expected: string;
  actual: string;
}

type Fields = Record<string, unknown>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value for a reader, cut to 120 characters. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}

const absent = (value: unknown) => value === undefined || value === null;
const isSize = (value: unknown) => typeof value === "number" && Number.isFinite(value);

function fault(level: ShapeFault["level"], expected: string, value: unknown): ShapeFault {
  return { level, expected, actual: shownValue(value) };
}

/** The first fault of an answer; undefined when it has the contract's shape. `answer` is the JSON copy of what the engine gave. */
export function shapeFault(method: EngineMethod | "factory", answer: unknown): ShapeFault | undefined {
  switch (method) {
    case "assemble":
      return assembleFault(answer);
    case "compact":
      return compactFault(answer);
    case "commitTurn": {
      const status = isRecord(answer) ? answer.status : undefined;
      return status === "committed" || status === "duplicate"
        ? undefined
        : fault("must", '{ status: "committed" | "duplicate" }', answer);
    }
    case "bootstrap":
      return flagFault(answer, "bootstrapped", "boolean");
    case "maintain":
      return flagFault(answer, "changed", "boolean");
    case "ingest":
      return flagFault(answer, "ingested", "boolean");
    case "ingestBatch":
      return flagFault(answer, "ingestedCount", "number");
    default:
      return undefined;
  }
}

function flagFault(answer: unknown, name: string, type: "boolean" | "number"): ShapeFault | undefined {
  return isRecord(answer) && typeof answer[name] === type ? undefined : fault("should", `{ ${name}: ${type} }`, answer);
}

function assembleFault(answer: unknown): ShapeFault | undefined {
  const shape = "{ messages: [...], estimatedTokens: number }";
  if (!isRecord(answer) || !Array.isArray(answer.messages)) return fault("must", shape, answer);
  if (!isSize(answer.estimatedTokens)) return fault("must", shape, { messages: "[…]", estimatedTokens: answer.estimatedTokens });
  const { systemPromptAddition, promptAuthority, contextProjection } = answer;
  if (!absent(systemPromptAddition) && typeof systemPromptAddition !== "string") {
    return fault("must", "systemPromptAddition: a string, or nothing", systemPromptAddition);
  }
  if (!absent(promptAuthority) && typeof promptAuthority !== "string") {
    return fault("must", 'promptAuthority: "assembled" | "preassembly_may_overflow", or nothing', promptAuthority);
  }
  if (!absent(contextProjection) && !(isRecord(contextProjection) && typeof contextProjection.mode === "string")) {
    return fault("must", "contextProjection: { mode, epoch?, fingerprint? }, or nothing", contextProjection);
  }
  return undefined;
}

function compactFault(answer: unknown): ShapeFault | undefined {
  const shape = "{ ok: boolean, compacted: boolean, reason?, result? }";
  if (!isRecord(answer) || typeof answer.ok !== "boolean" || typeof answer.compacted !== "boolean")
    return fault("must", shape, answer);
  const { result } = answer;
  if (absent(result)) return undefined;
  if (!isRecord(result)) return fault("must", "result: { tokensBefore, tokensAfter?, summary?, … }, or nothing", result);
  for (const name of ["tokensBefore", "tokensAfter"]) {
    if (!absent(result[name]) && !isSize(result[name]))
      return fault("must", `result.${name}: a finite number, or nothing`, result[name]);
  }
  for (const name of ["summary", "firstKeptEntryId", "sessionId", "sessionFile"]) {
    if (!absent(result[name]) && typeof result[name] !== "string")
      return fault("must", `result.${name}: a string, or nothing`, result[name]);
  }
  if (result.sessionId === "") return fault("must", "result.sessionId: a successor's id, or nothing", result.sessionId);
  return undefined;
}
