// Judges the host: all calls about one logical turn name the same session. Compares the parameters an engine was really given with the
// turn they belong to. Which key a turn should have is not asked here: key-routing-default and key-fresh-per-tick do.

import { APPLIES, defineClause, type Finding, type HostPolicy, notApplicable } from "../src/define/index.js";
import { type Call, type Index, indexOf, nameOf, type Turn } from "../src/judge/index.js";

/** The turn's own key is one no turn may have: the bare session id, or the key of another session. */
function foreignFinding(index: Index, turn: Turn): Finding | undefined {
  const { key, routingKey, sessionId } = turn.session;
  if (key === routingKey) return undefined;
  const other = index.turns.find((candidate) => candidate.session.routingKey === key);
  if (key !== sessionId && other === undefined) return undefined;
  const whose = other === undefined ? "the bare session id" : `the key of ${nameOf(other.session)}`;
  return {
    message: `The turn ${turn.id} is played under a key that is not its session's: ${whose}.`,
    expected: `${routingKey}, or a key made for this run alone`,
    actual: key,
    at: turn.start.i,
    blame: other === undefined ? [turn.start.i] : [other.start.i, turn.start.i],
  };
}

/** The successor session id a compact answered with. */
function successorOf(call: Call): string | undefined {
  const result = call.returned?.result as
    | { ok?: unknown; compacted?: unknown; result?: { sessionId?: unknown } | null }
    | null
    | undefined;
  if (call.event.method !== "compact" || result?.ok !== true || result.compacted !== true) return undefined;
  const id = result.result?.sessionId;
  return typeof id === "string" && id !== "" ? id : undefined;
}

function keyFinding(turn: Turn, call: Call): Finding | undefined {
  const { event } = call;
  const expected = turn.session.key;
  const given: [string, unknown][] = event.names.includes("sessionKey") ? [["sessionKey", event.params.sessionKey]] : [];
  for (const name of ["sessionTarget", "admission"]) {
    const target = event.params[name] as { sessionKey?: unknown } | null | undefined;
    if (target?.sessionKey !== undefined && target.sessionKey !== turn.session.routingKey)
      given.push([`${name}.sessionKey`, target.sessionKey]);
  }
  const wrong = given.find(([, key]) => key !== expected);
  if (wrong === undefined) return undefined;
  const bare = wrong[1] === event.params.sessionId ? " (the bare session id)" : "";
  return {
    message: `${event.method} about the turn ${turn.id} (${event.phase}) carries another key than its turn.`,
    expected: `sessionKey ${expected}`,
    actual: `${wrong[0]} ${String(wrong[1])}${bare}`,
    at: event.i,
    blame: [turn.start.i, event.i],
  };
}

/** Session ids a call may carry: the turn's, after a successor the newest, in a durable commit the first. */
function idsFor(call: Call, ids: { id: string; attempt: number; at: number }[]): string[] {
  const { phase, turn } = call.event;
  const first = ids[0]?.id ?? "";
  if (phase === "commit" || phase === "commit-late" || phase === "commit-maintain") return [first];
  if (phase === "repeat" || phase === "compact-maintain") return ids.map(({ id }) => id);
  const current = ids.findLast(({ attempt, at }) => attempt < (turn?.attempt ?? 1) && at < call.event.i);
  return [current?.id ?? first];
}

/** Successors that the session got through other calls while the turn ran: steps that overlap may move it under each other's feet. */
function movesDuring(index: Index, turn: Turn): { id: string; at: number }[] {
  return index.calls.flatMap((call) => {
    const { session, turn: about } = call.event;
    const id = about?.id === turn.id ? undefined : successorOf(call);
    const isOurs = session?.routingKey === turn.session.routingKey && call.end > turn.start.i;
    return id !== undefined && isOurs ? [{ id, at: call.end }] : [];
  });
}

