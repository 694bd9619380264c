// The calls of a played history as the comparison sees them: by the parameters the engine was given, not by the host's own account.
// What the recorder's reduction dropped (thinking, arguments, ids of tool calls) is dropped here in the same way.

import type { CallEvent, CallPhase, History, ReturnEvent, ThrowEvent } from "../define/index.js";
import { answerOf, budgetOf, type SeenCall, type SeenMessage, scalarsOf } from "./seen-call.js";

/** The subagent hook's rollback is a function the engine returned, not a call on the engine. */
const NO_CALLS = new Set<CallPhase>(["spawn-rollback"]);

export function seenInHistory(history: History, window: number): SeenCall[] {
  const answers = new Map<number, ReturnEvent | ThrowEvent>();
  for (const event of history.events) if (event.kind === "return" || event.kind === "throw") answers.set(event.call, event);
  return history.events
    .filter((event) => event.kind === "call")
    .filter((call) => !NO_CALLS.has(call.phase))
    .map((call) => seenCall(call, answers.get(call.call), window));
}

function seenCall(call: CallEvent, answer: ReturnEvent | ThrowEvent | undefined, window: number): SeenCall {
  const { params } = call;
  const context = asObject(params.runtimeContext);
  const messages = call.messages ?? (params.message === undefined ? undefined : [params.message]);
  const revision = asObject(params.sessionTarget)?.expectedLifecycleRevision;
  return {
    method: call.method,
    engine: `${call.process}/${call.engine}`,
    names: [...call.names].sort(),
    ...text("session", params.sessionId),
    ...text("key", params.sessionKey),
    ...text("parentKey", params.parentSessionKey),
    ...text("childKey", params.childSessionKey),
    ...(call.method === "compact" ? {} : text("lifecycle", revision)),
    ...text("advancementKey", params.advancementKey),
    ...(messages === undefined ? {} : { messages: messages.map(messageOf) }),
    ...text("prompt", params.prompt),
    ...(typeof params.tokenBudget === "number" ? { budget: budgetOf(params.tokenBudget, window) } : {}),
    ...scalarsOf({ ...params, trigger: context?.trigger ?? params.trigger }),
    ...(call.fileEntries === undefined ? {} : { file: call.fileEntries === 1 ? ("header only" as const) : call.fileEntries }),
    outcome: outcomeOf(call, answer),
  };
}

function outcomeOf(call: CallEvent, answer: ReturnEvent | ThrowEvent | undefined): SeenCall["outcome"] {
  if (answer === undefined || (answer.kind === "throw" && answer.cause === "process")) return { threw: false, answer: {} };
  if (answer.kind === "throw") return { threw: true, answer: {} };
  const result = asObject(answer.result);
  const messages = call.method === "assemble" && Array.isArray(result?.messages) ? result.messages : undefined;
  const successor = call.method === "compact" ? asObject(result?.result)?.sessionId : undefined;
  return {
    threw: false,
    ...(messages === undefined ? {} : { messages: messages.map(messageOf) }),
    ...(typeof successor === "string" && successor !== call.params.sessionId ? { successor } : {}),
    answer: answerOf(result),
  };
}

export function messageOf(message: unknown): SeenMessage {
  const { role, content } = asObject(message) ?? {};
  return { role: String(role), text: textOf(content) };
}

/** Text parts joined; a tool call as its name in brackets, and whatever stands beside one is left out; a summary message has no content. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const parts = content.map((part) => asObject(part) ?? {});
  const calls = parts.filter((part) => part.type === "toolCall");
  if (calls.length > 0) return calls.map((part) => `[toolCall ${String(part.name)}]`).join("");
  return parts.map((part) => (typeof part.text === "string" ? part.text : "")).join("");
}

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

const text = <K extends string>(name: K, value: unknown): { [key in K]?: string } =>
  (typeof value === "string" ? { [name]: value } : {}) as { [key in K]?: string };
