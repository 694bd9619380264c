// A break in which one thing outlives a reset: the summary of the last compaction, kept under the key alone.

import type { AssembleParams, CompactParams } from "../../src/define/index.js";
import { type Wrap, withMethods } from "./history-wraps.js";
import { isLaneKey, whoOf } from "./leaky-store.js";

/** What the summariser answered is noted under the key; a session of that key asked with an empty history is shown the note. */
export function summarySurvives(): Wrap {
  return withMethods((engine, { disk }) => ({
    compact: async (params: CompactParams) => {
      const { key } = whoOf(params);
      const llm = params.runtimeContext?.llm;
      if (llm === undefined) return engine.compact(params);
      const complete: typeof llm.complete = async (request) => {
        const answer = await llm.complete(request);
        disk.write(`summary ${key}`, answer.text);
        return answer;
      };
      return engine.compact({ ...params, runtimeContext: { ...params.runtimeContext, llm: { complete } } });
    },
    assemble: async (params: AssembleParams) => {
      const { key } = whoOf(params);
      const result = await engine.assemble(params);
      const summary = disk.read(`summary ${key}`, "");
      if (summary === "" || params.messages.length > 0 || isLaneKey(key)) return result;
      return { ...result, systemPromptAddition: `Working memory:\n${summary}` };
    },
  }));
}
