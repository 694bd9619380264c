// What a process that holds an engine needs of itself: its channel to the supervisor, and the listeners that keep an engine's accidents from
// ending it. In a gateway there is no such channel, so the engine does not see it; a listener of the host's that it removes is there again at once.

import type { EventEmitter } from "node:events";

type Removal = "removeListener" | "off" | "removeAllListeners";

const REMOVALS: readonly Removal[] = ["removeListener", "off", "removeAllListeners"];
/** By these two the channel knows whether somebody listens, and keeps the process alive for them. */
const UNDERNEATH = ["newListener", "removeListener"];
const NEEDED = [...UNDERNEATH, "message", "disconnect", "uncaughtException", "unhandledRejection", "SIGINT", "SIGTERM"];

/** Answers what sends to the process that started this one; undefined where none did. Nobody else can send or hang up afterwards. */
export function takeLine(): ((message: unknown) => void) | undefined {
  const send = process.send?.bind(process);
  if (send === undefined) return undefined;
  Reflect.deleteProperty(process, "send");
  process.disconnect = () => {};
  return (message) => void send(message, undefined, undefined, () => {});
}

/** From here on the listeners there are stay. `removed` hears of each that somebody tried to take away, by the name of its event. */
export function keepListeners(removed: (event: string) => void, on: EventEmitter = process): void {
  const own = NEEDED.flatMap((event) => on.listeners(event).map((listener) => ({ event, listener: listener as () => void })));
  const mend = (): void => {
    for (const { event, listener } of own) {
      if (on.listeners(event).includes(listener)) continue;
      on.prependListener(event, listener);
      if (!UNDERNEATH.includes(event)) removed(event);
    }
  };
  for (const name of REMOVALS) {
    const remove = on[name].bind(on) as (...given: unknown[]) => unknown;
    const value = (...given: unknown[]): EventEmitter => {
      remove(...given);
      mend();
      return on;
    };
    Object.defineProperty(on, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
