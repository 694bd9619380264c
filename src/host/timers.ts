// Timers that an engine has set and not cleared, told apart by how long they run. A case squeezes days into milliseconds: a deadline of some
// seconds that nobody clears would be over before the next turn of a real host, while one of an hour, or an interval, adds up.

/** A timer set for less is over by itself before it can add up. */
const LONG_MS = 60_000;
const PRUNE_AT = 1_000;

interface NodeTimer {
  hasRef(): boolean;
  /** Node's own fields: the delay in milliseconds (-1 once cleared), whether it is over, the interval or null. */
  _idleTimeout?: number;
  _destroyed?: boolean;
  _repeat?: number | null;
}

const realSetTimeout = globalThis.setTimeout;
const set = new Set<NodeTimer>();

const isLive = (timer: NodeTimer): boolean => timer._destroyed !== true;
const isShort = ({ _repeat, _idleTimeout }: NodeTimer): boolean =>
  (_repeat ?? null) === null && _idleTimeout !== undefined && _idleTimeout < LONG_MS;

function prune(): void {
  for (const timer of set) if (!isLive(timer)) set.delete(timer);
}

/** Watches `setTimeout` from now on; answers what puts the real one back. Intervals need no watching: they never end by themselves. */
export function watchTimers(): () => void {
  const before = globalThis.setTimeout;
  const watched = (...args: Parameters<typeof setTimeout>) => {
    const timer = realSetTimeout(...args);
    if (set.size > PRUNE_AT) prune();
    set.add(timer as unknown as NodeTimer);
    return timer;
  };
  // util.promisify finds its own form of it as a property.
  globalThis.setTimeout = Object.defineProperties(watched, Object.getOwnPropertyDescriptors(realSetTimeout)) as typeof setTimeout;
  return () => {
    globalThis.setTimeout = before;
  };
}

/** How many timers keep the process waiting now and are over within a minute. */
export function shortTimers(): number {
  prune();
  return [...set].filter((timer) => timer.hasRef() && isShort(timer)).length;
}
