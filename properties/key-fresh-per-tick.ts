// Judges the host: every isolated run is a session the engine has never seen. Reads what the host meant and what it really passed.

import { APPLIES, defineClause, type Finding, type HostPolicy, type SessionRef } from "../src/define/index.js";
import { type Index, indexOf, isIsolatedRun, laneOf, nameOf, type Turn } from "../src/judge/index.js";

/** Session ids met in calls and turns, with the first event and the turn they belong to. */
type Met = Map<string, { at: number; turn: string | undefined }>;

function metBefore(index: Index): Met {
  const met: Met = new Map();
  const meet = (id: unknown, at: number, turn: string | undefined) => {
    if (typeof id === "string" && !met.has(id)) met.set(id, { at, turn });
  };
  for (const event of index.history.events) {
    if (event.kind === "host" && event.what === "turn-start") meet(event.session.sessionId, event.i, event.turn.id);
    if (event.kind === "call") {
      meet(event.session?.sessionId, event.i, event.turn?.id);
      meet(event.params.sessionId, event.i, event.turn?.id);
    }
  }
  return met;
}

const DELIVERIES = new Set(["commitTurn", "afterTurn", "ingestBatch", "ingest"]);

/** `<base>:heartbeat-run:<sessionId>`: the context-engine key of a run that has one of its own. */
function perRunKey(session: SessionRef): string {
  return `${session.routingKey.replace(/:heartbeat$/, "")}:heartbeat-run:${session.sessionId}`;
}

function idFinding(turn: Turn, met: Met): Finding | undefined {
  const first = met.get(turn.session.sessionId);
  if (first === undefined || first.turn === turn.id) return undefined;
  return {
    message: `The isolated run ${turn.id} of lane ${laneOf(turn.session)} started under a session id that was in use before.`,
    expected: "a session id no earlier call or turn carried",
    actual: `${turn.session.sessionId}, first seen in ${first.turn ?? "a call outside any turn"}`,
    at: turn.start.i,
    blame: [first.at, turn.start.i],
  };
}

function keyFinding(turn: Turn): Finding | undefined {
  const expected = perRunKey(turn.session);
  if (turn.session.key !== expected) {
    return {
      message: `The isolated run ${turn.id} has no context-engine key of its own.`,
      expected,
      actual: `${turn.session.key} (${nameOf(turn.session)})`,
      at: turn.start.i,
      blame: [turn.start.i],
    };
  }
  const delivered = turn.calls.filter(({ event }) => DELIVERIES.has(event.method) && event.names.includes("sessionKey"));
  const call = delivered.find(({ event }) => event.params.sessionKey !== expected);
  if (call === undefined) return undefined;
  return {
    message: `${call.event.method} about the isolated run ${turn.id} (${call.event.phase}) carried another key than the run's own.`,
    expected,
    actual: String(call.event.params.sessionKey),
    at: call.event.i,
    blame: [turn.start.i, call.event.i],
  };
}

/** An ordinary turn addressed to a lane's key is no run of its own: it carries the routing key. */
function addressedFinding(turn: Turn): Finding | undefined {
  if (turn.start.turn.kind !== "ordinary" || !isIsolatedRun(turn.session) || turn.session.key === turn.session.routingKey)
    return undefined;
  return {
    message: `The ordinary turn ${turn.id} was given an isolated run's key.`,
    expected: turn.session.routingKey,
    actual: turn.session.key,
    at: turn.start.i,
    blame: [turn.start.i],
  };
}

/** Starts of isolated runs: ticks and cron runs, not the turns that go on in one (addressed to its key, recovery after a kill). */
function isRun(turn: Turn): boolean {
  return isIsolatedRun(turn.session) && (turn.start.turn.kind === "heartbeat-isolated" || turn.start.turn.kind === "cron");
}

export default defineClause({
  id: "key-fresh-per-tick",
  title: "Every isolated run comes to the engine as a session it has never seen",
  level: "must",
  who: "host",
  family: "keys",
  pair: "key-routing-stable",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/pull/84248",
      says: "an isolated heartbeat starts without earlier conversation: a new session id per tick, and a context-engine key per tick",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/66659",
      says: "a session id carried over from tick to tick made every tick pay for all before it",
    },
  ],
  bugs: ["hb-entry-carry-over", "hb-shared-engine-key"],
  applies: () => APPLIES,
  check(history, _twins, { profile }) {
    const index = indexOf(history);
    const met = metBefore(index);
    const perRun = profile.keyPolicy === "per-run";
    const findings: Finding[] = [];
    for (const turn of index.turns) {
      const isTick = turn.start.turn.kind === "heartbeat-isolated";
      const finding = isRun(turn)
        ? (idFinding(turn, met) ?? (perRun && isTick ? keyFinding(turn) : undefined))
        : addressedFinding(turn);
      if (finding !== undefined) findings.push(finding);
    }
    return findings;
  },
  witness(history) {
    const lanes = new Map<string, number>();
    for (const turn of indexOf(history).turns.filter(isRun))
      lanes.set(laneOf(turn.session), (lanes.get(laneOf(turn.session)) ?? 0) + 1);
    return [...lanes.values()].reduce((sum, runs) => sum + runs - 1, 0);
  },
  breaks: [
    {
      id: "key-fresh-per-tick/entry-carried-over",
      about: "The lane's entry keeps the session id of its last run, so every tick goes on where the last one ended.",
      bugs: ["hb-entry-carry-over"],
      minimalSteps: 2,
      host: (policy): HostPolicy => ({ ...policy, runSessionId: ({ fresh, last }) => last ?? fresh }),
    },
    {
      id: "key-fresh-per-tick/stable-engine-key",
      about: "The host mints a session id per tick and gives the engine the lane's stable key all the same.",
      bugs: ["hb-shared-engine-key"],
      hosts: ["heartbeat-run", "heartbeat-run-durable"],
      minimalSteps: 1,
      host: (policy): HostPolicy => ({ ...policy, engineKey: (about) => policy.engineKey({ ...about, perRun: false }) }),
    },
  ],
});
