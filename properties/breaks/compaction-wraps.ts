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
function withRequests(params: CompactParams, change: (request: CompletionRequest) => CompletionRequest): CompactParams {
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

/** The summariser is given the first 400 characters of every message. */
export const inputCutShort: Wrap = withMethods((engine) => ({
  compact: (params: CompactParams) =>
    engine.compact(
      withRequests(params, (request) => ({
        ...request,
        messages: request.messages.map((message) => ({ ...message, content: message.content.slice(0, 400) })),
      })),
    ),
}));

/** After a failed compact everything counts as done: later compacts find nothing new. */
export const doneAfterFailure: Wrap = withMethods((engine, { disk }) => ({
  compact: async (params: CompactParams) => {
    if (disk.read(sessionName(params), false)) return { ok: true, compacted: false, reason: "nothing new" };
    const answer = await engine.compact(params);
    if (!answer.ok) disk.write(sessionName(params), true);
    return answer;
  },
}));

/** In an overflow two summaries are asked for, and the first is shown from then on, although the second never comes. */
export const summaryKeptEarly: Wrap = withMethods((engine, { disk }) => ({
  assemble: async (params: AssembleParams) => {
    const result = await engine.assemble(params);
    disk.write(`seen ${sessionName(params)}`, JSON.stringify(result.messages));
    const early = disk.read(`early ${sessionName(params)}`, "");
    return early === "" ? result : { ...result, messages: [{ role: "user", content: early }, ...result.messages] };
  },
  compact: async (params: CompactParams) => {
    const { llm, trigger } = params.runtimeContext ?? {};
    if (trigger !== "overflow" || llm === undefined) return engine.compact(params);
    const content = `Summarise: ${disk.read(`seen ${sessionName(params)}`, "")}`;
    try {
      const { text } = await llm.complete({ messages: [{ role: "user", content }] });
      disk.write(`early ${sessionName(params)}`, text);
      await llm.complete(HALF);
    } catch {
      return { ok: false, compacted: false, reason: "no summary" };
    }
    disk.write(`early ${sessionName(params)}`, "");
    return engine.compact(params);
  },
}));
