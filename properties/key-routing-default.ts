// Judges the host: what is no isolated heartbeat run keeps the key it always had. The per-run key must not reach ordinary turns.

import { APPLIES, defineClause, type Finding, type HostPolicy, type TurnKind } from "../src/define/index.js";
import { indexOf, type Turn } from "../src/judge/index.js";

const DEFAULT_KINDS: ReadonlySet<TurnKind> = new Set(["ordinary", "heartbeat-shared", "announce", "child", "recovery", "cron"]);

/** The turn's key as its first call with a key carries it; that later ones carry the same is key-one-per-turn's matter. */
function findingOf(turn: Turn): Finding | undefined {
  const { routingKey } = turn.session;
  const call = turn.calls.find(({ event }) => event.names.includes("sessionKey"));
  if (call === undefined || call.event.params.sessionKey === routingKey) return undefined;
  const kind = turn.start.turn.kind === "heartbeat-shared" ? "shared tick" : `${turn.start.turn.kind} turn`;
  return {
    message: `${call.event.method} (${call.event.phase}) of the ${kind} ${turn.id} does not carry the routing key.`,
    expected: `sessionKey ${routingKey}`,
    actual: `sessionKey ${String(call.event.params.sessionKey)}`,
    at: call.event.i,
    blame: [turn.start.i, call.event.i],
  };
}

export default defineClause({
  id: "key-routing-default",
  title: "Ordinary turns and shared ticks give the engine the routing key unchanged",
  level: "must",
  who: "host",
  family: "keys",
  pair: "key-fresh-per-tick",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/pull/84248",
      says: "only isolated heartbeats get a context-engine key of their own; ordinary runs stay as they were",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/84936",
      says: "another key than the canonical one, for engine calls only, cost a session its history",
    },
  ],
  bugs: ["policy-key-in-engine"],
  applies: () => APPLIES,
  check(history) {
    const findings: Finding[] = [];
    for (const turn of indexOf(history).turns) {
      const finding = DEFAULT_KINDS.has(turn.start.turn.kind) ? findingOf(turn) : undefined;
      if (finding !== undefined) findings.push(finding);
    }
    return findings;
  },
  witness(history) {
    const { turns } = indexOf(history);
    const count = (kind: TurnKind) => turns.filter((turn) => turn.start.turn.kind === kind && turn.calls.length > 0).length;
    return Math.min(count("ordinary"), count("heartbeat-shared"));
  },
  breaks: [
    {
      id: "key-routing-default/shared-tick-as-run",
      about:
        "Every heartbeat is given a key of its own, the shared ones too: the tick no longer sees the conversation it belongs to.",
      recorded: "shared ticks run under key and session id of the main session (c1)",
      minimalSteps: 1,
      host: (policy): HostPolicy => ({
        ...policy,
        engineKey: (about) =>
          about.kind === "heartbeat-shared" ? `${about.routingKey}:heartbeat-run:${about.sessionId}` : policy.engineKey(about),
      }),
    },
    {
      id: "key-routing-default/policy-key",
      about: "A key made for another purpose replaces the canonical one in ordinary turns, for engine calls only.",
      bugs: ["policy-key-in-engine"],
      minimalSteps: 1,
      host: (policy): HostPolicy => ({
        ...policy,
        engineKey: (about) => (about.kind === "ordinary" ? `${about.routingKey}:direct` : policy.engineKey(about)),
      }),
    },
  ],
});
