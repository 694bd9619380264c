// Calls a factory with less than a full context, in a process of its own: no recorded host does so, and what an engine begins there (work in
// the background, an end of the process) must not reach the case that is judged.

import type { EngineProcess, SparseCall, SpawnEngine } from "../define/index.js";
import { TIMED_OUT, within } from "./clock.js";
import type { CaseDirs } from "./dirs.js";
import { thrownData } from "./thrown.js";

/** The factory is called so after every second case that has a process of its own, by the case's seed. */
const SPARSE_EVERY = 2;
const LONGEST_LIMIT_MS = 5_000;
const NO_ANSWER = "TimeoutError";
const NOBODY_LEFT: ReadonlySet<string> = new Set([NO_ANSWER, "ProcessGone"]);

export const isSparseCase = (seed: number): boolean => seed % SPARSE_EVERY === 0;

/** With an empty context and with the configuration alone, unless the first call left nobody to ask. No call where no process could be started. */
export async function callSparsely(
  spawn: SpawnEngine,
  dirs: CaseDirs,
  config: Record<string, unknown>,
  limitMs: number,
): Promise<SparseCall[]> {
  const started = await spawn({ ...dirs, cwd: dirs.workspace }).catch(() => undefined);
  if (started === undefined) return [];
  try {
    const calls: SparseCall[] = [];
    for (const context of [{}, { config }]) {
      const error = await errorOf(started, context, Math.min(limitMs, LONGEST_LIMIT_MS));
      calls.push({ names: Object.keys(context), ...(error === undefined ? {} : { error }) });
      if (error !== undefined && NOBODY_LEFT.has(error.name)) break;
    }
    return calls;
  } finally {
    await started.close();
  }
}

async function errorOf(started: EngineProcess, context: object, limitMs: number): Promise<SparseCall["error"]> {
  try {
    const made = await within(Promise.resolve(started.factory(context)), limitMs);
    return made === TIMED_OUT ? { name: NO_ANSWER, message: `no answer within ${limitMs} ms` } : undefined;
  } catch (error) {
    const { name, message } = thrownData(error);
    return { name, message };
  }
}
