// Building blocks of engines that leave timers behind. The timers do nothing when they fire.

import type { AssembleParams } from "../../src/define/index.js";
import { type Wrap, withMethods } from "./history-wraps.js";

const HOUR_MS = 3_600_000;

/** interval: one for each instance. deadline: one for each assemble. */
export function leaksPerInstance(kind: "interval" | "deadline"): Wrap {
  return withMethods((engine) => {
    if (kind === "interval") {
      setInterval(() => undefined, HOUR_MS);
      return {};
    }
    return {
      assemble: async (params: AssembleParams) => {
        setTimeout(() => undefined, HOUR_MS);
        return engine.assemble(params);
      },
    };
  });
}

/** Work that holds the event loop for so many milliseconds. */
export function busyFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until) Math.sqrt(until);
}
