// Session keys of a trace as aliases of a case: sessions, heartbeat lanes and cron lanes.
// How a host resolves keys is not decided here; only which of the case's names a recorded key stands for.

import { type Lane, PROFILES, type StepOf } from "../define/index.js";
import type { CallRecord, Trace } from "./trace.js";

export type WakeKey = StepOf<"tick">["wakeKey"];

const HEARTBEAT = ":heartbeat";
const MAIN = "agent:main:main";

/** "base:heartbeat:heartbeat" → its base and how many times it ends so. */
export function heartbeatOf(key: string): { base: string; depth: number } {
  let base = key;
  let depth = 0;
  while (base.endsWith(HEARTBEAT)) {
    base = base.slice(0, -HEARTBEAT.length);
    depth += 1;
  }
  return { base, depth };
}

/** "v7-a1" and "sg-e2" are "a1" and "e2" run in another way: their sessions are named after the bare id. */
export const bareId = (id: string): string => id.replace(/^.*-/, "");

/** Key that most of the calls carry; a subagent's calls do not count. */
export function usualKey(calls: CallRecord[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { key } of calls) if (key !== undefined && !key.includes(":subagent:")) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/** Names given out while a case is derived. */
export class KeyBook {
  /** Alias → key text. */
  readonly keys: Record<string, string> = {};
  readonly lanes: Record<string, Lane> = {};
  readonly configured: string;

  readonly #durable: boolean;
  /** Ticks have sessions of their own; where they share one, a heartbeat key is a session's like any other. */
  readonly #isolated: boolean;

  constructor(trace: Trace) {
    this.#durable = PROFILES[trace.release].lifecycle === "durable";
    this.#isolated = trace.isolated;
    const session = trace.heartbeatSession ?? "main";
    this.configured = session.startsWith("agent:") ? session : `agent:main:${session}`;
  }

  /** The alias to address: a session's, or a heartbeat lane's where the key is one. */
  alias(key: string): string {
    const { base, depth } = this.#partsOf(key);
    return depth > 0 ? this.heartbeatLane(base) : this.session(key);
  }

  session(key: string): string {
    const known = Object.entries(this.keys).find(([, text]) => text === key);
    if (known !== undefined) return known[0];
    const short = /^agent:main:([A-Za-z0-9-]{1,30})$/.exec(key)?.[1] ?? "session";
    const alias = free(short, this.keys);
    this.keys[alias] = key;
    return alias;
  }

  heartbeatLane(base: string): string {
    const session = this.session(base);
    const known = Object.entries(this.lanes).find(([, lane]) => lane.kind === "heartbeat" && lane.session === session);
    if (known !== undefined) return known[0];
    const alias = free(`${session}-hb`, this.lanes);
    this.lanes[alias] = { kind: "heartbeat", session };
    return alias;
  }

  cronLane(job: string): string {
    const known = Object.entries(this.lanes).find(([, lane]) => lane.kind === "cron" && lane.job === job);
    if (known !== undefined) return known[0];
    const alias = free("cron", this.lanes);
    this.lanes[alias] = { kind: "cron", job };
    return alias;
  }

  #partsOf(key: string): { base: string; depth: number } {
    return this.#isolated ? heartbeatOf(key) : { base: key, depth: 0 };
  }

  /** To a durable host a system event without a key is the main session's, whichever session the ticks belong to. Recorded: 2026.9. */
  wokenBy(key: string | undefined): string | undefined {
    return key ?? (this.#durable && !this.mainIsConfigured ? MAIN : undefined);
  }

  /** Ticks belong to the main session. */
  get mainIsConfigured(): boolean {
    return this.configured === MAIN;
  }

  /** Lane and kind of key of a wake. A key that is no heartbeat key of the configured session wakes the lane of its own base. */
  wake(key: string | undefined): { lane: string; wakeKey: WakeKey } {
    if (key === undefined) return { lane: this.heartbeatLane(this.configured), wakeKey: "none" };
    const { base, depth } = this.#partsOf(key);
    const wakeKey = depth === 0 ? "base" : depth === 1 ? "heartbeat" : "heartbeat-twice";
    return { lane: this.heartbeatLane(base), wakeKey };
  }
}

function free(wanted: string, taken: Record<string, unknown>): string {
  if (!(wanted in taken)) return wanted;
  let n = 2;
  while (`${wanted}-${n}` in taken) n += 1;
  return `${wanted}-${n}`;
}
