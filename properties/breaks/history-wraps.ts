// Building blocks of broken engines for the history clauses: a conforming engine with some methods replaced.
// What a real engine keeps in memory lives in `memory` (lost when its process ends), what it keeps on disk in `disk`.
// Nothing here is broken by itself; the clause files say what goes wrong.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  AnyMessage,
  AssembleParams,
  ContextEngine,
  EngineFactory,
  FactoryContext,
  Message,
  SessionParams,
} from "../../src/define/index.js";

export type Wrap = (factory: EngineFactory) => EngineFactory;

export interface Tools {
  /** Process memory, one per agent directory: gone after a hard restart, a kill, or a soft one that wraps the factory anew. */
  memory: Map<string, unknown>;
  /** Kept under the agent directory: survives a restart. */
  disk: Disk;
  context: FactoryContext;
}

/** Small JSON values by name, written at once. */
export interface Disk {
  read<T>(name: string, otherwise: T): T;
  write(name: string, value: unknown): void;
}

/** The conforming engine with the methods that `replace` returns. A method replaced by undefined is absent. */
export function withMethods(
  replace: (engine: ContextEngine, tools: Tools) => Partial<Record<keyof ContextEngine, unknown>>,
): Wrap {
  return (factory) => {
    const memories = new Map<string, Map<string, unknown>>();
    return async (context) => {
      const engine = await factory(context);
      const home = context.agentDir ?? "";
      const memory = memories.get(home) ?? new Map<string, unknown>();
      memories.set(home, memory);
      return layered(engine, replace(engine, { memory, disk: diskUnder(home), context }));
    };
  };
}

function layered(engine: ContextEngine, replaced: Partial<Record<keyof ContextEngine, unknown>>): ContextEngine {
  return new Proxy(engine, {
    get(target, name) {
      if (Object.hasOwn(replaced, name)) return replaced[name as keyof ContextEngine];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    has: (target, name) => (Object.hasOwn(replaced, name) ? replaced[name as keyof ContextEngine] !== undefined : name in target),
  });
}

function diskUnder(home: string): Disk {
  const folder = join(home, "wrapped");
  const fileOf = (name: string) => join(folder, `${createHash("sha256").update(name).digest("hex").slice(0, 24)}.json`);
  return {
    read: (name, otherwise) => (existsSync(fileOf(name)) ? JSON.parse(readFileSync(fileOf(name), "utf8")) : otherwise),
    write: (name, value) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(fileOf(name), JSON.stringify(value));
    },
  };
}

/** The engine's answer with other messages. */
export async function assembleWith(
  engine: ContextEngine,
  params: AssembleParams,
  change: (messages: AnyMessage[]) => AnyMessage[],
): ReturnType<ContextEngine["assemble"]> {
  const result = await engine.assemble(params);
  return { ...result, messages: change(result.messages) };
}

/** All text of a message: tool arguments included, thinking not. */
export function wordsOf(message: AnyMessage | Message): string {
  const content = (message as { content?: unknown }).content;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: { text?: string; arguments?: unknown }) => part.text ?? JSON.stringify(part.arguments ?? ""))
    .join("\n");
}

/** Role and text: how careless engines tell messages apart. */
export const fingerprint = (message: AnyMessage | Message): string => `${String(message.role)}:${wordsOf(message).trim()}`;

/**
 * Stores messages through the engine's ingest, without any key. `nth`: how often they were stored so already; it shifts their times by as
 * many milliseconds, because an engine may recognise what is the same in every byte.
 */
export async function ingestAll(
  engine: ContextEngine,
  params: SessionParams,
  messages: readonly Message[],
  nth = 0,
): Promise<void> {
  const { sessionId, sessionKey, sessionTarget } = params;
  const identity = { sessionId, ...(sessionKey && { sessionKey }), ...(sessionTarget && { sessionTarget }) };
  for (const message of messages)
    await engine.ingest({ ...identity, message: { ...message, timestamp: message.timestamp + nth } });
}

/** How engines name a session on disk. */
export const sessionName = (params: { sessionId: string; sessionKey?: string }): string =>
  `${params.sessionKey ?? ""}|${params.sessionId}`;
