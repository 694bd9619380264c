// The messages a host supplies and an engine returns, as the context-engine contract shapes them.
// Plain data only: everything here survives JSON. No behaviour lives in this folder. Type aliases, not interfaces: a Message is also an AnyMessage.

export type TextPart = { type: "text"; text: string };
export type ImagePart = { type: "image"; data: string; mimeType: string };
export type ThinkingPart = { type: "thinking"; thinking: string };
export type ToolCallPart = { type: "toolCall"; id: string; name: string; arguments: Record<string, unknown> };

export type UserMessage = {
  role: "user";
  content: string | (TextPart | ImagePart)[];
  /** Milliseconds since the epoch, host clock. */
  timestamp: number;
  idempotencyKey?: string;
};

export type StopReason = "stop" | "length" | "toolUse" | "error" | "aborted";

export type AssistantMessage = {
  role: "assistant";
  content: (TextPart | ThinkingPart | ToolCallPart)[];
  api: string;
  provider: string;
  model: string;
  /** Token counts as the provider reported them. */
  usage: { input: number; output: number; cacheRead: number; cacheWrite: number; totalTokens: number };
  stopReason: StopReason;
  errorMessage?: string;
  timestamp: number;
};

export type ToolResultMessage = {
  role: "toolResult";
  toolCallId: string;
  toolName: string;
  content: (TextPart | ImagePart)[];
  isError: boolean;
  timestamp: number;
};

/** A message only the host makes: the summary its own compaction left behind. */
export type CompactionSummaryMessage = {
  role: "compactionSummary";
  summary: string;
  tokensBefore: number;
  timestamp: number;
};

/** A message only the host makes: an entry of some plugin, carried through the history. */
export type CustomMessage = {
  role: "custom";
  customType: string;
  content: string;
  display: boolean;
  timestamp: number;
};

export type Message = UserMessage | AssistantMessage | ToolResultMessage | CompactionSummaryMessage | CustomMessage;

/** A message as an engine returned it: nothing about it is trusted. */
export type AnyMessage = { role?: unknown; [key: string]: unknown };
