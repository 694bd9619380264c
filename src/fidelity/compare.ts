// Finds the first call in which two aliased sequences differ, and says in what.

import { aliased } from "./alias.js";
import type { SeenCall } from "./seen-call.js";

export interface Difference {
  /** Number of the call in the trace, from 1. */
  call: number;
  /** What differs: a field of the call, or "call" where one side has none. */
  field: string;
  expected: string;
  got: string;
  /** The calls before it, as expected, and both sides' own, one line each. */
  context: string[];
}

const CONTEXT_CALLS = 3;

export function firstDifference(expected: SeenCall[], got: SeenCall[]): Difference | undefined {
  const want = aliased(expected);
  const have = aliased(got);
  for (let i = 0; i < Math.max(want.length, have.length); i += 1) {
    const found = differs(want[i], have[i]);
    if (found !== undefined) return { call: i + 1, ...found, context: contextOf(want, have, i) };
  }
  return undefined;
}

function differs(want: SeenCall | undefined, have: SeenCall | undefined): Omit<Difference, "call" | "context"> | undefined {
  if (want === undefined || have === undefined) {
    return {
      field: "call",
      expected: want === undefined ? "no more calls" : show(want),
      got: have === undefined ? "no more calls" : show(have),
    };
  }
  const left = fieldsOf(want);
  const right = fieldsOf(have);
  for (const [field, value] of Object.entries(left)) {
    // The recorder looked at the file only once it knew where it was.
    if (field === "file" && want.file === undefined) continue;
    if (value !== right[field]) return { field, expected: value, got: right[field] ?? "" };
  }
  return undefined;
}

/** What is compared, in the order in which it is looked at, each as one line of text. */
function fieldsOf(call: SeenCall): Record<string, string> {
  const messages = (list: SeenCall["messages"]) =>
    list === undefined ? "none" : list.map((m) => `${m.role}:${m.text}`).join(" ") || "[]";
  const roles = (list: SeenCall["messages"]) => (list === undefined ? "none" : list.map((m) => m.role).join(" ") || "[]");
  const one = (value: unknown) => (value === undefined ? "none" : String(value));
  return {
    method: call.method,
    engine: call.engine,
    names: call.names.join(","),
    session: one(call.session),
    key: one(call.key),
    parentKey: one(call.parentKey),
    childKey: one(call.childKey),
    lifecycle: one(call.lifecycle),
    roles: roles(call.messages),
    messages: messages(call.messages),
    prompt: one(call.prompt),
    budget: one(call.budget),
    isHeartbeat: one(call.isHeartbeat),
    prePromptMessageCount: one(call.prePromptMessageCount),
    force: one(call.force),
    compactionTarget: one(call.compactionTarget),
    trigger: one(call.trigger),
    currentTokenCount: one(call.currentTokenCount),
    advancementKey: one(call.advancementKey),
    file: one(call.file),
    outcome: call.outcome.threw ? "threw" : "returned",
    "result messages": messages(call.outcome.messages),
    successor: one(call.outcome.successor),
    result: JSON.stringify(Object.fromEntries(Object.entries(call.outcome.answer).sort(([a], [b]) => (a < b ? -1 : 1)))),
  };
}

/** A call in one line. */
export function show(call: SeenCall): string {
  const { method, engine, names: _names, messages, outcome: _outcome, ...rest } = call;
  const { file, session, key, ...scalars } = rest;
  const words = [method, engine, session, key].filter((word) => word !== undefined);
  if (messages !== undefined) words.push(`[${messages.map((m) => `${short(m.role)}:${m.text}`).join(" ")}]`);
  for (const [name, value] of Object.entries(scalars)) if (value !== undefined) words.push(`${name}=${value}`);
  if (file !== undefined) words.push(`file=${file}`);
  words.push(outcomeOf(call));
  return words.join(" ");
}

const short = (role: string): string => ({ user: "U", assistant: "A", toolResult: "T", compactionSummary: "CS" })[role] ?? role;

function outcomeOf({ outcome }: SeenCall): string {
  if (outcome.threw) return "=> threw";
  const view = outcome.messages === undefined ? "" : ` [${outcome.messages.map((m) => `${short(m.role)}:${m.text}`).join(" ")}]`;
  const successor = outcome.successor === undefined ? "" : ` successor=${outcome.successor}`;
  return `=>${view} ${JSON.stringify(outcome.answer)}${successor}`;
}

function contextOf(want: SeenCall[], have: SeenCall[], at: number): string[] {
  const lines = want
    .slice(Math.max(0, at - CONTEXT_CALLS), at)
    .map((call, i) => `  ${Math.max(0, at - CONTEXT_CALLS) + i + 1}  ${show(call)}`);
  const side = (label: string, calls: SeenCall[]) =>
    calls.slice(at, at + 2).map((call, i) => `${i === 0 ? label : " "} ${at + i + 1}  ${show(call)}`);
  return [...lines, ...side("-", want), ...side("+", have)];
}
