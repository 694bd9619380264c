// Messages as a host makes them, in the shapes of the contract.

import type {
  AssistantMessage,
  CompactionSummaryMessage,
  Message,
  StopReason,
  ToolResultMessage,
  UserMessage,
} from "../define/index.js";

const MODEL = { api: "mock-api", provider: "mock", model: "mock-1" } as const;

/** `parts`: content as an array of parts, else as a plain string; hosts do both. */
export function userMessage(text: string, timestamp: number, options: { parts: boolean; idempotencyKey?: string }): UserMessage {
  return {
    role: "user",
    content: options.parts ? [{ type: "text", text }] : text,
    timestamp,
    ...(options.idempotencyKey !== undefined ? { idempotencyKey: options.idempotencyKey } : {}),
  };
}

function usage(totalTokens: number): AssistantMessage["usage"] {
  return { input: Math.max(0, totalTokens - 5), output: Math.min(5, totalTokens), cacheRead: 0, cacheWrite: 0, totalTokens };
}

export function assistantText(text: string, timestamp: number, usageTokens: number): AssistantMessage {
  return {
    role: "assistant",
    content: [{ type: "text", text }],
    ...MODEL,
    usage: usage(usageTokens),
    stopReason: "stop",
    timestamp,
  };
}

export function assistantCalls(
  calls: { id: string; name: string; arguments: Record<string, unknown> }[],
  timestamp: number,
  usageTokens: number,
): AssistantMessage {
  return {
    role: "assistant",
    content: calls.map((call) => ({ type: "toolCall" as const, ...call })),
    ...MODEL,
    usage: usage(usageTokens),
    stopReason: "toolUse",
    timestamp,
  };
}

export function toolResult(
  call: { id: string; name: string },
  text: string,
  isError: boolean,
  timestamp: number,
): ToolResultMessage {
  return { role: "toolResult", toolCallId: call.id, toolName: call.name, content: [{ type: "text", text }], isError, timestamp };
}

/** What a classic transcript holds for an attempt that produced nothing. */
export function failedAssistant(
  stopReason: Extract<StopReason, "error" | "aborted">,
  errorMessage: string,
  timestamp: number,
): AssistantMessage {
  return { role: "assistant", content: [], ...MODEL, usage: usage(0), stopReason, errorMessage, timestamp };
}

export function compactionSummary(summary: string, tokensBefore: number, timestamp: number): CompactionSummaryMessage {
  return { role: "compactionSummary", summary, tokensBefore, timestamp };
}

export const rolesOf = (messages: readonly { role?: unknown }[]): string[] =>
  messages.map((message) => (message.role === "toolResult" ? "tool" : String(message?.role)));

export type { Message };
