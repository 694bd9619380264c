import { describe, expect, it } from "vitest";
import type { Message } from "../src/define/index.js";
import { type HistoryWriter, historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-order.js";

const U1 = user("AAAAAAAAAAU1 question");
const R1 = reply("AAAAAAAAAAR1 answer");
const U2 = user("AAAAAAAAAAU2 question");
const R2 = reply("AAAAAAAAAAR2 answer");
const ALL: Message[] = [U1, R1, U2, R2];
const check = (h: HistoryWriter) => clause.check({ ...h.done() }, [], subjectOf());

function viewOf(shows: Message[], supplied: Message[] = ALL) {
  const h = historyOf();
  h.turn("s1", "a").commit([U1, R1]).end();
  h.turn("s2", "a").commit([U2, R2]).end();
  h.turn("s3", "a").view(shows, { supplied }).end();
  return h;
}

describe("history-order", () => {
  it("finds two messages that stand the other way round", () => {
    const [finding] = check(viewOf([U1, U2, R1, R2]));
    expect(finding?.message).toContain("AAAAAAAAAAU2 (user) stands before AAAAAAAAAAR1 (assistant)");
    expect(finding?.blame).toHaveLength(4);
  });

  it("finds them without any supply, by the order of the deliveries", () => {
    expect(check(viewOf([R2, U1], []))).toHaveLength(1);
  });

  it("accepts any subsequence, with summaries and unknown notes anywhere", () => {
    expect(check(viewOf([user("Summary: AAAAAAAAAAR2"), U1, reply("well"), R2]))).toEqual([]);
    expect(clause.witness(viewOf(ALL).done(), [], subjectOf())).toBe(1);
    expect(clause.witness(viewOf([U1, R2]).done(), [], subjectOf())).toBe(0);
  });

  it("accepts the host's own summary and notes anywhere", () => {
    const summary: Message = { role: "compactionSummary", summary: "AAAAAAAAAAS1 so far", tokensBefore: 9, timestamp: 1 };
    expect(check(viewOf([summary, ...ALL], [U1, R1, summary, U2, R2]))).toEqual([]);
  });

  it("tells nothing where the history opens with an answer like any other, as an import may", () => {
    expect(check(viewOf([U2, U1, R1], [reply(""), ...ALL]))).toEqual([]);
    expect(check(viewOf([U2, U1, R1], [reply("AAAAAAAAAAR0 known"), ...ALL]))).toHaveLength(1);
  });

  it("matches copies as favourably as possible", () => {
    const again = [U1, R1, U1, U2];
    expect(check(viewOf([R1, U1, U2], again))).toEqual([]);
    expect(check(viewOf([U1, U1, R1, U2], again))).toEqual([]);
    expect(check(viewOf([U2, U1, R1], again))).toHaveLength(1);
  });

  it("leaves a doubled message to history-no-duplicate", () => {
    expect(check(viewOf([U1, R1, U2, R1, R2]))).toEqual([]);
    expect(check(viewOf([U2, U1, R1, U2, R2]))).toEqual([]);
    expect(check(viewOf([U1, U2, R1, U1, R2]))).toHaveLength(1);
  });

  it("accepts the order of the deliveries where it differs from that of the supply", () => {
    expect(check(viewOf([U1, R1, U2, R2], [U2, R2, U1, R1]))).toEqual([]);
  });

  it("accepts a message that was delivered once more, where its older copy is gone", () => {
    const h = historyOf({ host: "openclaw-2026.5" });
    h.turn("s1", "a")
      .view(ALL, { supplied: ALL })
      .afterTurn(ALL, [user("AAAAAAAAAAU3 next")])
      .end();
    h.turn("s2", "a")
      .afterTurn([], [R1, reply("AAAAAAAAAAR4 yes")])
      .end();
    h.turn("s3", "a").view([U2, R2, R1], { supplied: ALL }).end();
    expect(check(h)).toEqual([]);
    h.turn("s4", "a").view([R2, U2, R1], { supplied: ALL }).end();
    expect(check(h)).toHaveLength(1);
  });

  it("knows it by its canary where the client's text and that of later histories differ", () => {
    const h = historyOf({ host: "openclaw-2026.5" });
    h.turn("s1", "a").afterTurn([], [U1, R1]).end();
    h.turn("s2", "a")
      .afterTurn([], [user("Conversation info (from the client) AAAAAAAAAAU2 question"), R2])
      .end();
    h.turn("s3", "a").afterTurn([], [R1]).end();
    h.turn("s4", "a").view([U2, R2, R1], { supplied: ALL }).end();
    expect(check(h)).toEqual([]);
    h.turn("s5", "a").view([U2, U1, R1], { supplied: ALL }).end();
    expect(check(h)).toHaveLength(1);
  });

  it("says nothing of a pair that no order of the host holds together", () => {
    const h = historyOf();
    h.turn("s1", "a").commit([U1, R1]).end();
    h.turn("s2", "a")
      .view([U2, U1, R1], { supplied: [U2] })
      .end();
    expect(check(h)).toEqual([]);
  });

  it("leaves out recalled memories", () => {
    const adapter = { recall: "cross-session" as const, isRecalled: (message: { role?: unknown }) => message.role === "user" };
    expect(clause.check(viewOf([U2, U1, R1, R2]).done(), [], subjectOf({ adapter }))).toEqual([]);
  });
});
