// Breaks that lose an ordinary session where it has to be found again: under a successor id, on the next instance.

import { createHash } from "node:crypto";
import type { AnyMessage, AssembleParams, CompactParams, CompactResult, Message } from "../../src/define/index.js";
import { type Wrap, withMethods } from "./history-wraps.js";
import { afterDelivery, broughtBy, isLaneKey } from "./leaky-store.js";

/** The id that follows `id`: the same in every play. */
function nextId(id: string): string {
  const hex = createHash("sha256").update(`after ${id}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Each compact that did something names a successor session id, under which nothing is stored. */
export function forgetsUnderSuccessor(): Wrap {
  return withMethods((engine) => ({
    compact: async (params: CompactParams): Promise<CompactResult> => {
      const result = await engine.compact(params);
      if (!result.compacted || result.result === undefined) return result;
      return { ...result, result: { ...result.result, sessionId: nextId(params.sessionId) } };
    },
  }));
}

/** What the last delivery call brought is left out of views until another delivery came to the same instance. */
export function losesNewestWithInstance(): Wrap {
  return withMethods((engine, { disk }) => {
    const buffered = new Set<string>();
    return {
      ...afterDelivery(engine, (params) => {
        if (isLaneKey(params.sessionKey ?? "")) return;
        const lost = disk.read<string[]>("lost", []).filter((text) => !buffered.has(text));
        buffered.clear();
        for (const message of broughtBy(params)) buffered.add(textOf(message));
        disk.write("lost", [...lost, ...buffered]);
      }),
      assemble: async (params: AssembleParams) => {
        const result = await engine.assemble(params);
        const lost = new Set(disk.read<string[]>("lost", []).filter((text) => !buffered.has(text)));
        return { ...result, messages: result.messages.filter((message) => !lost.has(textOf(message))) };
      },
    };
  });
}

const textOf = (message: Message | AnyMessage): string =>
  JSON.stringify([message.role, "content" in message ? message.content : ""]);
