// Broken engines whose commitTurn is no atomic write: key and content go to disk at different times.

import type { CommitTurnParams, ContextEngine, SessionParams } from "../../src/define/index.js";
import { ingestAll, type Wrap, withMethods } from "./history-wraps.js";

const NOTHING_DONE = { changed: false, bytesFreed: 0, rewrittenEntries: 0 };
const maintained = async (engine: ContextEngine, params: SessionParams) => (await engine.maintain?.(params)) ?? NOTHING_DONE;

/** The user entry and the key at once, the rest of the turn at the next maintain of the same instance. */
export function restAtMaintain(): Wrap {
  return withMethods((engine) => {
    let rest: CommitTurnParams["messages"] = [];
    return {
      commitTurn: async (params: CommitTurnParams) => {
        const { activeMessagePosition, rawSeq } = params.admission;
        const terminal = { ...params.terminal, activeMessagePosition, rawSeq, role: "user" };
        const result = await engine.commitTurn?.({ ...params, messages: params.messages.slice(0, 1), terminal });
        if (result?.status === "committed") rest = params.messages.slice(1);
        return result;
      },
      maintain: async (params: SessionParams) => {
        await ingestAll(engine, params, rest.splice(0));
        return maintained(engine, params);
      },
    };
  });
}

/** The content at once, the key at the next maintain of the same instance. */
export function keyAtMaintain(): Wrap {
  return withMethods((engine, { disk }) => {
    const written: string[] = [];
    return {
      commitTurn: async (params: CommitTurnParams) => {
        if (disk.read(params.advancementKey, false)) return { status: "duplicate" };
        const tries = disk.read(`tries ${params.advancementKey}`, 0);
        disk.write(`tries ${params.advancementKey}`, tries + 1);
        await ingestAll(engine, params, params.messages, tries);
        written.push(params.advancementKey);
        return { status: "committed" };
      },
      maintain: async (params: SessionParams) => {
        for (const key of written.splice(0)) disk.write(key, true);
        return maintained(engine, params);
      },
    };
  });
}

/** The key first; what comes after it fails the first time for a turn with tools. */
export function keyBeforeContent(): Wrap {
  return withMethods((engine, { disk }) => ({
    commitTurn: async (params: CommitTurnParams) => {
      if (disk.read(params.advancementKey, false)) return { status: "duplicate" };
      disk.write(params.advancementKey, true);
      if (params.messages.length > 2) throw new Error("the write was interrupted");
      return engine.commitTurn?.(params);
    },
  }));
}
