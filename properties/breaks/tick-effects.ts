// Breaks in which an isolated run acts on something outside itself: on its base session, or on the run that comes after it.

import type { AssembleParams, CommitTurnParams, CompactParams } from "../../src/define/index.js";
import { type Wrap, withMethods } from "./history-wraps.js";
import { addRows, afterDelivery, broughtBy, isLaneKey, rowsIn, whoOf } from "./leaky-store.js";

const baseOf = (key: string) => key.replace(/(?::heartbeat(?:-run:[^:]*)?)+$/, "");

/** Once a tick of its lane has delivered, a base session shows the newest two messages of its view. */
export function tickTrimsBase(): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => {
      const { key } = whoOf(params);
      if (baseOf(key) !== key) disk.write(`ticked ${baseOf(key)}`, true);
    }),
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      const { key } = whoOf(params);
      return disk.read(`ticked ${key}`, false) ? { ...result, messages: result.messages.slice(-2) } : result;
    },
  }));
}

/** What a tick is about (its prompt) enters a memory of the whole agent when the tick is compacted, and is told to every other session. */
export function compactFeedsMemory(): Wrap {
  return withMethods((engine, { disk }) => ({
    assemble: async (params: AssembleParams) => {
      const { key } = whoOf(params);
      const result = await engine.assemble(params);
      if (isLaneKey(key)) disk.write(`prompt ${key}`, params.prompt ?? "");
      const memory = isLaneKey(key) ? "" : disk.read("memory", "");
      return memory === ""
        ? result
        : { ...result, systemPromptAddition: `${result.systemPromptAddition ?? ""}\nKnown: ${memory}` };
    },
    compact: async (params: CompactParams) => {
      const { key } = whoOf(params);
      if (isLaneKey(key)) disk.write("memory", disk.read(`prompt ${key}`, ""));
      return engine.compact(params);
    },
  }));
}

/** The summary of a compaction on a lane's key is kept for the key: every other session id of it begins with it. */
export function summaryByKey(): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => addRows(disk, `said ${whoOf(params).id}`, whoOf(params), broughtBy(params))),
    compact: async (params: CompactParams) => {
      const answer = await engine.compact(params);
      const { key, id } = whoOf(params);
      const said = rowsIn(disk, `said ${id}`).map(({ message }) => JSON.stringify(message));
      if (answer.compacted && isLaneKey(key)) disk.write(`summary ${key}`, { id, text: `Summary: ${said.join(" ")}` });
      return answer;
    },
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      const { key, id } = whoOf(params);
      const summary = disk.read<{ id: string; text: string } | undefined>(`summary ${key}`, undefined);
      if (summary === undefined || summary.id === id) return result;
      return { ...result, messages: [{ role: "user", content: summary.text, timestamp: 0 }, ...result.messages] };
    },
  }));
}

/** A commit under a lane's key goes to the run that was assembled last under it, whatever id it carries. */
export function commitsToCurrentRun(): Wrap {
  return withMethods((engine, { disk }) => ({
    assemble: async (params: AssembleParams) => {
      const { key, id } = whoOf(params);
      if (isLaneKey(key)) disk.write(`run ${key}`, id);
      return engine.assemble(params);
    },
    commitTurn: async (params: CommitTurnParams) => {
      const { key, id } = whoOf(params);
      return engine.commitTurn?.({ ...params, sessionId: disk.read(`run ${key}`, id) });
    },
  }));
}

/** A commit that comes late waits as a pending note of its key, and is told to whoever assembles next under it. */
export function tellsPendingNotes(): Wrap {
  return withMethods((engine, { disk }) => ({
    assemble: async (params: AssembleParams) => {
      const { key, id } = whoOf(params);
      disk.write(`run ${key}`, id);
      const result = await engine.assemble(params);
      const pending = rowsIn(disk, `late ${key}`).filter((row) => row.id !== id);
      if (pending.length === 0) return result;
      const note = pending.map((row) => JSON.stringify(row.message)).join("\n");
      return { ...result, systemPromptAddition: `${result.systemPromptAddition ?? ""}\nPending from earlier:\n${note}` };
    },
    commitTurn: async (params: CommitTurnParams) => {
      const { key, id } = whoOf(params);
      if (isLaneKey(key) && disk.read(`run ${key}`, id) !== id) addRows(disk, `late ${key}`, { key, id }, broughtBy(params));
      return engine.commitTurn?.(params);
    },
  }));
}
