import { describe, expect, it } from "vitest";
import type { History, Residue, ThrowEvent } from "../src/define/index.js";
import { historyOf } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./contract-results.js";

const subject = subjectOf();
const check = (history: History) => clause.check(history, [], subject);

function answering(method: "assemble" | "compact" | "commitTurn" | "ingest" | "maintain" | "afterTurn", result?: unknown) {
  const h = historyOf();
  h.turn("s1", "a")
    .call(method, "commit", {}, result === undefined ? {} : { result })
    .end();
  return check(h.done());
}

function throwing(cause: ThrowEvent["cause"], isError = true): History {
  const history = historyOf().done();
  const writer = historyOf();
  writer.turn("s1", "a").call("compact", "compact-manual", {}, { throws: "broken" }).end("failed");
  history.events.push(
    ...writer
      .done()
      .events.map((event) => (event.kind === "throw" ? { ...event, cause, error: { ...event.error, isError } } : event)),
  );
  return history;
}

describe("contract-results", () => {
  it.each([
    ["assemble", { messages: [], estimatedTokens: 0, extra: true, contextProjection: { mode: "per_turn", epoch: "7" } }],
    ["assemble", { messages: [], estimatedTokens: 5, systemPromptAddition: null, promptAuthority: "assembled" }],
    ["compact", { ok: true, compacted: false }],
    ["compact", { ok: false, compacted: false, reason: "busy", result: null }],
    ["compact", { ok: true, compacted: true, result: { tokensBefore: 9, tokensAfter: 3, sessionId: "s2" } }],
    ["commitTurn", { status: "duplicate", at: 3 }],
    ["maintain", { changed: false }],
    ["afterTurn", undefined],
  ] as const)("accepts a good answer of %s", (method, result) => {
    expect(answering(method, result)).toEqual([]);
  });

  it.each([
    ["assemble", undefined],
    ["assemble", { messages: {}, estimatedTokens: 0 }],
    ["assemble", { messages: [], estimatedTokens: "12" }],
    ["compact", { ok: true }],
    ["compact", { ok: true, compacted: "yes" }],
    ["compact", { ok: true, compacted: true, result: { tokensBefore: "9" } }],
    ["compact", { ok: true, compacted: true, result: { tokensBefore: 9, sessionId: 7 } }],
    ["commitTurn", undefined],
    ["commitTurn", { status: "ok" }],
  ] as const)("names a bad answer of %s", (method, result) => {
    const [finding] = answering(method, result);
    expect(finding?.message).toContain(`${method} in step s1`);
    expect(finding?.level).toBeUndefined();
    expect(finding?.blame).toEqual([1, 2]);
  });

  it("holds the other methods' answers to a lower level", () => {
    expect(answering("ingest", undefined)[0]?.level).toBe("should");
    expect(answering("maintain", "done")[0]?.level).toBe("should");
  });

  it("names a rejection, a call that never settled and a dead process", () => {
    expect(check(throwing("engine"))[0]?.message).toContain("rejected although no fault was injected: Error: broken");
    expect(check(throwing("timeout"))[0]?.message).toContain("did not settle");
    expect(check(throwing("process"))[0]?.message).toContain("ended the engine's process");
  });

  it("excuses a rejection under a failing summariser, unless it is no Error", () => {
    for (const isError of [true, false]) {
      const history = throwing("engine", isError);
      const call = history.events.findIndex((event) => event.kind === "call");
      history.events.splice(call + 1, 0, { i: call + 1, step: "s1", kind: "summariser", call: 1, request: "", mode: "error" });
      const renumbered = { ...history, events: history.events.map((event, i) => ({ ...event, i })) };
      expect(check(renumbered).map((finding) => finding.level)).toEqual(isError ? [] : ["should"]);
    }
  });

  it("does not accuse the engine of the host's own kill", () => {
    const history = throwing("process");
    const kill = {
      id: "s9",
      at: 0,
      kind: "kill",
      point: { where: "call", step: "s1", method: "compact", nth: 1, when: { moment: "before" } },
    } as const;
    const i = history.events.length;
    history.events.push({ i, step: "s1", kind: "host", what: "killed", detail: {} });
    expect(check({ ...history, case: { ...history.case, steps: [kill] } })).toEqual([]);
  });

  it("names what nobody caught, and at a lower level a changed global", () => {
    const residue: Residue = {
      storedBytes: 0,
      deliveredBytes: 0,
      active: {},
      strayFiles: [],
      network: [],
      output: "",
      globals: ["Date"],
      uncaught: [],
      blockedMs: 0,
    };
    const h = historyOf();
    h.turn("s1", "a").end();
    expect(check({ ...h.done(), residue }).map((finding) => finding.level)).toEqual(["should"]);
    expect(check({ ...h.done(), residue: { ...residue, uncaught: ["Error: late"] } })[0]?.actual).toContain("late");
  });

  it("counts answered calls", () => {
    const h = historyOf();
    h.turn("s1", "a").factory().view([]).commit([]).end();
    expect(clause.witness(h.done(), [], subject)).toBe(3);
  });
});
