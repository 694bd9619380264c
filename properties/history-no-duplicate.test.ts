import { describe, expect, it } from "vitest";
import type { Message } from "../src/define/index.js";
import type { HistoryWriter } from "../src/judge/notation.js";
import { historyOf, reply, toolCall, toolResult, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-no-duplicate.js";

const U1 = user("AAAAAAAAAAA1 hello");
const R1 = reply("AAAAAAAAAAA2 good day");
const OK = user("please go on");
const check = (h: HistoryWriter) => clause.check({ ...h.done() }, [], subjectOf());
const classic = () => historyOf({ host: "openclaw-2026.5" });

describe("history-no-duplicate", () => {
  it("finds a message that a retried commit stored twice", () => {
    const h = historyOf();
    h.turn("s1", "a").commit([U1, R1]).note("commit-answer-lost", { advancementKey: "s1" }).end();
    h.turn("s2", "a")
      .commit([U1, R1], { phase: "commit-late", status: "duplicate", params: { advancementKey: "s1" } })
      .view([U1, R1, U1, R1], { supplied: [U1, R1] })
      .end();
    const [finding] = check(h);
    expect(finding?.message).toContain("2 copies of one user message: AAAAAAAAAAA1");
    expect(finding?.level).toBeUndefined();
    expect(finding?.blame).toHaveLength(5);
  });

  it("says so where the copies of a tool call bear different ids", () => {
    const call = (id: string) => toolCall(id, "lookup", { query: "AAAAAAAAAAA3 at noon" });
    const h = historyOf();
    h.turn("s1", "a")
      .commit([U1, call("call_1"), toolResult("call_1", "lookup", "AAAAAAAAAAA4 noon"), R1])
      .end();
    h.turn("s2", "a")
      .view([U1, call("call_1"), call("call1")], { supplied: [U1, call("call1")] })
      .end();
    expect(check(h)[0]?.actual).toContain("their call ids differ (call_1, call1)");
  });

  it("tells nothing where the history opens with an answer like any other, as an import may", () => {
    const doubled = (opening: Message, phase: "assemble-first" | "assemble-again" = "assemble-first") => {
      const h = historyOf();
      h.turn("s1", "a").commit([U1, R1]).end();
      h.turn("s2", "a")
        .view([U1, R1, opening, U1, R1], { supplied: [opening, U1, R1], phase })
        .end();
      return check(h);
    };
    expect(doubled(reply(""))).toEqual([]);
    expect(doubled(reply(""), "assemble-again")).toHaveLength(2);
    expect(doubled(reply("AAAAAAAAAAA3 one that is known"))).toHaveLength(2);
    expect(doubled(OK)).toHaveLength(2);
  });

  it("finds a doubled store that a view hides, by the probe", () => {
    const h = historyOf();
    h.turn("s1", "a").commit([U1, R1]).end();
    h.probe(h.session("a"), [U1, R1, R1]);
    expect(check(h)).toHaveLength(1);
  });

  it("accepts as many copies as deliveries carried: the same user text again after an overflow", () => {
    const h = classic();
    h.turn("s1", "a").afterTurn([], [U1]).retry().afterTurn([U1], [U1, R1]).end();
    h.turn("s2", "a")
      .view([U1, U1, R1], { supplied: [U1, R1] })
      .end();
    expect(check(h)).toEqual([]);
  });

  it("accepts the reply that the overlapping slice of a host compaction delivers twice", () => {
    const h = classic();
    h.turn("s1", "a").afterTurn([], [U1, R1]).end();
    h.turn("s2", "a")
      .afterTurn([U1], [R1, user("AAAAAAAAAAA3 next"), reply("AAAAAAAAAAA4 yes")])
      .end();
    h.turn("s3", "a").view([U1, R1, R1]).end();
    expect(check(h)).toEqual([]);
  });

  it("accepts copies that were supplied in the call, the prompt included", () => {
    const h = historyOf();
    h.turn("s1", "a")
      .view([U1, U1, U1], { supplied: [U1, U1], prompt: "AAAAAAAAAAA1 hello" })
      .end();
    expect(check(h)).toEqual([]);
  });

  it("accepts in a probe what an earlier history of the host held twice", () => {
    const h = classic();
    h.turn("s1", "a")
      .view([], { supplied: [U1, U1] })
      .end();
    h.probe(h.session("a"), [U1, U1]);
    expect(check(h)).toEqual([]);
  });

  it("accepts in a probe the text of a wrapped live message that only the session file holds", () => {
    const h = classic();
    h.turn("s1", "a", { prompt: "AAAAAAAAAAA1 hello" }).afterTurn([], [U1, R1]).end();
    h.turn("s2", "a", { prompt: "From the chat client:\nAAAAAAAAAAA1 hello" })
      .provider("overflow")
      .afterTurn([U1, R1], [])
      .end("failed");
    h.probe(h.session("a"), [U1, R1, U1]);
    expect(check(h)).toEqual([]);
  });

  it("accepts repeated texts that carry no canary, and a canary inside a summary", () => {
    const h = historyOf();
    h.turn("s1", "a").commit([U1, R1]).end();
    h.turn("s2", "a")
      .view([OK, OK, user("Summary: AAAAAAAAAAA1"), U1, R1], { supplied: [U1, R1] })
      .end();
    expect(check(h)).toEqual([]);
  });

  it("counts no copy of a summary that the engine keeps as a text of its own", () => {
    const h = classic();
    const told = { role: "compactionSummary" as const, summary: "They spoke of AAAAAAAAAAA2", tokensBefore: 9, timestamp: 1 };
    h.turn("s1", "a").afterTurn([], [told, U1]).end();
    const own = user("[Host summary] They spoke of AAAAAAAAAAA2");
    h.probe(h.session("a"), [own, own, U1]);
    expect(check(h)).toEqual([]);
    const cut = user("[Shortened] AAAAAAAAAAA1");
    h.probe(h.session("a"), [cut, cut, U1]);
    expect(check(h)).toHaveLength(1);
  });

  it("takes a message that the host merged with an empty one for another message", () => {
    const merged = user("\nAAAAAAAAAAA1 hello");
    const h = historyOf();
    h.turn("s1", "a").commit([U1, R1]).end();
    h.turn("s2", "a")
      .view([merged, R1, U1], { supplied: [merged, R1] })
      .end();
    expect(check(h)).toEqual([]);
    h.turn("s3", "a")
      .view([merged, merged, R1], { supplied: [merged, R1] })
      .end();
    expect(check(h)).toHaveLength(1);
  });

  it("says should where an artificial exact repeat was stored again", () => {
    const h = classic();
    h.turn("s1", "a").afterTurn([], [U1, R1]).afterTurn([], [U1, R1], { phase: "repeat" }).end();
    h.probe(h.session("a"), [U1, R1]);
    expect(check(h)).toEqual([]);
    h.probe(h.session("a"), [U1, R1, U1]);
    expect(check(h).map((finding) => finding.level)).toEqual(["should"]);
  });

  it("is witnessed by a view that shows what was delivered and supplied", () => {
    const h = historyOf();
    h.turn("s1", "a").commit([U1, R1]).end();
    expect(clause.witness(h.done(), [], subjectOf())).toBe(0);
    h.turn("s2", "a")
      .view([U1, R1], { supplied: [U1, R1] })
      .end();
    expect(clause.witness({ ...h.done() }, [], subjectOf())).toBe(1);
  });
});
