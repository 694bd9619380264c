// A broken engine that stops taking anything in for a session once something displeased it: deliveries are dropped or only acknowledged,
// and views stay what they were at that moment. What displeases it is the break's own.

import type {
  AfterTurnParams,
  AssembleParams,
  AssembleResult,
  CommitTurnParams,
  CompactParams,
  CompactResult,
  Message,
  SessionParams,
} from "../../src/define/index.js";
import { sessionName, type Tools, type Wrap, withMethods } from "./history-wraps.js";

export type Verdict = "live" | "frozen";

export interface Displeasure {
  /** Asked at every delivery that would be stored. */
  deliver?: (params: SessionParams, messages: Message[], tools: Tools) => Verdict;
  /** Asked after every assemble. */
  assembled?: (params: AssembleParams, result: AssembleResult) => Verdict;
  /** Asked after every compact. */
  compacted?: (result: CompactResult) => Verdict;
}

/** Freezes a session at the first "frozen"; the last view before it is shown from then on. */
export function freezing(displeased: Displeasure): Wrap {
  return withMethods((engine, tools) => {
    const { disk } = tools;
    const isFrozen = (params: SessionParams) => disk.read(`frozen ${sessionName(params)}`, false);
    const freeze = (params: SessionParams, verdict: Verdict) => {
      if (verdict === "frozen") disk.write(`frozen ${sessionName(params)}`, true);
      return verdict === "frozen";
    };
    const refuses = (params: SessionParams, messages: Message[]) =>
      isFrozen(params) || freeze(params, displeased.deliver?.(params, messages, tools) ?? "live");
    return {
      assemble: async (params: AssembleParams) => {
        const name = `view ${sessionName(params)}`;
        const result = await engine.assemble(params);
        if (isFrozen(params)) return { ...result, messages: disk.read(name, []) };
        disk.write(name, result.messages);
        freeze(params, displeased.assembled?.(params, result) ?? "live");
        return result;
      },
      ...(engine.commitTurn && {
        commitTurn: async (params: CommitTurnParams) =>
          refuses(params, params.messages) ? { status: "committed" } : engine.commitTurn?.(params),
      }),
      ...(engine.afterTurn && {
        afterTurn: async (params: AfterTurnParams) => {
          if (!refuses(params, params.messages.slice(params.prePromptMessageCount))) await engine.afterTurn?.(params);
        },
      }),
      compact: async (params: CompactParams) => {
        const result = await engine.compact(params);
        freeze(params, displeased.compacted?.(result) ?? "live");
        return result;
      },
    };
  });
}
