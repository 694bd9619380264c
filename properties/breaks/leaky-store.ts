// Breaks that keep rows of their own beside a conforming engine and show them where they do not belong: by a wrong slot, to the wrong
// session, at the wrong time. Rows are on disk, so they survive instances, restarts and the copy a probe looks at.

import type { AnyMessage, AssembleParams, ContextEngine, Message } from "../../src/define/index.js";
import { type Disk, type Wrap, withMethods } from "./history-wraps.js";

/** Who a call is about, as an engine can know it. */
export interface Who {
  key: string;
  id: string;
}

/** One delivered message. */
export interface Row extends Who {
  message: Message;
  /** Position among all rows of the engine. */
  n: number;
}

export interface LeakOptions {
  /** Where the rows of a call are kept. */
  slot(who: Who): string;
  /** Whether a row of the slot is shown in this call, on top of the engine's own view. */
  shows(row: Row, now: Who, call: { messages: readonly Message[]; rows: readonly Row[] }): boolean;
  /** Which messages become rows; default: user and assistant messages with text. */
  takes?(message: Message): boolean;
}

type Delivering = {
  sessionId: string;
  sessionKey?: string;
  messages?: Message[];
  message?: Message;
  prePromptMessageCount?: number;
};

export const whoOf = (params: { sessionId?: string; sessionKey?: string }): Who => ({
  key: params.sessionKey ?? "",
  id: params.sessionId ?? "",
});

/** What a delivery call brings. */
export function broughtBy(params: Delivering): Message[] {
  if (params.message !== undefined) return [params.message];
  return (params.messages ?? []).slice(params.prePromptMessageCount ?? 0);
}

/** A heartbeat lane's key or a cron run's, in any of the forms hosts give. */
export function isLaneKey(key: string): boolean {
  return /:heartbeat(?:$|:|-run:)/.test(key) || /:cron:/.test(key);
}

const isTalk = (message: Message) =>
  (message.role === "user" || message.role === "assistant") && JSON.stringify(message.content).length > 4;

export function rowsIn(disk: Disk, slot: string): Row[] {
  return disk.read<Row[]>(`rows ${slot}`, []);
}

export function addRows(disk: Disk, slot: string, who: Who, messages: readonly Message[]): void {
  if (messages.length === 0) return;
  const rows = rowsIn(disk, slot);
  let n = disk.read("rows", 0);
  for (const message of messages) rows.push({ ...who, message, n: n++ });
  disk.write("rows", n);
  disk.write(`rows ${slot}`, rows);
}

const DELIVERIES = ["commitTurn", "afterTurn", "ingestBatch", "ingest"] as const;

/** The engine's delivery methods, each followed by `then`. Methods the engine lacks stay absent. */
export function afterDelivery(engine: ContextEngine, then: (params: Delivering, method: (typeof DELIVERIES)[number]) => unknown) {
  const methods: Partial<Record<keyof ContextEngine, unknown>> = {};
  for (const name of DELIVERIES) {
    const method = engine[name] as ((params: Delivering) => Promise<unknown>) | undefined;
    if (typeof method !== "function") continue;
    methods[name] = async (params: Delivering) => {
      const result = await method.call(engine, params);
      await then(params, name);
      return result;
    };
  }
  return methods;
}

/** The engine's view with rows of the slot before it. */
export function rowsShared(options: LeakOptions): Wrap {
  const takes = options.takes ?? isTalk;
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, (params) => {
      const who = whoOf(params);
      addRows(disk, options.slot(who), who, broughtBy(params).filter(takes));
    }),
    assemble: async (params: AssembleParams) => {
      const now = whoOf(params);
      const rows = rowsIn(disk, options.slot(now));
      const leaked = rows.filter((row) => options.shows(row, now, { messages: params.messages, rows })).slice(-4);
      const result = await engine.assemble(params);
      return { ...result, messages: [...leaked.map((row) => row.message as unknown as AnyMessage), ...result.messages] };
    },
  }));
}

/** Every delivery under a known key goes into the session that the key named before, too. */
export function atNextRun(): Wrap {
  return withMethods((engine, { disk }) => ({
    ...afterDelivery(engine, async (params, method) => {
      const { key, id } = whoOf(params);
      const runs = disk.read<string[]>(`runs ${key}`, []).filter((run) => run !== id);
      disk.write(`runs ${key}`, [...runs, id]);
      const before = runs.at(-1);
      if (before === undefined || !isLaneKey(key)) return;
      const deliver = engine[method] as ((params: unknown) => Promise<unknown>) | undefined;
      const advancement = (params as { advancementKey?: string }).advancementKey;
      await deliver?.call(engine, {
        ...params,
        sessionId: before,
        ...(advancement === undefined ? {} : { advancementKey: `${advancement}+` }),
      });
    }),
  }));
}
