// Breaks in which one piece of state serves all sessions: a cap, a counter, the session seen last. No foreign text is shown by them.

import type { AssembleParams, CompactParams, SessionParams } from "../../src/define/index.js";
import { type Wrap, withMethods } from "./history-wraps.js";
import { addRows, afterDelivery, broughtBy, isLaneKey, rowsIn, whoOf } from "./leaky-store.js";

/** Of each session only messages among the last `most` delivered by anyone are shown; the newest two always. Lanes are left alone. */
export function cappedOverall(most: number): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => addRows(disk, "all", whoOf(params), broughtBy(params))),
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      const { key, id } = whoOf(params);
      const own = rowsIn(disk, "all")
        .slice(-most)
        .filter((row) => row.key === key && row.id === id).length;
      if (isLaneKey(key) || own === 0) return result;
      return { ...result, messages: result.messages.slice(-Math.max(own, 2)) };
    },
  }));
}

/** bootstrap answers with the number of messages delivered to anyone. */
export function countingAll(): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => disk.write("count", disk.read("count", 0) + broughtBy(params).length)),
    bootstrap: async (params: SessionParams) => ({
      ...(await engine.bootstrap?.(params)),
      bootstrapped: true,
      importedMessages: disk.read("count", 0),
    }),
  }));
}

/** compact is carried out for the session an assemble named last. */
export function compactsLastSeen(): Wrap {
  return withMethods((engine, { disk }) => ({
    assemble: async (params: AssembleParams) => {
      disk.write("last seen", { sessionId: params.sessionId, sessionKey: params.sessionKey });
      return engine.assemble(params);
    },
    compact: (params: CompactParams) => engine.compact({ ...params, ...disk.read<Partial<CompactParams>>("last seen", {}) }),
  }));
}

/** compact pays for a summary of whatever another session delivered last, throws it away and reports success. It never does anything else. */
export function summarisesAnother(): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => addRows(disk, "all", whoOf(params), broughtBy(params))),
    compact: async (params: CompactParams) => {
      const { key, id } = whoOf(params);
      const others = rowsIn(disk, "all").filter((row) => row.key !== key || row.id !== id);
      const content = others
        .slice(-4)
        .map((row) => JSON.stringify(row.message))
        .join("\n");
      const signal = params.abortSignal === undefined ? {} : { signal: params.abortSignal };
      if (content !== "")
        await params.runtimeContext?.llm?.complete({ messages: [{ role: "user", content }], ...signal }).catch(() => undefined);
      return { ok: true, compacted: true, result: { tokensBefore: 1_000, tokensAfter: 100 } };
    },
  }));
}
