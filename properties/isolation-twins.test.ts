// The isolation clauses that rest on twins: which steps they leave out, what counts as a difference, what the host may change.

import { describe, expect, it } from "vitest";
import type { AnyMessage, Clause, History, Lane, Message, Step } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import isolationCompaction from "./isolation-compaction.js";
import isolationHeartbeatInert from "./isolation-heartbeat-inert.js";
import isolationNoninterference from "./isolation-noninterference.js";
import isolationSubagent from "./isolation-subagent.js";

const LANES: Record<string, Lane> = { hb: { kind: "heartbeat", session: "a" } };
const U = user("AAAAAAAAAAA1 first question");
const A = reply("AAAAAAAAAAA2 first answer");
const V = user("BBBBBBBBBBB1 second question");
const B = reply("BBBBBBBBBBB2 second answer");
const talk = { reply: "text" as const, replyTokens: 12, tools: [], provider: { mode: "scripted" as const, answers: [] } };
const text = { form: "plain" as const, tokens: 8 };
const turn = (id: string, session: string): Step => ({ id, at: 0, kind: "turn", session, via: "rpc", text, ...talk });
const tick = (id: string): Step => ({ id, at: 0, kind: "tick", lane: "hb", isolated: true, wakeKey: "none", ...talk });
const compact = (id: string, session: string): Step => ({ id, at: 0, kind: "compact", session, trigger: "manual" });

type Shows = (AnyMessage | Message)[];
const written = (steps: Step[]) => historyOf({ keys: { a: "agent:main:a", b: "agent:main:b" }, lanes: LANES, steps, seed: 0 });

/** What the clause says of the history beside the only twin it asks for, here played by hand. */
function verdict(clause: Clause, history: History, twin: (left: string[]) => History) {
  const subject = subjectOf({ host: history.case.host });
  const requests = clause.twins?.(history.case, history, subject) ?? [];
  const twins = requests.map(({ name, theCase }) => ({ name, history: twin(theCase.steps.map((step) => step.id)) }));
  return { requests, findings: clause.check(history, twins, subject), witness: clause.witness(history, twins, subject) };
}

describe("isolation-noninterference", () => {
  const steps = [turn("s1", "a"), turn("s2", "b"), turn("s3", "a")];
  const play = (left: string[], last: Shows) => {
    const h = written(steps.filter((step) => left.includes(step.id)));
    h.turn("s1", "a").view([]).commit([U, A]).end();
    if (left.includes("s2")) h.turn("s2", "b").view([]).commit([V, B]).end();
    h.turn("s3", "a")
      .view(last, { supplied: [U, A] })
      .end();
    return h.done();
  };
  const all = ["s1", "s2", "s3"];

  it("finds an answer that depends on another session, without a word of that session in it", () => {
    const { requests, findings, witness } = verdict(isolationNoninterference, play(all, [A]), (left) => play(left, [U, A]));
    expect(requests.map(({ theCase }) => theCase.steps.map((step) => step.id))).toEqual([["s1", "s3"]]);
    expect(findings[0]?.message).toContain(
      "in step s3 is answered differently when the steps of all other sessions are left out",
    );
    expect(findings[0]?.blame.length).toBe(3);
    expect(witness).toBe(0);
  });

  it("is content with equal answers, and asks for nothing when a step overlaps", () => {
    const same = verdict(isolationNoninterference, play(all, [U, A]), (left) => play(left, [U, A]));
    expect(same).toMatchObject({ findings: [], witness: 1 });
    const history = play(all, [U, A]);
    const overlap: Step = { id: "s4", at: 0, kind: "overlap", order: [], steps: [turn("s5", "a"), turn("s6", "b")] as never };
    const overlapped = { ...history, case: { ...history.case, steps: [...steps, overlap] } };
    expect(verdict(isolationNoninterference, overlapped, (left) => play(left, [])).requests).toEqual([]);
  });

  it("does not apply to engines that recall across sessions", () => {
    expect(isolationNoninterference.applies(subjectOf({ adapter: { recall: "cross-session" } }), {})).toMatchObject({
      applies: false,
    });
  });
});

describe("isolation-heartbeat-inert", () => {
  const steps = [turn("s1", "a"), tick("s2"), tick("s3"), turn("s4", "a")];
  const play = (left: string[], third: Shows, last: Shows) => {
    const h = written(steps.filter((step) => left.includes(step.id)));
    h.turn("s1", "a").view([]).commit([U, A]).end();
    if (left.includes("s2"))
      h.tick("s2", "hb")
        .view([])
        .commit([user("poll"), B], { flagged: true })
        .end();
    if (left.includes("s3")) h.tick("s3", "hb").view(third).end();
    h.turn("s4", "a")
      .view(last, { supplied: [U, A] })
      .end();
    return h.done();
  };
  const all = ["s1", "s2", "s3", "s4"];

  it("finds what a tick leaves in the base session", () => {
    const { findings } = verdict(isolationHeartbeatInert, play(all, [], [U, A, B]), (left) => play(left, [], [U, A]));
    expect(findings[0]?.message).toContain("the calls of the isolated tick s");
    expect(findings[0]?.actual).toContain("message 3 of 3 in the view");
  });

  it("compares later ticks and sessions, never the tick itself", () => {
    const { requests, findings, witness } = verdict(isolationHeartbeatInert, play(all, [], [U, A]), (left) =>
      play(left, [], [U, A]),
    );
    expect(requests).toHaveLength(1);
    expect(findings).toEqual([]);
    expect(witness).toBeGreaterThan(0);
  });
});

