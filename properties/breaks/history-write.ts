// Broken engines that write too late or leave a half-finished write behind when their process is killed.

import type { AfterTurnParams, AssembleParams, CommitTurnParams, SessionParams } from "../../src/define/index.js";
import { sessionName, type Wrap, withMethods } from "./history-wraps.js";

/** commitTurn answers at once; what it was given is written when the session is next asked for anything. */
export function buffering(): Wrap {
  return withMethods((engine, { memory, disk }) => {
    const flush = async (params: SessionParams) => {
      const name = sessionName(params);
      const waiting = (memory.get(name) ?? []) as CommitTurnParams[];
      memory.set(name, []);
      for (const commit of waiting) await engine.commitTurn?.(commit);
    };
    return {
      commitTurn: async (params: CommitTurnParams) => {
        const known = disk.read(params.advancementKey, false);
        disk.write(params.advancementKey, true);
        if (known) return { status: "duplicate" };
        const name = sessionName(params);
        memory.set(name, [...((memory.get(name) ?? []) as CommitTurnParams[]), params]);
        return { status: "committed" };
      },
      assemble: async (params: AssembleParams) => {
        await flush(params);
        return engine.assemble(params);
      },
      bootstrap: async (params: SessionParams) => {
        await flush(params);
        return (await engine.bootstrap?.(params)) ?? { bootstrapped: true };
      },
    };
  });
}

/** A commit's key is stored first and its messages in a second write: a kill between the two leaves a key that stands for nothing. */
export function keyBeforeRows(): Wrap {
  return withMethods((engine, { disk }) => ({
    commitTurn: async (params: CommitTurnParams) => {
      if (disk.read(params.advancementKey, false)) return { status: "duplicate" };
      disk.write(params.advancementKey, true);
      return engine.commitTurn?.(params);
    },
  }));
}

/** Each delivery leaves a journal that dispose removes; a later process that finds one takes the store for broken. */
export function writeAhead(): Wrap {
  return withMethods((engine, { memory, disk }) => {
    memory.set("open", memory.get("open") ?? disk.read("journal", false));
    const open = () => {
      if (memory.get("open") === true) throw new Error("the journal of an unfinished write was found");
      disk.write("journal", true);
    };
    return {
      ...(engine.commitTurn && {
        commitTurn: (params: CommitTurnParams) => {
          open();
          return engine.commitTurn?.(params);
        },
      }),
      ...(engine.afterTurn && {
        afterTurn: async (params: AfterTurnParams) => {
          open();
          await engine.afterTurn?.(params);
        },
      }),
      assemble: async (params: AssembleParams) => {
        if (memory.get("open") === true) throw new Error("the journal of an unfinished write was found");
        return engine.assemble(params);
      },
      dispose: async () => {
        disk.write("journal", false);
        await engine.dispose?.();
      },
    };
  });
}
