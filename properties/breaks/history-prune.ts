// Broken engines in which a heartbeat costs the user's session something.

import type {
  AfterTurnParams,
  AnyMessage,
  AssembleParams,
  CommitTurnParams,
  CompactParams,
  Message,
  SessionParams,
} from "../../src/define/index.js";
import { assembleWith, fingerprint, sessionName, type Wrap, withMethods, wordsOf } from "./history-wraps.js";

const HEARTBEAT = /heartbeat/i;

const isHeartbeat = (messages: readonly Message[], flag?: boolean): boolean =>
  flag === true || messages.some((one) => HEARTBEAT.test(wordsOf(one)));

/** A delivered heartbeat prunes the newest user message of the last view and everything after it. */
export function pruning(): Wrap {
  return withMethods((engine, { disk }) => {
    const prune = (params: SessionParams) => {
      const shown = disk.read<string[]>(`shown ${sessionName(params)}`, []);
      const from = shown.findLastIndex((one) => one.startsWith("user:") && !HEARTBEAT.test(one));
      if (from < 0) return;
      const name = `pruned ${sessionName(params)}`;
      disk.write(name, [...disk.read<string[]>(name, []), ...shown.slice(from)]);
    };
    return {
      assemble: async (params: AssembleParams) => {
        const pruned = new Set(disk.read<string[]>(`pruned ${sessionName(params)}`, []));
        const result = await assembleWith(engine, params, (messages) =>
          messages.filter((message) => !pruned.has(fingerprint(message))),
        );
        disk.write(`shown ${sessionName(params)}`, result.messages.map(fingerprint));
        return result;
      },
      ...(engine.commitTurn && {
        commitTurn: async (params: CommitTurnParams) => {
          if (isHeartbeat(params.messages, params.isHeartbeat)) prune(params);
          return engine.commitTurn?.(params);
        },
      }),
      ...(engine.afterTurn && {
        afterTurn: async (params: AfterTurnParams) => {
          if (isHeartbeat(params.messages.slice(params.prePromptMessageCount), params.isHeartbeat)) prune(params);
          await engine.afterTurn?.(params);
        },
      }),
    };
  });
}

const LANE_KEY = /:heartbeat(-run:.*)?$/;

/** A compact under a lane's key hides all that the base session had shown so far. */
export function hidingAfterTick(): Wrap {
  return withMethods((engine, { disk }) => ({
    assemble: (params: AssembleParams) => {
      const key = params.sessionKey ?? "";
      const hidden = new Set(disk.read<string[]>(`hidden ${key}`, []));
      return assembleWith(engine, params, (messages: AnyMessage[]) => {
        disk.write(`shown ${key}`, messages.map(fingerprint));
        return messages.filter((message) => !hidden.has(fingerprint(message)));
      });
    },
    compact: (params: CompactParams) => {
      const key = params.sessionKey ?? "";
      if (LANE_KEY.test(key)) {
        const base = key.replace(LANE_KEY, "");
        disk.write(`hidden ${base}`, disk.read(`shown ${base}`, []));
      }
      return engine.compact(params);
    },
  }));
}