describe("isolation-compaction", () => {
  const steps = [turn("s1", "a"), turn("s2", "b"), compact("s3", "a"), turn("s4", "b")];
  const play = (left: string[], requests: string[], last: Shows) => {
    const h = written(steps.filter((step) => left.includes(step.id)));
    h.turn("s1", "a").view([]).commit([U, A]).end();
    h.turn("s2", "b").view([]).commit([V, B]).end();
    if (left.includes("s3")) h.compact("s3", "a", { requests });
    h.turn("s4", "b")
      .view(last, { supplied: [V, B] })
      .end();
    return h.done();
  };
  const all = ["s1", "s2", "s3", "s4"];
  const own = ["summarise: AAAAAAAAAAA1 AAAAAAAAAAA2"];

  it("finds a compact that changes another session", () => {
    const { requests, findings } = verdict(isolationCompaction, play(all, own, [B]), (left) => play(left, own, [V, B]));
    expect(requests.map(({ name }) => name)).toEqual(["without s3"]);
    expect(findings[0]?.message).toContain("compact step s3");
  });

  it("finds a compact that was given another session's texts only", () => {
    const { findings } = verdict(isolationCompaction, play(all, ["BBBBBBBBBBB1"], [V, B]), (left) => play(left, [], [V, B]));
    expect(findings.map((finding) => finding.actual)).toEqual([expect.stringContaining("BBBBBBBBBBB1")]);
  });

  it("leaves a compact of its own session alone, with foreign text beside it, too", () => {
    const mixed = play(all, [...own, "BBBBBBBBBBB1"], [V, B]);
    expect(verdict(isolationCompaction, mixed, (left) => play(left, own, [V, B]))).toMatchObject({ findings: [], witness: 1 });
  });

  it("does not apply to an engine that recalls across sessions, whose compacts tell of others on purpose", () => {
    const said = isolationCompaction.applies(subjectOf({ adapter: { recall: "cross-session" } }), {});
    expect(said).toMatchObject({ applies: false });
    expect(isolationCompaction.applies(subjectOf(), {})).toEqual({ applies: true });
  });
});

describe("isolation-subagent, twins", () => {
  const spawn = (fails: boolean, endedTwice: boolean): Step => ({
    id: "s2",
    at: 0,
    kind: "spawn",
    parent: "a",
    contextMode: "isolated",
    fails,
    text,
    childText: text,
    childReplyTokens: 8,
    ended: "completed",
    endedTwice,
  });
  const play = (step: Step, ends: number, last: Shows) => {
    const h = written([turn("s1", "a"), step, turn("s3", "a")]);
    h.turn("s1", "a").view([]).commit([U, A]).end();
    const spawning = h
      .turn("s2", "a")
      .view([U, A], { supplied: [U, A] })
      .commit([V, B]);
    const child = h.session("a/s2", { family: "a", contextMode: "isolated" });
    const hook = (phase: "spawn-rollback" | "spawn-ended") =>
      h.addCall({ method: "onSubagentEnded", phase, session: child, params: { childSessionKey: "c" } }, {});
    for (let n = 0; n < ends; n++) hook(step.kind === "spawn" && step.fails ? "spawn-rollback" : "spawn-ended");
    spawning.end();
    h.turn("s3", "a")
      .view(last, { supplied: [U, A, V, B] })
      .end();
    return h.done();
  };
  const asked = (history: History) => isolationSubagent.twins?.(history.case, history, subjectOf()) ?? [];

  it("finds a rollback that takes the parent's messages along", () => {
    const history = play(spawn(true, false), 1, [V, B]);
    const [request] = asked(history);
    expect(request?.theCase.steps[1]).toMatchObject({ kind: "turn", id: "s2", session: "a" });
    const twin = { name: request?.name ?? "", history: play(turn("s2", "a"), 0, [U, A, V, B]) };
    const findings = isolationSubagent.check(history, [twin], subjectOf());
    expect(findings[0]?.message).toContain("rolled back in s2");
    expect(findings[0]?.level).toBeUndefined();
  });

  it("finds a second end notice that changes the parent, as a should", () => {
    const history = play(spawn(false, true), 2, [B]);
    const [request] = asked(history);
    expect(request?.theCase.steps[1]).toMatchObject({ endedTwice: false });
    const twin = { name: request?.name ?? "", history: play(spawn(false, false), 1, [U, A, V, B]) };
    expect(isolationSubagent.check(history, [twin], subjectOf())).toMatchObject([{ level: "should" }]);
    expect(asked(play(spawn(false, false), 1, [U]))).toEqual([]);
  });
});
