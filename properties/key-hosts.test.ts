// The host clauses of the family "keys" on hand-written histories: a minimal bad one and a nearly bad good one each.

import { describe, expect, it } from "vitest";
import {
  type Clause,
  type History,
  type HostPolicy,
  PROFILES,
  type ProfileId,
  type SessionRef,
  type Subject,
} from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import keyFreshPerTick from "./key-fresh-per-tick.js";
import keyHeartbeatFlag from "./key-heartbeat-flag.js";
import keyOnePerTurn from "./key-one-per-turn.js";
import keyRoutingDefault from "./key-routing-default.js";
import keyRoutingStable from "./key-routing-stable.js";

const LANES = { hb: { kind: "heartbeat" as const, session: "a" } };

function subject(host: ProfileId): Subject {
  return { profile: PROFILES[host], info: { id: "x", name: "x" }, methods: [], claims: [], adapter: {} };
}
const judged = (clause: Clause, history: History) => clause.check(history, [], subject(history.case.host));
const witnessed = (clause: Clause, history: History) => clause.witness(history, [], subject(history.case.host));
const made = (host: ProfileId = "openclaw-2026.9") => historyOf({ host, keys: { a: "agent:main:a" }, lanes: LANES });

/** Says what woke a tick, which the notation leaves out. */
function woken(history: History, step: string, requested: string | null, storedBase: string | null): void {
  for (const event of history.events) {
    if (event.kind !== "host" || event.what !== "turn-start" || event.step !== step) continue;
    event.wake = { requested, configured: "agent:main:a", storedBase, base: "agent:main:a", via: "tick" };
  }
}

function ticks(second: string, wake: string): History {
  const h = made();
  h.tick("s1", "hb").view([]).end();
  h.tick("s2", "hb", { routingKey: second }).view([]).end();
  woken(h.done(), "s1", null, null);
  woken(h.done(), "s2", wake, "agent:main:a");
  return h.done();
}

describe("key-routing-stable", () => {
  it("finds a key that grows when the lane's own key wakes it", () => {
    const history = ticks("agent:main:a:heartbeat:heartbeat", "agent:main:a:heartbeat");
    const [finding] = judged(keyRoutingStable, history);
    expect(finding).toMatchObject({ expected: "agent:main:a:heartbeat", actual: "agent:main:a:heartbeat:heartbeat" });
    expect(finding?.message).toContain("longer");
    expect(finding?.blame).toHaveLength(2);
  });

  it("accepts every wake that converges, and the global scope", () => {
    const history = ticks("agent:main:a:heartbeat", "agent:main:a:heartbeat:heartbeat");
    expect(judged(keyRoutingStable, history)).toEqual([]);
    expect(witnessed(keyRoutingStable, history)).toBe(1);
    const h = made();
    h.tick("s1", "hb", { routingKey: "agent:main:global:heartbeat" }).view([]).end();
    woken(h.done(), "s1", "global", null);
    expect(judged(keyRoutingStable, h.done())).toEqual([]);
  });
});

describe("key-fresh-per-tick", () => {
  it("finds a session id carried over from the last tick", () => {
    const h = made();
    h.tick("s1", "hb").view([]).end();
    h.tick("s2", "hb", { sessionId: "run-s1" }).view([]).end();
    const [finding] = judged(keyFreshPerTick, h.done());
    expect(finding?.actual).toContain("run-s1, first seen in s1");
  });

  it("finds the stable key under the per-run policy, in one late delivery too", () => {
    const run = (late: string) => {
      const h = made("heartbeat-run-durable");
      const key = "agent:main:a:heartbeat-run:run-s1";
      h.tick("s1", "hb", { key })
        .view([])
        .commit([reply("AAAAAAAAAAA1")], { params: { sessionKey: late } })
        .end();
      return h.done();
    };
    expect(judged(keyFreshPerTick, run("agent:main:a:heartbeat"))[0]?.message).toContain("commitTurn about the isolated run s1");
    expect(judged(keyFreshPerTick, run("agent:main:a:heartbeat-run:run-s1"))).toEqual([]);
    const h = made("heartbeat-run");
    h.tick("s1", "hb").view([]).end();
    expect(judged(keyFreshPerTick, h.done())[0]?.expected).toBe("agent:main:a:heartbeat-run:run-s1");
  });

  it("lets released hosts keep the key, and ordinary turns go on in the last run", () => {
    const h = made();
    h.tick("s1", "hb").view([]).end();
    h.tick("s2", "hb", { sessionId: "run-s1", kind: "ordinary" }).view([]).end();
    h.tick("s3", "hb").view([]).end();
    expect(judged(keyFreshPerTick, h.done())).toEqual([]);
    expect(witnessed(keyFreshPerTick, h.done())).toBe(1);
  });
});

