// Building blocks of engines that stumble over calls in flight together. Nothing here is broken by itself; the clause files say what is.

import type { AfterTurnParams, AssembleParams, CommitTurnParams, CompactParams } from "../../src/define/index.js";
import { type Tools, type Wrap, withMethods } from "./history-wraps.js";
import { afterDelivery, broughtBy } from "./leaky-store.js";

/** Rounds of the event loop's micro tasks that a store access takes. */
const WAITS = 20;

async function held(memory: Tools["memory"], name: string, work: () => Promise<unknown>): Promise<unknown> {
  if (memory.has(name)) throw new Error("cannot start a transaction within a transaction");
  memory.set(name, true);
  try {
    for (let wait = 0; wait < WAITS; wait++) await Promise.resolve();
    return await work();
  } finally {
    memory.delete(name);
  }
}

/** Deliveries, or all that touches the store, run in transactions; two at once of the same name fail. */
export function inOneTransaction(what: "deliveries" | "everything", nameOf: (params: { sessionId: string }) => string): Wrap {
  return withMethods((engine, { memory }) => ({
    commitTurn: (params: CommitTurnParams) => held(memory, nameOf(params), async () => engine.commitTurn?.(params)),
    afterTurn: (params: AfterTurnParams) => held(memory, nameOf(params), async () => engine.afterTurn?.(params)),
    assemble: (params: AssembleParams) =>
      what === "deliveries" ? engine.assemble(params) : held(memory, nameOf(params), () => engine.assemble(params)),
  }));
}

const keyOf = (message: unknown) => JSON.stringify((message as { content?: unknown }).content);

/** Views show only what a list of known texts holds; deliveries add to that list by reading it, waiting, and writing it back. */
export const lastWriteWins: Wrap = withMethods((engine, { memory }) => {
  const read = (sessionId: string) =>
    (memory.get(sessionId) as { known: string[]; lost: string[] } | undefined) ?? { known: [], lost: [] };
  const note = async (sessionId: string, delivered: readonly unknown[]) => {
    const before = read(sessionId);
    for (let wait = 0; wait < WAITS; wait++) await Promise.resolve();
    const fresh = delivered.map(keyOf);
    const meanwhile = read(sessionId).known.filter((key) => !before.known.includes(key));
    memory.set(sessionId, { known: [...before.known, ...fresh], lost: [...read(sessionId).lost, ...meanwhile] });
  };
  return {
    commitTurn: async (params: CommitTurnParams) => {
      const answer = await engine.commitTurn?.(params);
      await note(params.sessionId, params.messages);
      return answer;
    },
    afterTurn: async (params: AfterTurnParams) => {
      await engine.afterTurn?.(params);
      await note(params.sessionId, params.messages.slice(params.prePromptMessageCount));
    },
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      const { lost } = read(params.sessionId);
      return { ...result, messages: result.messages.filter((message) => !lost.includes(keyOf(message))) };
    },
  };
});

/** compact reads one file of all sessions, waits for a summary and writes the file back: what was delivered meanwhile is never shown. */
export const compactWritesAllBack: Wrap = withMethods((engine, { disk }) => {
  const heard = () => disk.read<string[]>("heard", []);
  const lost = () => disk.read<string[]>("lost", []);
  return {
    ...afterDelivery(engine, (params) => disk.write("heard", [...heard(), ...broughtBy(params).map(keyOf)])),
    compact: async (params: CompactParams) => {
      const before = heard();
      const request = { messages: [{ role: "user" as const, content: "What was said?" }] };
      await params.runtimeContext?.llm?.complete(request).catch(() => undefined);
      const meanwhile = heard().filter((key) => !before.includes(key));
      if (meanwhile.length > 0) disk.write("lost", [...lost(), ...meanwhile]);
      return engine.compact(params);
    },
    assemble: async (params: AssembleParams) => {
      const result = await engine.assemble(params);
      const gone = lost();
      return { ...result, messages: result.messages.filter((message) => !gone.includes(keyOf(message))) };
    },
  };
});
