// Time. The virtual clock is the only time an engine sees (`Date`); it stands still but for a
// millisecond with every call and every summary, since engines make ids of the time. Real time is used here and nowhere
// else in the host: to bound calls, and to wait for an engine's background work.

import { shortTimers, watchTimers } from "./timers.js";
import { virtualDate } from "./virtual-date.js";

// Captured before anything is replaced.
const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;
const realSetImmediate = globalThis.setImmediate;
const RealPromise = globalThis.Promise;
const realPerformance = globalThis.performance;

export interface VirtualClock {
  now(): number;
  /** Jumps, backwards too. */
  set(atMs: number): void;
  /** A millisecond goes by. */
  pass(): void;
  restore(): void;
}

export function startClock(atMs: number): VirtualClock {
  let nowMs = atMs;
  const before = globalThis.Date;
  globalThis.Date = virtualDate(() => nowMs);
  const unwatch = watchTimers();
  return {
    now: () => nowMs,
    set: (at) => {
      nowMs = at;
    },
    pass: () => {
      nowMs += 1;
    },
    restore: () => {
      unwatch();
      globalThis.Date = before;
    },
  };
}

export const TIMED_OUT = Symbol("timed out");

/** The promise's outcome, or TIMED_OUT after `limitMs` real milliseconds; never leaves a timer behind. */
export function within<T>(promise: PromiseLike<T>, limitMs: number): Promise<T | typeof TIMED_OUT> {
  return new RealPromise((resolve, reject) => {
    const timer = realSetTimeout(() => resolve(TIMED_OUT), limitMs);
    promise.then(
      (value) => {
        realClearTimeout(timer);
        resolve(value);
      },
      (error) => {
        realClearTimeout(timer);
        reject(error);
      },
    );
  });
}

/** Runs `work` after real milliseconds unless cancelled. */
export function after(limitMs: number, work: () => void): () => void {
  const timer = realSetTimeout(work, limitMs);
  return () => realClearTimeout(timer);
}

/** One turn of the event loop. */
export const tick = (): Promise<void> => new RealPromise((resolve) => realSetImmediate(resolve));

/** Runs `work` in the next turn of the event loop. */
export function soon(work: () => void): void {
  realSetImmediate(work);
}

const BUSY = new Set([
  "Timeout",
  "Immediate",
  "FSReqCallback",
  "FSReqPromise",
  "CloseReq",
  "GetAddrInfoReqWrap",
  "WorkerThread",
  "Zlib",
]);

/** Active resources that mean pending work, by type. Unreferenced timers do not count. */
export function activeWork(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) if (BUSY.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

/** What is active now and was not in `before`, by type; timers that are over within a minute left out. */
export function beyond(before: Map<string, number>): Record<string, number> {
  const short = shortTimers();
  const left = [...activeWork()].map(
    ([type, count]) => [type, count - (before.get(type) ?? 0) - (type === "Timeout" ? short : 0)] as const,
  );
  return Object.fromEntries(left.filter(([, count]) => count > 0));
}

/** Waits until nothing beyond `idle` is pending, at most `limitMs` real milliseconds; answers what still runs, undefined when nothing does. */
export async function settled(idle: Map<string, number>, limitMs: number): Promise<Map<string, number> | undefined> {
  const startedAt = realPerformance.now();
  for (;;) {
    await tick();
    const now = activeWork();
    if (![...now].some(([type, count]) => count > (idle.get(type) ?? 0))) return undefined;
    if (realPerformance.now() - startedAt > limitMs) return now;
    if (realPerformance.now() - startedAt > 2) await new RealPromise<void>((resolve) => realSetTimeout(resolve, 1));
  }
}

/** Milliseconds on the real, monotonic clock. */
export const realNowMs = (): number => realPerformance.now();