describe("key-one-per-turn", () => {
  const recovered = (compactKey: string, retryId: string, commitId: string) => {
    const h = made();
    const turn = h.turn("s1", "a").view([]).provider("overflow");
    turn.compact({
      params: { sessionKey: compactKey },
      result: { ok: true, compacted: true, result: { tokensBefore: 9, sessionId: "id-2" } },
    });
    turn
      .retry()
      .view([], { params: { sessionId: retryId } })
      .commit([user("AAAAAAAAAAA1")], { params: { sessionId: commitId } })
      .end();
    return h.done();
  };

  it("finds a compact under the bare session id", () => {
    const [finding] = judged(keyOnePerTurn, recovered("id-a", "id-2", "id-a"));
    expect(finding).toMatchObject({ expected: "sessionKey agent:main:a", actual: "sessionKey id-a (the bare session id)" });
  });

  it("wants the successor in the retry and the old id in the commit", () => {
    expect(judged(keyOnePerTurn, recovered("agent:main:a", "id-a", "id-a"))[0]?.message).toContain("assemble");
    expect(judged(keyOnePerTurn, recovered("agent:main:a", "id-2", "id-2"))[0]?.message).toContain("commitTurn");
    expect(judged(keyOnePerTurn, recovered("agent:main:a", "id-2", "id-a"))).toEqual([]);
    expect(witnessed(keyOnePerTurn, recovered("agent:main:a", "id-2", "id-a"))).toBe(1);
  });

  it("lets a turn follow its session to a successor that an overlapping turn's compact brought, not to any other id", () => {
    const overlapped = (id: string) => {
      const h = made();
      const slow = h.turn("s1", "a").view([]);
      h.turn("s2", "a")
        .view([])
        .compact({ result: { ok: true, compacted: true, result: { sessionId: "id-2" } } })
        .end("failed");
      slow.view([], { params: { sessionId: id } }).end();
      return h.done();
    };
    expect(judged(keyOnePerTurn, overlapped("id-2"))).toEqual([]);
    expect(judged(keyOnePerTurn, overlapped("id-a"))).toEqual([]);
    expect(judged(keyOnePerTurn, overlapped("id-3"))).toHaveLength(1);
  });

  it("leaves commits of other turns and calls without a key alone", () => {
    const h = made();
    const tick = h.tick("s1", "hb");
    h.turn("s2", "a").view([]);
    tick.commit([reply("AAAAAAAAAAA1")], { phase: "commit-late" });
    h.addCall({ method: "assemble", phase: "assemble-first", session: h.session("a"), params: { sessionId: "id-a" } }, {});
    expect(judged(keyOnePerTurn, h.done())).toEqual([]);
  });

  it("finds a turn played under another session's key", () => {
    const h = made();
    h.turn("s1", "a").view([]).end();
    const key: Partial<SessionRef> = { key: "agent:main:a" };
    h.turn("s2", "b", { session: key }).view([]).end();
    expect(judged(keyOnePerTurn, h.done())[0]?.message).toContain("the key of a");
  });
});

