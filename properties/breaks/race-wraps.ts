// Building blocks of engines that stumble over calls in flight together. Nothing here is broken by itself; the clause files say what is.

import type { AfterTurnParams, CommitTurnParams } from "../../src/define/index.js";
import { type Tools, type Wrap, withMethods } from "./history-wraps.js";

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

/** Deliveries run in transactions; two at once of the same name fail. */
export function inOneTransaction(nameOf: (params: { sessionId: string }) => string): Wrap {
  return withMethods((engine, { memory }) => ({
    commitTurn: (params: CommitTurnParams) => held(memory, nameOf(params), async () => engine.commitTurn?.(params)),
    afterTurn: (params: AfterTurnParams) => held(memory, nameOf(params), async () => engine.afterTurn?.(params)),
  }));
}
