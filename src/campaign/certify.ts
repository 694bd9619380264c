// The campaign for callers: certify, replay and the self-test with the real parts, the engine given as a path, a name, a factory or an adapter.

import type { Case, EngineAdapter, EngineFactory, Report } from "../define/index.js";
import { engineNames } from "../discover.js";
import { declare, loadedFromFactory } from "../load/index.js";
import { breakById } from "./adapter-of.js";
import { HUNT_LIMITS, type ShrunkKill, smallestKill } from "./first-kill.js";
import { refuseUnknownClauses } from "./named-clauses.js";
import { type CertifyOptions, DEFAULT_MEMORY_MB, DEFAULT_SHRINK_RUNS, DEFAULT_SHRINK_TIME_MS, workersOf } from "./options.js";
import type { Parts } from "./parts.js";
import { realParts } from "./real-parts.js";
import { type Replay, type ReplayOptions, replayWith } from "./replay.js";
import { certifyWith } from "./run.js";
import { type Selftest, type SelftestOptions, selftestWith } from "./selftest.js";
import { WorkerCrew } from "./supervisor.js";

/** An engine that came as a function is loaded by being there. */
function partsFor(engine: string | EngineFactory | EngineAdapter): Parts {
  if (typeof engine === "string") return realParts;
  const { spawnEngine: _onlyForFiles, ...parts } = realParts;
  return {
    ...parts,
    load: async () => {
      const loaded = loadedFromFactory(engine);
      refuseUnknownClauses(loaded.adapter, "the call");
      return { engine: loaded, declared: await declare(loaded) };
    },
  };
}

/**
 * Runs a campaign and answers the report, the same object as report.json. Prints and writes nothing.
 * Throws CtxspecError for wrong usage (exit 2) only: an engine that cannot be loaded (3) and a fault of ctxspec (70) are in the report.
 */
export function certify(options: CertifyOptions): Promise<Report> {
  return certifyWith(partsFor(options.engine), options);
}

/**
 * Plays one case and judges it by every clause that applies, with all their twins.
 * Throws CtxspecError: wrong usage, an engine that cannot be loaded, a fault of ctxspec.
 */
export function replay(theCase: Case, options: ReplayOptions): Promise<Replay> {
  return replayWith(partsFor(options.engine), theCase, options);
}

export interface CrewOptions {
  /** Worker processes; default: what the machine has. */
  workers?: number;
  nodePath?: string;
}

async function withCrew<T>(options: CrewOptions, work: (crew: WorkerCrew) => Promise<T>): Promise<T> {
  const node = options.nodePath === undefined ? {} : { nodePath: options.nodePath };
  const crew = new WorkerCrew({ workers: Math.max(1, workersOf(options.workers)), memoryMb: DEFAULT_MEMORY_MB, ...node });
  try {
    return await work(crew);
  } finally {
    await crew.close();
  }
}

/** Every break against every clause, every conforming engine against all. Throws CtxspecError: an unknown name, a fault of ctxspec. */
export function selftest(options: SelftestOptions & CrewOptions = {}): Promise<Selftest> {
  return withCrew(options, (crew) => selftestWith(crew, realParts, engineNames(), options));
}

/** The smallest case in which a break's own clause finds it, with its history: what `explain` shows. */
export async function smallestCaseOf(
  breakId: string,
  options: CrewOptions & { seed?: number; maxCases?: number } = {},
): Promise<ShrunkKill> {
  const broken = await breakById(breakId);
  const hunting = {
    seed: options.seed ?? 1,
    maxCases: options.maxCases ?? 400,
    limits: HUNT_LIMITS,
    order: "aimed-first" as const,
  };
  return withCrew({ workers: 1, ...options }, (crew) =>
    smallestKill(crew, realParts, broken, { ...hunting, shrinkRuns: DEFAULT_SHRINK_RUNS, shrinkTimeMs: DEFAULT_SHRINK_TIME_MS }),
  );
}