describe("key-routing-default", () => {
  const shared = (key: string) => {
    const h = made("heartbeat-run");
    h.turn("s1", "a").view([]).end();
    h.turn("s2", "a", { kind: "heartbeat-shared", session: { key } }).view([]).end();
    return h.done();
  };

  it("finds a shared tick with a key of its own", () => {
    const [finding] = judged(keyRoutingDefault, shared("agent:main:a:heartbeat-run:id-a"));
    expect(finding?.message).toContain("shared tick s2");
  });

  it("accepts the routing key, and isolated ticks with another", () => {
    const history = shared("agent:main:a");
    expect(judged(keyRoutingDefault, history)).toEqual([]);
    expect(witnessed(keyRoutingDefault, history)).toBe(1);
    const h = made("heartbeat-run");
    h.tick("s1", "hb", { key: "agent:main:a:heartbeat-run:run-s1" }).view([]).end();
    expect(judged(keyRoutingDefault, h.done())).toEqual([]);
  });
});

describe("key-heartbeat-flag", () => {
  const delivered = (host: ProfileId, flagged: boolean | undefined, kind: "tick" | "turn") => {
    const h = made(host);
    const turn = kind === "tick" ? h.tick("s1", "hb") : h.turn("s1", "a");
    const how = flagged === undefined ? {} : { flagged };
    if (PROFILES[host].lifecycle === "durable") turn.commit([reply("AAAAAAAAAAA1")], how).end();
    else turn.afterTurn([], [reply("AAAAAAAAAAA1")], how).end();
    return judged(keyHeartbeatFlag, h.done());
  };

  it("finds a missing, a wrong and an unknown flag", () => {
    expect(delivered("openclaw-2026.9", undefined, "tick")[0]?.actual).toBe("no isHeartbeat");
    expect(delivered("openclaw-2026.7", true, "turn")[0]?.expected).toBe("isHeartbeat: false");
    expect(delivered("openclaw-2026.5", true, "tick")[0]?.expected).toBe("no isHeartbeat in any call");
  });

  it("accepts the flag where it belongs", () => {
    for (const host of ["openclaw-2026.9", "openclaw-2026.7", "heartbeat-run-durable"] as const) {
      expect([...delivered(host, true, "tick"), ...delivered(host, false, "turn")]).toEqual([]);
    }
    expect(delivered("heartbeat-run", undefined, "tick")).toEqual([]);
  });
});

describe("broken hosts", () => {
  const truePolicy: HostPolicy = {
    routeHeartbeat: ({ configured }) => ({ key: `${configured}:heartbeat`, base: configured }),
    engineKey: ({ routingKey, sessionId, perRun }) => (perRun ? `${routingKey}-run:${sessionId}` : routingKey),
    runSessionId: ({ fresh }) => fresh,
    heartbeatFlag: ({ heartbeat }) => heartbeat,
  };
  const about = { routingKey: "agent:main:a:heartbeat", sessionId: "run-s1", kind: "heartbeat-isolated" as const, perRun: true };
  const broken = (clause: Clause, id: string) => {
    const host = clause.breaks.find((candidate) => candidate.id === id)?.host;
    if (host === undefined) throw new Error(`no broken host ${id}`);
    return host(truePolicy, PROFILES["heartbeat-run-durable"]);
  };

  it("break the decision they name and no other", () => {
    expect(broken(keyFreshPerTick, "key-fresh-per-tick/stable-engine-key").engineKey({ ...about, phase: "commit" })).toBe(
      about.routingKey,
    );
    expect(broken(keyFreshPerTick, "key-fresh-per-tick/entry-carried-over").runSessionId({ fresh: "new", last: "old" })).toBe(
      "old",
    );
    const recovery = broken(keyOnePerTurn, "key-one-per-turn/recovery-forgets-run");
    expect(recovery.engineKey({ ...about, phase: "compact-overflow" })).toBe(about.routingKey);
    expect(recovery.engineKey({ ...about, phase: "assemble-first" })).toBe("agent:main:a:heartbeat-run:run-s1");
    const grows = broken(keyRoutingStable, "key-routing-stable/stored-base-grows");
    const wake = { requested: null, configured: "agent:main:a", storedBase: null };
    expect(grows.routeHeartbeat(wake)).toEqual(truePolicy.routeHeartbeat(wake));
    expect(grows.routeHeartbeat({ ...wake, storedBase: "agent:main:a" }).key).not.toBe("agent:main:a:heartbeat");
  });
});
