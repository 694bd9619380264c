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

/** Results before their calls are dropped as orphans; the calls get invented errors in their place. */
export const forgetsEarlyResults = withMethods((engine) => ({
  assemble: async (params: AssembleParams) => {
    const result = await engine.assemble(params);
    const isEarly = (message: Shown, at: number) =>
      message.role === "toolResult" && result.messages[at + 1]?.role === "assistant";
    const orphans = result.messages.filter(
      (message, at) => isEarly(message, at) && callsOf(result.messages[at + 1]).includes(message.toolCallId),
    );
    const messages = result.messages.flatMap((message) => {
      if (orphans.includes(message)) return [];
      const invented = orphans.filter(({ toolCallId }) => callsOf(message).includes(toolCallId));
      return [message, ...invented.map((orphan) => ({ ...orphan, isError: true, content: [{ type: "text", text: MISSING }] }))];
    });
    return { ...result, messages };
  },
}));
