// One trace, end to end: derive, play with the scripted engine, compare.

import type { EngineFactory, EngineProcess, HostWorld } from "../define/index.js";
import { type PlayOptions, playCase } from "../host/index.js";
import { type Difference, firstDifference } from "./compare.js";
import { derive } from "./derive.js";
import { scriptedEngine } from "./scripted-engine.js";
import { seenInHistory } from "./seen-in-history.js";
import { seenInTrace } from "./seen-in-trace.js";
import type { Trace } from "./trace.js";

export type Fidelity =
  | { verdict: "same"; notes: string[] }
  | { verdict: "differs"; difference: Difference; notes: string[] }
  /** The host itself failed while playing. */
  | { verdict: "fault"; message: string; notes: string[] };

/** A kill of a recording ends no real process: the next instance simply belongs to another one. */
const inNameOnly = (factory: EngineFactory) => async (): Promise<EngineProcess> => ({
  factory,
  settle: async () => undefined,
  residue: async () => ({ active: {}, blockedMs: 0 }),
  setClock: () => {},
  armWriteKill: () => {},
  kill: async () => {},
  close: async () => {},
  writes: () => 0,
});

export async function fidelityOf(trace: Trace): Promise<Fidelity> {
  const { case: theCase, world, notes } = derive(trace);
  const adapter = scriptedEngine(trace);
  const options: PlayOptions & { world: HostWorld } = { world, probe: false, spawnEngine: inNameOnly(adapter.factory) };
  try {
    const history = await playCase(theCase, { adapter }, options);
    const skipped = history.events.flatMap((event) =>
      event.kind === "skipped" ? [`${event.step} was skipped: ${event.reason}`] : [],
    );
    const difference = firstDifference(seenInTrace(trace), seenInHistory(history, trace.window));
    if (difference === undefined) return { verdict: "same", notes };
    return { verdict: "differs", difference, notes: [...notes, ...skipped] };
  } catch (error) {
    return { verdict: "fault", message: error instanceof Error ? (error.stack ?? error.message) : String(error), notes };
  }
}
