// Real time for supervision: limits, polling, durations. The only file of the campaign that touches a wall clock or a timer.
// Captured before any engine can replace a global; the simulated host's virtual clock lives in src/host/clock.ts.

const realSetTimeout = globalThis.setTimeout;
const realClearTimeout = globalThis.clearTimeout;
const realSetInterval = globalThis.setInterval;
const realClearInterval = globalThis.clearInterval;
const RealDate = globalThis.Date;
const realPerformance = globalThis.performance;

/** Milliseconds on a monotonic clock; only differences mean something. */
export function nowMs(): number {
  return realPerformance.now();
}

/** The wall clock as ISO 8601, for `run.startedAt`. */
export function wallClock(): string {
  return new RealDate(realPerformance.timeOrigin + realPerformance.now()).toISOString();
}

/** Runs `work` once after `ms`; answers a function that cancels it. */
export function after(ms: number, work: () => void): () => void {
  const timer = realSetTimeout(work, ms);
  return () => realClearTimeout(timer);
}

/** Runs `work` every `ms` without keeping the process alive; answers a function that stops it. */
export function every(ms: number, work: () => void): () => void {
  const timer = realSetInterval(work, ms);
  timer.unref();
  return () => realClearInterval(timer);
}

/** Lets the event loop turn, so that signals and progress are seen between two cases played in this process. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
