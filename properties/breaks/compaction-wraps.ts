// Building blocks of broken engines for the compaction clauses. Nothing here is broken by itself; the clause files say what goes wrong.

import type { AssembleParams, AssembleResult, CompactParams, CompactResult, CompletionRequest } from "../../src/define/index.js";
import { sessionName, type Wrap, withMethods } from "./history-wraps.js";

type Shown = AssembleResult["messages"];

/** Once a compact was answered as `when` says, every later view of the session is changed by `change`. */
export function changedAfterCompact(
  when: (answer: CompactResult) => boolean,
  change: (messages: Shown, params: AssembleParams) => Shown,
): Wrap {
  return withMethods((engine, { disk }) => ({
    compact: async (params: CompactParams) => {
      const answer = await engine.compact(params);
      if (when(answer)) disk.write(sessionName(params), true);
      return answer;
    },
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      return disk.read(sessionName(params), false) ? { ...result, messages: change(result.messages, params) } : result;
    },
  }));
}

/** From the newest user message on. */
export function newestOnly(messages: Shown): Shown {
  return messages.slice(
    Math.max(
      0,
      messages.findLastIndex((message) => message.role === "user"),
    ),
  );
}

/** Without the newest user message. */
export function withoutNewestUser(messages: Shown): Shown {
  const at = messages.findLastIndex((message) => message.role === "user");
  return messages.filter((_, place) => place !== at);
}

/** compact's parameters with every request to the summariser changed. */
export function withRequests(params: CompactParams, change: (request: CompletionRequest) => CompletionRequest): CompactParams {
  const { llm } = params.runtimeContext ?? {};
  if (llm === undefined) return params;
  return {
    ...params,
    runtimeContext: { ...params.runtimeContext, llm: { complete: (request) => llm.complete(change(request)) } },
  };
}

const HALF: CompletionRequest = { messages: [{ role: "user", content: "Summarise: half of what was said." }] };

/** A compaction in two halves: what the first took out stays out, although the summary of the second never comes. */
export const inTwoHalves: Wrap = withMethods((engine, { disk }) => ({
  compact: async (params: CompactParams) => {
    const { llm } = params.runtimeContext ?? {};
    const name = `half ${sessionName(params)}`;
    try {
      await llm?.complete(HALF);
      disk.write(name, true);
      await llm?.complete(HALF);
    } catch {
      return { ok: false, compacted: false, reason: "no summary" };
    }
    disk.write(name, false);
    return engine.compact(params);
  },
  assemble: async (params: AssembleParams) => {
    const result = await engine.assemble(params);
    return disk.read(`half ${sessionName(params)}`, false) ? { ...result, messages: newestOnly(result.messages) } : result;
  },
}));
