// The calls of a trace as the comparison sees them.

import { answerOf, budgetOf, type FileState, type SeenCall, type SeenMessage, scalarsOf } from "./seen-call.js";
import type { CallRecord, Trace, TraceMessage } from "./trace.js";

export function seenInTrace(trace: Trace): SeenCall[] {
  let processes = 1;
  const seen: SeenCall[] = [];
  for (const entry of trace.records) {
    if (entry.kind === "host" && entry.record.host.startsWith("gateway start")) processes += 1;
    if (entry.kind === "call") seen.push(seenCall(entry.record, processes, trace.window));
  }
  return seen;
}

function seenCall(record: CallRecord, process: number, window: number): SeenCall {
  const messages = record.messages ?? (record.message === undefined ? undefined : [record.message]);
  const file = fileOf(record.sessionFileEntries);
  return {
    method: record.call,
    engine: `${process}/${record.engine}`,
    names: [...record.params].sort(),
    ...defined("session", record.session),
    ...defined("key", record.key),
    ...defined("parentKey", record.parentSessionKey),
    ...defined("childKey", record.childSessionKey),
    ...(record.call === "compact" ? {} : defined("lifecycle", record.lifecycle ?? undefined)),
    ...defined("advancementKey", record.advancementKey),
    ...defined("messages", messages?.map(messageOf)),
    ...defined("prompt", record.prompt),
    ...(record.tokenBudget === undefined ? {} : { budget: budgetOf(record.tokenBudget, window) }),
    ...scalarsOf(record),
    ...defined("file", file),
    outcome: outcomeOf(record),
  };
}

function outcomeOf(record: CallRecord): SeenCall["outcome"] {
  const threw = record.threw !== undefined && record.threw !== false;
  const result = record.result as { messages?: TraceMessage[]; successor?: string } | undefined;
  return {
    threw,
    ...defined("messages", Array.isArray(result?.messages) ? result.messages.map(messageOf) : undefined),
    ...defined("successor", result?.successor),
    answer: answerOf(record.result),
  };
}

const messageOf = ({ role, text }: TraceMessage): SeenMessage => ({ role, text });

function fileOf(entries: string | number | undefined): FileState | undefined {
  if (entries === undefined) return undefined;
  if (typeof entries === "string") return "absent";
  return entries === 0 ? "empty" : entries === 1 ? "header only" : entries;
}

function defined<K extends string, V>(name: K, value: V | undefined): { [key in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: V };
}
