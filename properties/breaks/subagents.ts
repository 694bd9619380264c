// Breaks around prepareSubagentSpawn and onSubagentEnded: content that crosses between parent and child, and a rollback that goes too far.

import type { AnyMessage, AssembleParams, PrepareSubagentSpawnParams, SubagentEndedParams } from "../../src/define/index.js";
import { type Disk, fingerprint, type Wrap, withMethods } from "./history-wraps.js";
import { addRows, afterDelivery, broughtBy, rowsIn, whoOf } from "./leaky-store.js";

const asMessages = (disk: Disk, slot: string, most: number): AnyMessage[] =>
  rowsIn(disk, slot)
    .slice(-most)
    .map((row) => row.message as unknown as AnyMessage);

/** A prepared child is shown the newest two messages of its parent: at every time, whatever the context mode, or where it is a fork. */
export function everySpawnForks(which: "every" | "forks" = "every"): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => addRows(disk, whoOf(params).key, whoOf(params), broughtBy(params))),
    prepareSubagentSpawn: async (params: PrepareSubagentSpawnParams) => {
      if (which === "every" || params.contextMode === "fork")
        disk.write(`parent ${params.childSessionKey}`, params.parentSessionKey);
      return engine.prepareSubagentSpawn?.(params);
    },
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      const parent = disk.read(`parent ${whoOf(params).key}`, "");
      return parent === "" ? result : { ...result, messages: [...asMessages(disk, parent, 2), ...result.messages] };
    },
  }));
}

const CHILD = ":subagent:";

/** Every child is shown the newest two messages any child was ever given. */
export function childrenShare(): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => {
      if (whoOf(params).key.includes(CHILD)) addRows(disk, CHILD, whoOf(params), broughtBy(params));
    }),
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      if (!whoOf(params).key.includes(CHILD)) return result;
      return { ...result, messages: [...asMessages(disk, CHILD, 2), ...result.messages] };
    },
  }));
}

/** After a child's end its user text is shown to its parent. */
export function childTellsParent(): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => addRows(disk, whoOf(params).key, whoOf(params), broughtBy(params))),
    prepareSubagentSpawn: async (params: PrepareSubagentSpawnParams) => {
      disk.write(`parent ${params.childSessionKey}`, params.parentSessionKey);
      return engine.prepareSubagentSpawn?.(params);
    },
    onSubagentEnded: async (params: SubagentEndedParams) => {
      disk.write(`child ${disk.read(`parent ${params.childSessionKey}`, "")}`, params.childSessionKey);
      return engine.onSubagentEnded?.(params);
    },
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      const child = disk.read(`child ${whoOf(params).key}`, "");
      return child === "" ? result : { ...result, messages: [...asMessages(disk, child, 4).slice(0, 1), ...result.messages] };
    },
  }));
}

/** After a rollback the parent is shown only what was delivered since. */
export function rollbackEmptiesParent(): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => {
      const { key } = whoOf(params);
      const left = disk.read<number | undefined>(`left ${key}`, undefined);
      if (left !== undefined) disk.write(`left ${key}`, left + broughtBy(params).length);
    }),
    prepareSubagentSpawn: async (params: PrepareSubagentSpawnParams) => {
      const prepared = await engine.prepareSubagentSpawn?.(params);
      return {
        rollback: async () => {
          await prepared?.rollback();
          disk.write(`left ${params.parentSessionKey}`, 0);
        },
      };
    },
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      const left = disk.read<number | undefined>(`left ${whoOf(params).key}`, undefined);
      return left === undefined ? result : { ...result, messages: left === 0 ? [] : result.messages.slice(-left) };
    },
  }));
}

/** A child that ends otherwise than completed takes its parent back to where it was when the child was prepared. */
export function endRestoresParent(): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => {
      const since = disk.read<string[] | null>(`since ${whoOf(params).key}`, null);
      if (since !== null) disk.write(`since ${whoOf(params).key}`, [...since, ...broughtBy(params).map(fingerprint)]);
    }),
    prepareSubagentSpawn: async (params: PrepareSubagentSpawnParams) => {
      disk.write(`parent ${params.childSessionKey}`, params.parentSessionKey);
      disk.write(`since ${params.parentSessionKey}`, []);
      return engine.prepareSubagentSpawn?.(params);
    },
    onSubagentEnded: async (params: SubagentEndedParams) => {
      const parent = disk.read(`parent ${params.childSessionKey}`, "");
      const since = disk.read<string[] | null>(`since ${parent}`, null) ?? [];
      if (params.reason !== "completed") disk.write(`gone ${parent}`, [...disk.read<string[]>(`gone ${parent}`, []), ...since]);
      disk.write(`since ${parent}`, null);
      return engine.onSubagentEnded?.(params);
    },
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      const gone = disk.read<string[]>(`gone ${whoOf(params).key}`, []);
      return { ...result, messages: result.messages.filter((message) => !gone.includes(fingerprint(message))) };
    },
  }));
}
