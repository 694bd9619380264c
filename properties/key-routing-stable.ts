// Judges the host: one heartbeat lane has one routing key, whichever key woke it. Reads the wakes a host recorded at the start of
// its isolated ticks; which key the engine was given is key-one-per-turn's and key-fresh-per-tick's matter.

import { APPLIES, defineClause, type Finding, type HeartbeatWake } from "../src/define/index.js";
import { type Index, indexOf, isIsolatedRun, laneOf, type Turn } from "../src/judge/index.js";

const SUFFIX = ":heartbeat";

/** One isolated tick with what woke it. */
interface Tick {
  turn: Turn;
  lane: string;
  wake: NonNullable<Turn["start"]["wake"]>;
  key: string;
}

function ticksOf(index: Index): Tick[] {
  const ticks: Tick[] = [];
  for (const turn of index.turns) {
    const { wake } = turn.start;
    if (
      turn.start.turn.kind !== "heartbeat-isolated" ||
      wake === undefined ||
      wake.via !== "tick" ||
      !isIsolatedRun(turn.session)
    )
      continue;
    ticks.push({ turn, lane: laneOf(turn.session), wake, key: turn.session.routingKey });
  }
  return ticks;
}

/** key = base followed by one or more suffixes. */
function isSuffixed(key: string, base: string): boolean {
  return key.startsWith(base) && /^(?::heartbeat)+$/.test(key.slice(base.length));
}

/** The recorded rule: the stored base, then the configured key, else the requested key with one suffix more. */
function resolve(wake: HeartbeatWake): string {
  const requested = wake.requested ?? wake.configured;
  if (wake.storedBase !== null && isSuffixed(requested, wake.storedBase)) return wake.storedBase + SUFFIX;
  if (isSuffixed(requested, wake.configured) && !wake.configured.endsWith(SUFFIX)) return wake.configured + SUFFIX;
  return requested + SUFFIX;
}

function sameKey(a: string, b: string): boolean {
  return a.trim().toLowerCase().normalize("NFC") === b.trim().toLowerCase().normalize("NFC");
}

/** The global scope has a form of its own. */
function isGlobal(tick: Tick): boolean {
  return (tick.wake.requested ?? tick.wake.configured) === "global" && /^agent:[^:]+:global:heartbeat$/.test(tick.key);
}

function ruleFinding(tick: Tick): Finding | undefined {
  const expected = resolve(tick.wake);
  if (sameKey(tick.key, expected) || isGlobal(tick)) return undefined;
  const woken = tick.wake.requested === null ? "no key" : `the key ${tick.wake.requested}`;
  return {
    message: `The tick ${tick.turn.id} of lane ${tick.lane}, woken with ${woken}, got the routing key ${tick.key}.`,
    expected: `${expected} (configured ${tick.wake.configured}, stored base ${tick.wake.storedBase ?? "none"})`,
    actual: tick.key,
    at: tick.turn.start.i,
    blame: [tick.turn.start.i],
  };
}

/** A lane whose configured key itself ends in the suffix may move once: recorded hosts do that. */
function changeFinding(first: Tick, tick: Tick): Finding | undefined {
  if (sameKey(first.key, tick.key) || first.wake.configured !== tick.wake.configured || tick.wake.configured.endsWith(SUFFIX))
    return undefined;
  const grew = tick.key.length > first.key.length ? "longer than" : "another than";
  return {
    message: `The routing key of lane ${tick.lane} did not stay the same: tick ${tick.turn.id} has ${grew} tick ${first.turn.id}'s.`,
    expected: first.key,
    actual: tick.key,
    at: tick.turn.start.i,
    blame: [first.turn.start.i, tick.turn.start.i],
  };
}

export default defineClause({
  id: "key-routing-stable",
  title: "One heartbeat lane has the same routing key on every tick, whichever key woke it, and the key never grows",
  level: "must",
  who: "host",
  family: "keys",
  pair: "key-fresh-per-tick",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/issues/59493",
      says: "a wake with a key that was already isolated got the suffix once more, and an orphan session with it",
    },
    {
      url: "https://github.com/openclaw/openclaw/pull/84248",
      says: "routing and delivery keep the stable key; wakes with the base key and with the heartbeat key converge on it",
    },
  ],
  bugs: ["hb-suffix-growth", "hb-nested-key-and-file", "key-case-ghosts", "hb-monitor-wrong-session"],
  applies: () => APPLIES,
  check(history) {
    const findings: Finding[] = [];
    const first = new Map<string, Tick>();
    for (const tick of ticksOf(indexOf(history))) {
      const before = first.get(tick.lane);
      if (before === undefined) first.set(tick.lane, tick);
      const finding = (before === undefined ? undefined : changeFinding(before, tick)) ?? ruleFinding(tick);
      if (finding !== undefined) findings.push(finding);
    }
    return findings;
  },
  witness(history) {
    const byLane = new Map<string, Tick[]>();
    for (const tick of ticksOf(indexOf(history))) byLane.set(tick.lane, [...(byLane.get(tick.lane) ?? []), tick]);
    let pairs = 0;
    for (const ticks of byLane.values()) {
      pairs += ticks
        .slice(1)
        .filter((tick) => ticks[0]?.key !== undefined && (tick.wake.requested ?? "").endsWith(SUFFIX)).length;
    }
    return pairs;
  },
  breaks: [
    {
      id: "key-routing-stable/suffix-growth",
      about: "The host appends `:heartbeat` to whatever key woke the lane, so a wake by the lane's own key makes a longer one.",
      bugs: ["hb-suffix-growth"],
      minimalSteps: 1,
      host: (policy) => ({
        ...policy,
        routeHeartbeat: ({ requested, configured }) => ({
          key: (requested ?? configured) + SUFFIX,
          base: requested ?? configured,
        }),
      }),
    },
    {
      id: "key-routing-stable/stored-base-grows",
      about:
        "A stored base is taken for the wake's own key: every tick after the first derives from the last tick's key, and the lane gets a new key each time.",
      bugs: ["hb-nested-key-and-file"],
      minimalSteps: 2,
      host: (policy) => ({
        ...policy,
        routeHeartbeat(wake) {
          const routed = policy.routeHeartbeat(wake);
          return wake.storedBase === null
            ? routed
            : { key: `${wake.storedBase}${SUFFIX}${SUFFIX}`, base: `${wake.storedBase}${SUFFIX}` };
        },
      }),
    },
  ],
});
