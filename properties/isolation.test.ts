// The isolation clauses that need no twin, on hand-written histories: a minimal bad one and a nearly bad good one each.

import { describe, expect, it } from "vitest";
import type { Clause, History, Lane, ProfileId, Subject } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import isolationLateDelivery from "./isolation-late-delivery.js";
import isolationReset from "./isolation-reset.js";
import isolationSession from "./isolation-session.js";
import isolationSubagent from "./isolation-subagent.js";
import isolationTick from "./isolation-tick.js";

const LANES: Record<string, Lane> = { hb: { kind: "heartbeat", session: "a" }, job: { kind: "cron", job: "digest" } };
const made = (host: ProfileId = "openclaw-2026.9") =>
  historyOf({ host, keys: { a: "agent:main:a", b: "agent:main:b" }, lanes: LANES });
const U = user("AAAAAAAAAAA1 first question");
const A = reply("AAAAAAAAAAA2 first answer");
const V = user("BBBBBBBBBBB1 second question");
const B = reply("BBBBBBBBBBB2 second answer");

function judged(clause: Clause, history: History, adapter: Subject["adapter"] = {}) {
  return clause.check(history, [], subjectOf({ host: history.case.host, adapter }));
}
const witnessed = (clause: Clause, history: History) => clause.witness(history, [], subjectOf({ host: history.case.host }));

describe("isolation-tick", () => {
  const ticks = (second: "leaks" | "clean", key?: string) => {
    const h = made();
    h.tick("s1", "hb")
      .view([])
      .commit([user("poll"), A], { flagged: true })
      .end();
    h.tick("s2", "hb", key === undefined ? {} : { key })
      .view(second === "leaks" ? [A] : [])
      .commit([user("poll"), B], { flagged: true })
      .end();
    return h.done();
  };

  it("finds the run before it under the same key, and says how it got there", () => {
    const history = ticks("leaks");
    const [finding] = judged(isolationTick, history);
    expect(finding?.message).toContain("run of lane hb");
    expect(finding?.actual).toContain("AAAAAAAAAAA2");
    const kinds = finding?.blame
      .map((i) => history.events[i])
      .map((event) => (event?.kind === "call" ? event.method : event?.kind));
    expect(kinds).toEqual(["commitTurn", "assemble", "return"]);
    expect(witnessed(isolationTick, history)).toBe(1);
  });

  it("finds it under a key per run, in a summary and in a probe", () => {
    expect(judged(isolationTick, ticks("leaks", "agent:main:a:heartbeat-run:run-s2"))).toHaveLength(1);
    const h = made();
    const first = h.tick("s1", "hb").view([]).commit([A]);
    first.end();
    h.tick("s2", "hb").view([], { addition: "So far: AAAAAAAAAAA2" }).commit([B]).end();
    h.probe(first.session, [B]);
    expect(judged(isolationTick, h.done())).toHaveLength(2);
  });

  it("leaves alone what was supplied in the call, the run's own text and successors, and ordinary turns of the last run", () => {
    const h = made();
    h.tick("s1", "hb")
      .view([])
      .commit([user("poll"), A])
      .end();
    h.tick("s2", "hb", { sessionId: "run-s1", kind: "ordinary" }).view([A]).commit([U, B]).end();
    const third = h
      .tick("s3", "hb")
      .view([A], { supplied: [A] })
      .provider("overflow");
    third.compact({ result: { ok: true, compacted: true, result: { tokensBefore: 9, sessionId: "run-s3b" } } });
    h.add({
      kind: "host",
      what: "successor",
      session: { ...third.session, sessionId: "run-s3b" },
      detail: { from: "run-s3", to: "run-s3b" },
    });
    third.commit([V]).end();
    h.tick("s4", "hb", { sessionId: "run-s3b", kind: "ordinary" }).view([V]).end();
    expect(judged(isolationTick, h.done())).toEqual([]);
  });

  it("knows cron runs, and counts nothing for an engine that drops heartbeats", () => {
    const h = made();
    h.tick("s1", "job", { kind: "cron", key: "agent:main:cron:digest:run:1" }).view([]).commit([U, A], { flagged: false }).end();
    h.tick("s2", "job", { kind: "cron", key: "agent:main:cron:digest:run:2" }).view([U]).commit([V, B], { flagged: false }).end();
    expect(judged(isolationTick, h.done())).toHaveLength(1);
    expect(witnessed(isolationTick, h.done())).toBe(1);
    expect(witnessed(isolationTick, ticks("clean"))).toBe(0);
    const dropped = isolationTick.applies(subjectOf(), { "lane.dropped": 3 });
    expect(dropped).toMatchObject({ applies: false });
    expect(isolationTick.applies(subjectOf(), { "lane.dropped": 3, "lane.kept": 1 })).toEqual({ applies: true });
  });
});

