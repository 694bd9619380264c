// Messages in as few words as a hand-written history needs. Test material: no clause reads this.

import type { AssistantMessage, ToolResultMessage, UserMessage } from "../define/index.js";

const AT = 1_780_000_000_000;
const USAGE = { input: 100, output: 5, cacheRead: 0, cacheWrite: 0, totalTokens: 105 };

/** A user message. */
export function user(text: string): UserMessage {
  return { role: "user", content: [{ type: "text", text }], timestamp: AT };
}

/** An assistant's final text. */
export function reply(text: string): AssistantMessage {
  const content: AssistantMessage["content"] = text === "" ? [] : [{ type: "text", text }];
  return {
    role: "assistant",
    content,
    api: "fake",
    provider: "fake",
    model: "fake",
    usage: USAGE,
    stopReason: "stop",
    timestamp: AT,
  };
}

/** An assistant message that calls a tool. */
export function toolCall(id: string, name: string, args: Record<string, unknown> = {}): AssistantMessage {
  return { ...reply(""), content: [{ type: "toolCall", id, name, arguments: args }], stopReason: "toolUse" };
}

export function toolResult(id: string, name: string, text: string): ToolResultMessage {
  return { role: "toolResult", toolCallId: id, toolName: name, content: [{ type: "text", text }], isError: false, timestamp: AT };
}
