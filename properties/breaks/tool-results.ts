// Broken pairing passes over tool exchanges, for the breaks of assemble-tool-pairs.

import type { AssembleParams, AssembleResult } from "../../src/define/index.js";
import { withMethods } from "./history-wraps.js";

type Shown = AssembleResult["messages"][number];

const isPart = (part: unknown): part is Record<string, unknown> => typeof part === "object" && part !== null;

/** What a pairing pass puts where it knows of no result. */
export const MISSING = "Error: missing tool result in session history";

/** Ids of the calls in a message. */
function callsOf(message: Shown | undefined): unknown[] {
  const content = Array.isArray(message?.content) ? message.content : [];
  return content.flatMap((part: unknown) => (isPart(part) && part.type === "toolCall" ? [part.id] : []));
}

/** Results right behind `at`, up to the next other message. */
function neighbours(messages: readonly Shown[], at: number): Shown[] {
  const behind = messages.slice(at + 1);
  const end = behind.findIndex((message) => message.role !== "toolResult");
  return end < 0 ? behind : behind.slice(0, end);
}

/** A result that does not stand right behind its call is dropped as an orphan, and the call gets an invented error in its place. */
export const knowsNeighboursOnly = withMethods((engine) => ({
  assemble: async (params: AssembleParams) => {
    const result = await engine.assemble(params);
    const near = result.messages.flatMap((message, at) =>
      neighbours(result.messages, at).filter(({ toolCallId }) => callsOf(message).includes(toolCallId)),
    );
    const content = [{ type: "text", text: MISSING }];
    const messages = result.messages.flatMap((message): Shown[] => {
      if (message.role === "toolResult") return near.includes(message) ? [message] : [];
      const open = callsOf(message).filter((id) => !near.some(({ toolCallId }) => toolCallId === id));
      const real = result.messages.filter(({ role, toolCallId }) => role === "toolResult" && open.includes(toolCallId));
      return [message, ...real.map((one) => ({ ...one, isError: true, content }))];
    });
    return { ...result, messages };
  },
}));

/** Every view ends with its newest user message: what tools answered since is kept for the next turn. */
export const endsWithUser = withMethods((engine) => ({
  assemble: async (params: AssembleParams) => {
    const result = await engine.assemble(params);
    const last = result.messages.findLastIndex(({ role }) => role === "user");
    return last < 0 ? result : { ...result, messages: result.messages.slice(0, last + 1) };
  },
}));