describe("isolation-session", () => {
  const two = (shows: (typeof U | typeof A)[], addition?: string) => {
    const h = made();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    h.turn("s2", "b")
      .view(shows, addition === undefined ? {} : { addition })
      .commit([V, B])
      .end();
    return h.done();
  };

  it("finds another session's text in messages, in the addition and in a probe", () => {
    const [finding] = judged(isolationSession, two([A]));
    expect(finding?.message).toContain("A view of b");
    expect(finding?.actual).toContain("messages[0] (role assistant)");
    expect(judged(isolationSession, two([], "Known: AAAAAAAAAAA1"))[0]?.actual).toContain("systemPromptAddition");
    const h = made();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    h.turn("s2", "b").view([]).commit([V, B]).end();
    h.probe(h.session("b"), [V, B, A]);
    expect(judged(isolationSession, h.done())).toHaveLength(1);
    expect(witnessed(isolationSession, h.done())).toBe(1);
  });

  it("finds a tick in its base session and the reverse", () => {
    const h = made();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    h.tick("s2", "hb").view([U]).commit([B], { flagged: true }).end();
    h.turn("s3", "a")
      .view([B], { supplied: [U, A] })
      .end();
    expect(judged(isolationSession, h.done()).map((finding) => finding.actual.slice(0, 11))).toEqual([
      "messages[0]",
      "messages[0]",
    ]);
  });

  it("leaves shared texts, repeated supplies and two spellings of one key alone", () => {
    const h = made();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    h.turn("s2", "b", { prompt: "AAAAAAAAAAA1 first question" })
      .view([U], { prompt: "AAAAAAAAAAA1 first question" })
      .commit([U, B])
      .end();
    h.turn("s3", "b").view([U, B]).end();
    h.turn("s4", "c", { session: { key: "agent:main:a", routingKey: "agent:main:a" } })
      .view([U, A])
      .end();
    expect(judged(isolationSession, h.done())).toEqual([]);
  });

  it("exempts what a memory engine declares as recalled, and only that", () => {
    const isRecalled = (message: { role?: unknown }) => message.role === "system";
    const note = { role: "system", content: "AAAAAAAAAAA1 as told elsewhere" };
    const h = made();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    h.turn("s2", "b").view([note], { addition: "AAAAAAAAAAA2" }).end();
    expect(judged(isolationSession, h.done())).toHaveLength(1);
    expect(judged(isolationSession, h.done(), { recall: "cross-session", isRecalled })).toEqual([]);
    expect(judged(isolationSession, two([A]), { recall: "cross-session", isRecalled })).toHaveLength(1);
    const tick = made();
    tick.turn("s1", "a").view([]).commit([U, A]).end();
    tick.tick("s2", "hb").view([note]).end();
    expect(judged(isolationSession, tick.done(), { recall: "cross-session", isRecalled })).toHaveLength(1);
    expect(judged(isolationSession, tick.done(), { recall: "cross-session-and-isolated", isRecalled })).toEqual([]);
  });
});