function idFindings(index: Index, turn: Turn): Finding[] {
  const moves = movesDuring(index, turn);
  const ids = [{ id: turn.session.sessionId, attempt: 0, at: turn.start.i }];
  const findings: Finding[] = [];
  for (const call of turn.calls) {
    const { event } = call;
    const allowed = [...idsFor(call, ids), ...moves.filter(({ at }) => at < event.i).map(({ id }) => id)];
    if (event.names.includes("sessionId") && !allowed.includes(String(event.params.sessionId))) {
      findings.push({
        message: `${event.method} about the turn ${turn.id} (${event.phase}, attempt ${event.turn?.attempt ?? 1}) carries another session id than its turn.`,
        expected: `sessionId ${allowed.join(" or ")}`,
        actual: `sessionId ${String(event.params.sessionId)}`,
        at: event.i,
        blame: [turn.start.i, event.i],
      });
    }
    const successor = successorOf(call);
    if (successor !== undefined) ids.push({ id: successor, attempt: event.turn?.attempt ?? 1, at: call.end });
  }
  return findings;
}

/** Compactions that the host asks for between turns. */
function outsideFinding(call: Call): Finding | undefined {
  const { event } = call;
  if (event.session === undefined || event.turn !== undefined || !event.names.includes("sessionKey")) return undefined;
  const key = event.params.sessionKey;
  if (key === event.session.routingKey || (key === event.session.key && key !== event.session.sessionId)) return undefined;
  return {
    message: `${event.method} (${event.phase}) carries a key that is not its session's.`,
    expected: `sessionKey ${event.session.routingKey}`,
    actual: `sessionKey ${String(key)}`,
    at: event.i,
    blame: [event.i],
  };
}

export default defineClause({
  id: "key-one-per-turn",
  title: "Every call about one logical turn carries that turn's key and session id",
  level: "must",
  who: "host",
  family: "keys",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/pull/84248",
      says: "the key of the run goes to bootstrap, assemble, ingest, afterTurn, maintain and compact, overflow recovery included",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/119018",
      says: "a session id in place of the key made every compaction miss its session",
    },
  ],
  bugs: ["hb-shared-engine-key", "cron-host-stable-key", "compact-uuid-as-key", "policy-key-in-engine"],
  applies: (_subject, facts) =>
    (facts["turn.overflow"] ?? 0) > 0 && (facts["turn.retried"] ?? 0) === 0
      ? notApplicable("no turn was ever tried again: the engine is not asked to compact, or did nothing")
      : APPLIES,
  check(history) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const turn of index.turns) {
      const foreign = foreignFinding(index, turn);
      if (foreign !== undefined) findings.push(foreign);
      for (const call of turn.calls) {
        const finding = keyFinding(turn, call);
        if (finding !== undefined) findings.push(finding);
      }
      findings.push(...idFindings(index, turn));
    }
    for (const call of index.calls) {
      const finding = outsideFinding(call);
      if (finding !== undefined) findings.push(finding);
    }
    return findings.sort((a, b) => a.at - b.at);
  },
  witness: (history) =>
    indexOf(history).turns.filter((turn) => turn.calls.some((call) => (call.event.turn?.attempt ?? 1) > 1)).length,
  breaks: [
    {
      id: "key-one-per-turn/compact-by-session-id",
      about:
        "A layer between runner and engine fills a missing key with the session id: overflow compactions are asked for under the bare id.",
      bugs: ["compact-uuid-as-key"],
      minimalSteps: 1,
      host: (policy): HostPolicy => ({
        ...policy,
        engineKey: (about) => (about.phase === "compact-overflow" ? about.sessionId : policy.engineKey(about)),
      }),
    },
    {
      id: "key-one-per-turn/recovery-forgets-run",
      about:
        "The per-run key reaches bootstrap, assemble and deliveries, but the overflow recovery still uses the lane's stable key.",
      bugs: ["hb-shared-engine-key"],
      hosts: ["heartbeat-run", "heartbeat-run-durable"],
      minimalSteps: 1,
      host: (policy): HostPolicy => ({
        ...policy,
        engineKey: (about) => policy.engineKey(about.phase === "compact-overflow" ? { ...about, perRun: false } : about),
      }),
    },
  ],
});
