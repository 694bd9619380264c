// Ctrl-C: the first stops the work cleanly, the second ends the process at once. Workers are ended with it: they watch for their parent.

import { nowMs } from "../campaign/real-time.js";

export interface Interrupt {
  signal: AbortSignal;
  /** Gives the signals back. */
  release(): void;
}

const KILLED = 130;
/** npx and timeout pass a signal on that the terminal has sent already: what follows this closely is the same one. */
const SAME_SIGNAL_MS = 1_000;

/** `onFirst` is called once, when the work is asked to stop. */
export function catchInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  let firstMs = 0;
  const listen = () => {
    if (!controller.signal.aborted) {
      firstMs = nowMs();
      controller.abort();
      onFirst();
    } else if (nowMs() - firstMs > SAME_SIGNAL_MS) process.exit(KILLED);
  };
  process.on("SIGINT", listen);
  process.on("SIGTERM", listen);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", listen);
      process.off("SIGTERM", listen);
    },
  };
}
