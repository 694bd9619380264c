// After an interrupt the cases under way get a moment to end; then their processes are ended, and what they were at is left out of the
// report. Whoever sends the signal often kills a few seconds later.

import type { Crew } from "./crew.js";
import { after } from "./real-time.js";

/** Milliseconds that cases under way get. */
const MOMENT_MS = 2_000;

export interface LettingGo {
  /** Resolves when nobody should wait for cases under way any more. */
  over: Promise<void>;
  /** The run has ended by itself. */
  cancel(): void;
}

/** Undefined where there is no signal, or no process that could be ended. */
export function lettingGo(signal: AbortSignal | undefined, crew: Crew): LettingGo | undefined {
  if (signal === undefined || crew.abandon === undefined) return undefined;
  let cancel = (): void => {};
  const over = new Promise<void>((resolve) => {
    const begin = () => {
      cancel = after(MOMENT_MS, () => {
        crew.abandon?.();
        resolve();
      });
    };
    if (signal.aborted) begin();
    else signal.addEventListener("abort", begin, { once: true });
  });
  return { over, cancel: () => cancel() };
}
