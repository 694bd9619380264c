// The key policy of real hosts: how a key as written becomes a routing key, how heartbeat wakes converge on one lane key, and which
// context-engine key a call carries. These are the decisions that host clauses judge (define/policy.ts).

import type { HeartbeatWake, HostPolicy } from "../define/index.js";

const SUFFIX = ":heartbeat";

/** Hosts trim and lower-case keys, except inside `signal:group:<segment>` and the tails of matrix rooms. */
export function normaliseKey(key: string): string {
  const trimmed = key.trim();
  const kept = /^(.*?(?:^|:)(?:signal:group:|matrix:channel:|matrix:group:))(.*)$/i.exec(trimmed);
  if (!kept) return trimmed.toLowerCase();
  const head = (kept[1] as string).toLowerCase();
  const tail = kept[2] as string;
  if (!head.endsWith("signal:group:")) return head + tail;
  const end = tail.indexOf(":");
  return end < 0 ? head + tail : head + tail.slice(0, end) + tail.slice(end).toLowerCase();
}

/** `key` without its trailing `:heartbeat`s, and whether there were any. */
function withoutSuffixes(key: string): { base: string; had: boolean } {
  let base = key;
  while (base.endsWith(SUFFIX)) base = base.slice(0, -SUFFIX.length);
  return { base, had: base !== key };
}

/** Recorded rule: stored base first, then the configured key, else a new suffix. */
export function routeHeartbeat({ requested, configured, storedBase }: HeartbeatWake): { key: string; base: string } {
  const key = requested ?? configured;
  if (key === "global") return { key: "agent:main:global:heartbeat", base: key };
  const { base, had } = withoutSuffixes(key);
  if (storedBase !== null && (key === storedBase || (had && startsAsSuffixed(key, storedBase))))
    return { key: storedBase + SUFFIX, base: storedBase };
  if (had && base === configured && !configured.endsWith(SUFFIX)) return { key: configured + SUFFIX, base: configured };
  return { key: key + SUFFIX, base: key };
}

/** key = base + one or more `:heartbeat`. */
function startsAsSuffixed(key: string, base: string): boolean {
  if (!key.startsWith(base)) return false;
  const rest = key.slice(base.length);
  return rest.length > 0 && rest.split(SUFFIX).every((piece) => piece === "");
}

export const truePolicy: HostPolicy = {
  routeHeartbeat,
  engineKey: ({ routingKey, sessionId, kind, perRun }) => {
    if (!perRun || kind !== "heartbeat-isolated") return routingKey;
    return `${routingKey.slice(0, -SUFFIX.length)}:heartbeat-run:${sessionId}`;
  },
  runSessionId: ({ fresh }) => fresh,
  heartbeatFlag: ({ heartbeat, supported }) => (supported ? heartbeat : undefined),
};

/** Key text a wake of this kind names. */
export function wakeKeyText(kind: "none" | "base" | "heartbeat" | "heartbeat-twice", base: string): string | null {
  switch (kind) {
    case "none":
      return null;
    case "base":
      return base;
    case "heartbeat":
      return base + SUFFIX;
    case "heartbeat-twice":
      return base + SUFFIX + SUFFIX;
  }
}