describe("isolation-late-delivery", () => {
  const late = (shows: (typeof A)[]) => {
    const h = made();
    const first = h.tick("s1", "hb").view([]);
    first.end();
    const second = h.tick("s2", "hb").view([]);
    first.commit([user("poll"), A], { flagged: true, phase: "commit-late" });
    second.commit([user("poll"), B], { flagged: true }).end();
    h.tick("s3", "hb", { sessionId: "run-s2", kind: "ordinary" }).view(shows).end();
    return h.done();
  };

  it("finds the older run's text in the newer one after the late commit", () => {
    const history = late([A, B]);
    const [finding] = judged(isolationLateDelivery, history);
    expect(finding?.blame.map((i) => history.events[i]?.kind)).toContain("call");
    expect(finding?.expected).toContain("late delivery of s1");
    expect(witnessed(isolationLateDelivery, history)).toBe(1);
  });

  it("accepts it in the older run, and applies to durable hosts only", () => {
    expect(judged(isolationLateDelivery, late([B]))).toEqual([]);
    expect(isolationLateDelivery.applies(subjectOf({ host: "heartbeat-run" }), {})).toMatchObject({ applies: false });
  });
});

describe("isolation-reset", () => {
  const durable = (after: (h: ReturnType<typeof made>) => void, revision = "two") => {
    const h = made();
    const target = (expectedLifecycleRevision: string) => ({ sessionTarget: { expectedLifecycleRevision } });
    h.turn("s1", "a").bootstrap(target("one")).view([]).commit([U, A]).end();
    h.note("s2", "reset", "a");
    h.turn("s3", "a").bootstrap(target(revision));
    after(h);
    return h.done();
  };
  const view = (h: ReturnType<typeof made>, supplied: (typeof U | typeof A)[]) =>
    h.turn("s4", "a").view([A], { supplied }).commit([V, B]).end();

  it("finds old text after a durable reset, as a should", () => {
    const [finding] = judged(
      isolationReset,
      durable((h) => view(h, [])),
    );
    expect(finding).toMatchObject({ level: "should" });
    expect(finding?.message).toContain("was said before the reset");
    expect(
      witnessed(
        isolationReset,
        durable((h) => view(h, [])),
      ),
    ).toBe(1);
  });

  it("leaves alone what is supplied again, and resets the engine could not notice", () => {
    expect(
      judged(
        isolationReset,
        durable((h) => view(h, [A])),
      ),
    ).toEqual([]);
    expect(
      judged(
        isolationReset,
        durable((h) => view(h, [B]), "one"),
      ),
    ).toEqual([]);
    const h = made();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    h.turn("s2", "a").view([A]).end();
    expect(judged(isolationReset, h.done())).toEqual([]);
  });

  it("takes an empty history for the sign only where the host would have shown one", () => {
    const emptied = (first: (typeof U | typeof A)[]) => {
      const h = made();
      h.turn("s1", "a").view([]).commit(first).end();
      h.note("s2", "reset", "a");
      h.turn("s3", "a").view([U], { supplied: [] }).commit([V, B]).end();
      return judged(isolationReset, h.done());
    };
    expect(emptied([U, A])).toHaveLength(1);
    expect(emptied([U, { ...A, content: [{ type: "text", text: "HEARTBEAT_OK" }] } as typeof A])).toEqual([]);
  });

  it("does not take a sign that the engine's process did not live to use", () => {
    const emptied = (isKilled: boolean) => {
      const h = made();
      h.turn("s1", "a").view([]).commit([U, A]).end();
      h.note("s2", "reset", "a");
      h.turn("s3", "a").view([], { supplied: [] }).end("failed");
      h.turn("s4", "a")
        .view([U], { supplied: [V] })
        .commit([B])
        .end();
      const done = h.done();
      const sign = done.events.findLast((event) => event.kind === "return" && event.view?.length === 0);
      const lost = { kind: "throw", cause: "process", error: { name: "Error", message: "killed", isError: true } } as const;
      const events = done.events.map((event) =>
        isKilled && event === sign && event.kind === "return"
          ? { i: event.i, step: event.step, call: event.call, ...lost }
          : event,
      );
      return judged(isolationReset, { ...done, events });
    };
    expect(emptied(false)).toHaveLength(1);
    expect(emptied(true)).toEqual([]);
  });

  it("knows no sign under a successor that was shown no history yet", () => {
    const renewed = (shownBefore: boolean) => {
      const h = made();
      h.turn("s1", "a").view([]).commit([U, A]).end();
      h.note("s2", "successor", "a");
      h.session("a", { sessionId: "id-a2" });
      if (shownBefore)
        h.turn("s2", "a")
          .view([A], { supplied: [A] })
          .end();
      h.note("s3", "reset", "a");
      h.turn("s4", "a").view([U], { supplied: [] }).commit([V, B]).end();
      return judged(isolationReset, h.done());
    };
    expect(renewed(true)).toHaveLength(1);
    expect(renewed(false)).toEqual([]);
  });

  it("takes a new session id for the sign under a classic host", () => {
    const h = made("openclaw-2026.5");
    h.turn("s1", "a").view([]).afterTurn([], [U, A]).end();
    h.session("a", { sessionId: "id-a2" });
    h.note("s2", "reset", "a");
    h.turn("s3", "a").view([U]).end();
    expect(judged(isolationReset, h.done())).toHaveLength(1);
    expect(isolationReset.applies(subjectOf({ adapter: { keepsAcrossReset: true } }), {})).toMatchObject({ applies: false });
  });
});

