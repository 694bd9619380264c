// What certify takes, and the numbers that hold where nothing was said.

import { availableParallelism } from "node:os";
import { type Case, CtxspecError, type EngineAdapter, type EngineFactory } from "../define/index.js";
import type { GivenBaseline } from "./baseline.js";
import type { PlayLimits } from "./parts.js";
import type { Preset } from "./preset.js";
import type { HostDone, Progress } from "./progress.js";

export interface CertifyOptions {
  /**
   * A path, a package or the name of a built-in engine: played in worker processes.
   * A factory or an adapter object: played in this process, one case at a time, without protection against endless loops and exits.
   */
  engine: string | EngineFactory | EngineAdapter;
  engineId?: string;
  /** Folder from which paths and packages are resolved; default: the current one. */
  cwd?: string;
  /** Profile ids; default: all that apply. */
  hosts?: string[];
  /** Cases per profile. Replaces the preset. */
  cases?: number;
  /** Milliseconds for playing cases, all profiles together. Replaces the preset. */
  timeMs?: number;
  /** Default: ci. */
  preset?: Preset;
  /** Default: 1. */
  seed?: number;
  only?: string[];
  skip?: string[];
  /** A violated should counts. */
  strict?: boolean;
  /** Worker processes; default: what the machine has. 0: none, everything in this process. */
  workers?: number;
  /** "2/5": this run plays every fifth case. */
  shard?: string;
  /** Real milliseconds a call may take; compact and maintain get three times that. Default 10,000. */
  callTimeoutMs?: number;
  /** Plays while shrinking, per finding. Default 2,000. */
  shrinkRuns?: number;
  /** Real milliseconds while shrinking, per finding: the emergency brake. Default 120,000. */
  shrinkTimeMs?: number;
  /** Ends the campaign at the first violation that counts. */
  bail?: boolean;
  /** The Node that runs the engine. */
  nodePath?: string;
  /** Heap limit of a worker in megabytes. Default 512. */
  memoryMb?: number;
  /** Cases played before the generated ones, each under its own profile. */
  extraCases?: Case[];
  /** Violations that are known: excused until their date. */
  baseline?: GivenBaseline;
  /** Folder of the report, named in replay commands. Default "ctxspec-report". */
  out?: string;
  onProgress?(progress: Progress): void;
  /** A profile is ready: its cases are played and its violations looked into. */
  onHostDone?(done: HostDone): void;
  /** Stops cleanly, with a report of what was done. */
  signal?: AbortSignal;
}

/** What stands for an engine that came as a function. */
export const IN_PROCESS = "(in process)";
export const DEFAULT_SEED = 1;
export const DEFAULT_OUT = "ctxspec-report";
export const DEFAULT_SHRINK_RUNS = 2_000;
export const DEFAULT_SHRINK_TIME_MS = 120_000;
export const DEFAULT_MEMORY_MB = 512;
const DEFAULT_CALL_TIMEOUT_MS = 10_000;
const COMPACT_FACTOR = 3;

export function limitsOf(callTimeoutMs: number | undefined): PlayLimits {
  const limit = callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS;
  if (!(Number.isFinite(limit) && limit > 0)) {
    throw new CtxspecError(
      "usage-option",
      `--call-timeout must be more than 0 milliseconds, but is ${limit}`,
      "The default is 10000.",
    );
  }
  return { callTimeoutMs: limit, compactTimeoutMs: limit * COMPACT_FACTOR };
}

/** Real milliseconds for loading an engine: a minute by default, less where somebody is in a hurry. */
export function loadLimitFor(callTimeoutMs: number): number {
  return Math.max(5_000, Math.min(60_000, callTimeoutMs * 6));
}

export function workersOf(workers: number | undefined): number {
  if (workers === undefined) return Math.max(1, availableParallelism());
  if (!(Number.isInteger(workers) && workers >= 0 && workers <= 256)) {
    throw new CtxspecError(
      "usage-option",
      `--workers must be a whole number from 0 to 256, but is ${workers}`,
      "0 plays in this process.",
    );
  }
  return workers;
}

export function seedOf(seed: number | undefined): number {
  if (seed === undefined) return DEFAULT_SEED;
  if (Number.isSafeInteger(seed)) return seed;
  throw new CtxspecError("usage-option", `--seed must be a whole number, but is ${seed}`, "Any whole number will do, e.g. 1.");
}

/** The command that plays a saved case again; `caseFile` is relative to the report's folder. */
export function replayCommand(options: CertifyOptions, caseFile: string): string {
  const file = `${(options.out ?? DEFAULT_OUT).replace(/\/+$/, "")}/${caseFile}`;
  const engine = typeof options.engine === "string" ? ` ${quoted(options.engine)}` : "";
  const id = options.engineId === undefined ? "" : ` --engine-id ${quoted(options.engineId)}`;
  return `npx ctxspec replay ${quoted(file)}${engine}${id}`;
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
