// The engine clauses of the family "keys" on hand-written histories.

import { describe, expect, it } from "vitest";
import type { Clause, History } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import keyContinuity from "./key-continuity.js";
import keyDistinct from "./key-distinct.js";

const U = user("AAAAAAAAAAA1 first question");
const A = reply("AAAAAAAAAAA2 first answer");
const V = user("BBBBBBBBBBB1 second question");
const B = reply("BBBBBBBBBBB2 second answer");

const judged = (clause: Clause, history: History, claims: string[] = []) =>
  clause.check(history, [], subjectOf({ host: history.case.host, claims }));
const witnessed = (clause: Clause, history: History) => clause.witness(history, [], subjectOf({ host: history.case.host }));

describe("key-distinct", () => {
  const two = (first: string, second: string, leaks: boolean) => {
    const h = historyOf({ keys: { a: first, b: second } });
    h.turn("s1", "a").view([]).commit([U, A]).end();
    h.turn("s2", "b")
      .view(leaks ? [A] : [])
      .commit([V, B])
      .end();
    return h.done();
  };

  it("finds the other key's text and says why the keys were mistaken", () => {
    const [finding] = judged(keyDistinct, two("agent:main:x/y", "agent:main:x_y", true));
    expect(finding?.message).toContain("they make the same file name");
    expect(witnessed(keyDistinct, two("agent:main:x/y", "agent:main:x_y", false))).toBe(1);
  });

  it("leaves plainly different keys to isolation-session, and look-alikes without a leak alone", () => {
    expect(judged(keyDistinct, two("agent:main:x", "agent:other:z", true))).toEqual([]);
    expect(witnessed(keyDistinct, two("agent:main:x", "agent:other:z", false))).toBe(0);
    expect(judged(keyDistinct, two("agent:main:x/y", "agent:main:x_y", false))).toEqual([]);
  });
});

describe("key-continuity", () => {
  const next = (
    shows: (typeof U | typeof A)[],
    how: { supplied?: (typeof U | typeof A)[]; between?: "restart" | "reset" | "damage"; budget?: number } = {},
  ) => {
    const h = historyOf();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    h.turn("s2", "a")
      .view([U, A], { supplied: [U, A] })
      .commit([V, B])
      .end();
    if (how.between !== undefined) h.note("s3", how.between, how.between === "restart" ? undefined : "a");
    h.turn("s4", "a")
      .view(shows, { supplied: how.supplied ?? [U, A, V, B], budget: how.budget ?? 100_000 })
      .end();
    return h.done();
  };

  it("finds the newest turn lost on the next instance and after a restart", () => {
    const [finding] = judged(keyContinuity, next([U, A]));
    expect(finding?.message).toContain("step s2, is lost on the next instance");
    const history = next([U, A], { between: "restart" });
    const blamed = judged(keyContinuity, history)[0]?.blame.map((i) => history.events[i]);
    expect(blamed?.some((event) => event?.kind === "host" && event.what === "restart")).toBe(true);
    expect(witnessed(keyContinuity, history)).toBe(2);
  });

  it("is content with the reply alone, and leaves resets, faults, tight budgets and unsupplied turns alone", () => {
    expect(judged(keyContinuity, next([B]))).toEqual([]);
    expect(judged(keyContinuity, next([], { between: "reset" }))).toEqual([]);
    expect(judged(keyContinuity, next([], { between: "damage" }))).toEqual([]);
    expect(judged(keyContinuity, next([], { budget: 60 }))).toEqual([]);
    expect(judged(keyContinuity, next([], { supplied: [U, A] }))).toEqual([]);
  });

  it("wants earlier turns only of an engine that claims history-no-loss", () => {
    expect(judged(keyContinuity, next([V, B]))).toEqual([]);
    expect(judged(keyContinuity, next([V, B]), ["history-no-loss"])[0]?.message).toContain("step s1");
  });

  const succeeded = (shows: (typeof U | typeof A)[], shownBefore: boolean, announced = false) => {
    const h = historyOf();
    h.turn("s1", "a").view([]).commit([U, A]).end();
    if (announced) h.turn("s1/announce", "a", { kind: "announce" }).commit([V, B]).end();
    const turn = h
      .turn("s2", "a")
      .view(shownBefore ? [U, A] : [], { supplied: [U, A] })
      .provider("overflow");
    turn.compact({
      result: { ok: true, compacted: true, result: { tokensBefore: 9, tokensAfter: 1, sessionId: "id-2" } },
      requests: ["AAAAAAAAAAA1"],
    });
    const session = h.session("a", { sessionId: "id-2" });
    h.add({ kind: "host", what: "successor", session, detail: { from: "id-a", to: "id-2" } });
    h.addCall(
      {
        method: "assemble",
        phase: "assemble-first",
        session,
        turn: { id: "s2", kind: "ordinary", attempt: 2 },
        params: { tokenBudget: 90_000 },
        messages: [],
      },
      { result: { messages: shows, estimatedTokens: 0 }, view: shows as never },
    );
    turn.commit([V]).end();
    return h.done();
  };

  it("wants what was shown to be there under the successor, as text or in a summary", () => {
    expect(judged(keyContinuity, succeeded([], true))[0]?.message).toContain("the successor its own compact returned");
    expect(judged(keyContinuity, succeeded([user("Summary: AAAAAAAAAAA1")], true))).toEqual([]);
    expect(judged(keyContinuity, succeeded([], false)).some((finding) => finding.message.includes("successor"))).toBe(false);
  });

  it("leaves what a summary holds to the engine where something else came after the turn", () => {
    const lost = judged(keyContinuity, succeeded([user("They spoke of something")], true));
    expect(lost.some((finding) => finding.message.includes("successor"))).toBe(true);
    const kept = judged(keyContinuity, succeeded([user("They spoke of something")], true, true));
    expect(kept.some((finding) => finding.message.includes("successor"))).toBe(false);
  });
});
