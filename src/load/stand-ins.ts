// Small real implementations of the host functions that context engines import from `openclaw/plugin-sdk/*`.
// Those that reach back into the host (REACH_BACK) ask the host that plays the case; the real ones would want a live gateway.
// No transcript is ever written through these: the simulated host owns its transcripts.

import { createHash } from "node:crypto";
import type { CompactParams } from "../define/engine.js";
import { bridgeFor } from "./bridge.js";
import { transcriptReaders } from "./transcript-readers.js";

type Logger = Record<string, unknown>;

/** A logger that says nothing: what an engine logs is no part of its conformance. */
export function silentLogger(): Logger {
  const logger: Logger = { subsystem: "ctxspec", isEnabled: () => false, child: () => logger, getChildLogger: () => logger };
  for (const level of ["trace", "debug", "info", "warn", "error", "fatal", "raw", "log"]) logger[level] = () => {};
  return logger;
}

interface SafeParser {
  safeParse(value: unknown): unknown;
}

function configSchema(schema?: Partial<SafeParser>, options?: Record<string, unknown>): Record<string, unknown> {
  const accept = (value: unknown) => ({ success: true, data: value });
  const parser = typeof schema?.safeParse === "function" ? schema.safeParse.bind(schema) : accept;
  return { safeParse: parser, jsonSchema: { type: "object", additionalProperties: true }, ...options };
}

type Task<T> = () => Promise<T> | T;

/** Runs tasks of one key one after another, tasks of different keys side by side. */
async function enqueueKeyedTask<T>(request: { tails: Map<string, Promise<unknown>>; key: string; task: Task<T> }): Promise<T> {
  const before = request.tails.get(request.key) ?? Promise.resolve();
  const result = before.then(request.task, request.task);
  const settled = result.catch(() => undefined);
  request.tails.set(request.key, settled);
  void settled.then(() => {
    if (request.tails.get(request.key) === settled) request.tails.delete(request.key);
  });
  return result;
}

class KeyedAsyncQueue {
  private readonly tails = new Map<string, Promise<unknown>>();
  enqueue<T>(key: string, task: Task<T>): Promise<T> {
    return enqueueKeyedTask({ tails: this.tails, key, task });
  }
}

/** Always ours, also when the engine has the real package: what only a host can answer. */
export const REACH_BACK: Record<string, unknown> = {
  delegateCompactionToRuntime: async (params: CompactParams) =>
    bridgeFor("delegateCompactionToRuntime").delegateCompaction(params),
  ...transcriptReaders,
};

/** Every stand-in by name; the same name means the same function under every module of the SDK. */
export const STAND_INS: Record<string, unknown> = {
  ...REACH_BACK,
  buildMemorySystemPromptAddition: () => undefined,
  prepareMemorySystemPromptAddition: async () => undefined,
  definePluginEntry: (entry: unknown) => entry,
  buildPluginConfigSchema: configSchema,
  buildJsonPluginConfigSchema: (schema: unknown, options?: Record<string, unknown>) => ({
    ...configSchema(undefined, options),
    jsonSchema: schema,
  }),
  emptyPluginConfigSchema: () => configSchema(),
  KeyedAsyncQueue,
  enqueueKeyedTask,
  createSubsystemLogger: silentLogger,
  getChildLogger: silentLogger,
  logInfo: () => {},
  logError: () => {},
  logDebug: () => {},
  redactSensitiveText: (text: unknown) => text,
  redactToolPayloadText: (text: unknown) => text,
  redactSensitiveFieldValue: (_name: unknown, value: unknown) => value,
  redactIdentifier: (value?: string) => (value ? `sha256:${createHash("sha256").update(value).digest("hex").slice(0, 12)}` : "-"),
};

/** SDK modules whose runtime a context engine needs and that we stand in for. */
export const STAND_IN_MODULES: ReadonlySet<string> = new Set([
  "openclaw/plugin-sdk",
  "openclaw/plugin-sdk/core",
  "openclaw/plugin-sdk/plugin-entry",
  "openclaw/plugin-sdk/logging-core",
  "openclaw/plugin-sdk/session-transcript-runtime",
  "openclaw/plugin-sdk/channel-core",
]);