describe("isolation-subagent", () => {
  const spawned = (
    contextMode: "isolated" | "fork",
    childShows: (typeof U | typeof A)[],
    parentShows: (typeof V | typeof B)[],
  ) => {
    const h = made();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    const child = { family: "a", contextMode, key: "agent:main:subagent:1", routingKey: "agent:main:subagent:1" };
    h.turn("s2", "a/s2", { kind: "child", id: "s2/child", session: child }).view(childShows).commit([V, B]).end();
    h.turn("s3", "a", { kind: "announce", id: "s2/announce", prompt: "result: BBBBBBBBBBB2" })
      .view([], { prompt: "result: BBBBBBBBBBB2" })
      .end();
    h.turn("s4", "a")
      .view(parentShows, { supplied: [U, A] })
      .end();
    return h.done();
  };

  it("finds the parent in an isolated child and the child's task in the parent", () => {
    expect(judged(isolationSubagent, spawned("isolated", [A], []))[0]?.expected).toContain("isolated child");
    expect(judged(isolationSubagent, spawned("isolated", [], [V]))[0]?.expected).toContain("announced");
    expect(witnessed(isolationSubagent, spawned("isolated", [], []))).toBe(1);
    expect(judged(isolationSession, spawned("isolated", [A], [V]))).toEqual([]);
  });

  it("lets a fork show its parent, and the parent what was announced", () => {
    expect(judged(isolationSubagent, spawned("fork", [U, A], [B]))).toEqual([]);
  });

  it("leaves to an engine with recall what it declares as recalled, in the family as among strangers", () => {
    const recalling = subjectOf({ adapter: { recall: "cross-session", isRecalled: () => true } });
    expect(isolationSubagent.check(spawned("isolated", [A], []), [], recalling)).toEqual([]);
    const declaredNothing = subjectOf({ adapter: { recall: "cross-session" } });
    expect(isolationSubagent.check(spawned("isolated", [A], []), [], declaredNothing)).toHaveLength(1);
  });

  it("finds in a fork what its parent heard after the fork's first turn", () => {
    const h = made();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    const child = {
      family: "a",
      contextMode: "fork" as const,
      key: "agent:main:subagent:1",
      routingKey: "agent:main:subagent:1",
    };
    h.turn("s2", "a/s2", { kind: "child", id: "s2/child", session: child }).view([U, A]).commit([V, B]).end();
    const later = [user("EEEEEEEEEEE1 afterwards"), reply("EEEEEEEEEEE2 indeed")] as const;
    h.turn("s3", "a")
      .view([U, A])
      .commit([...later])
      .end();
    h.turn("s4", "a/s2", { session: child }).view([U, A, V, B, later[0]]).end();
    expect(judged(isolationSubagent, h.done())[0]?.expected).toContain("as it was at the spawn");
  });

  it("finds a second end notice that throws", () => {
    const h = made();
    const turn = h.turn("s1", "a");
    for (const answer of [{}, { throws: "no such child" }]) {
      turn.call("onSubagentEnded", "spawn-ended", { childSessionKey: "agent:main:subagent:1", reason: "completed" }, answer);
    }
    expect(judged(isolationSubagent, h.done())).toMatchObject([{ level: "should" }]);
  });
});
