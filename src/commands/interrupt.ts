// Ctrl-C: the first stops the work cleanly, the second ends the process at once. Workers are ended with it: they watch for their parent.

export interface Interrupt {
  signal: AbortSignal;
  /** Gives the signals back. */
  release(): void;
}

const KILLED = 130;

/** `onFirst` is called once, when the work is asked to stop. */
export function catchInterrupt(onFirst: () => void): Interrupt {
  const controller = new AbortController();
  const listen = () => {
    if (controller.signal.aborted) process.exit(KILLED);
    controller.abort();
    onFirst();
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
