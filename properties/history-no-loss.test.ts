import { describe, expect, it } from "vitest";
import type { Message } from "../src/define/index.js";
import { type HistoryWriter, historyOf, reply, toolCall, toolResult, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-no-loss.js";

const YES = user("AAAAAAAAAAYS yes");
const R1 = reply("AAAAAAAAAAR1 answer");
const R2 = reply("AAAAAAAAAAR2 answer");
const CLAIMED = subjectOf({ claims: ["history-no-loss"] });
const check = (h: HistoryWriter) => clause.check({ ...h.done() }, [], CLAIMED);

function twoTurns() {
  const h = historyOf();
  h.turn("s1", "a", { prompt: "AAAAAAAAAAYS yes" }).commit([YES, R1]).end();
  h.turn("s2", "a", { prompt: "AAAAAAAAAAYS yes" }).commit([YES, R2]).end();
  return h;
}

describe("history-no-loss", () => {
  it("finds the second copy of a text that two turns brought", () => {
    const h = twoTurns();
    h.turn("s3", "a").view([YES, R1, R2]).end();
    const [finding] = check(h);
    expect(finding?.expected).toContain("2 copies of the message, brought by 2 turns (s1, s2)");
    expect(finding?.blame).toHaveLength(4);
  });

  it("accepts merged and shortened forms that still carry the canary", () => {
    const h = twoTurns();
    h.turn("s3", "a")
      .view([YES, R1, user("marker\nAAAAAAAAAAYS yes"), reply("AAAAAAAAAAR2 …")])
      .end();
    expect(check(h)).toEqual([]);
  });

  it("finds a lost tool result whose id came before", () => {
    const round = (n: number): Message[] => [
      user(`AAAAAAAAAAU${n} look`),
      toolCall("c", "read", { q: `AAAAAAAAAAC${n}` }),
      toolResult("c", "read", `AAAAAAAAAAT${n} found`),
      reply(`AAAAAAAAAAR${n} done`),
    ];
    const h = historyOf();
    h.turn("s1", "a").commit(round(1)).end();
    h.turn("s2", "a").commit(round(2)).end();
    h.turn("s3", "a")
      .view([...round(1), ...round(2).filter((message) => message.role !== "toolResult")])
      .end();
    expect(check(h)[0]?.message).toContain("lacks a delivered toolResult message: AAAAAAAAAAT2");
    expect(clause.witness(h.done(), [], CLAIMED)).toBe(1);
  });

  it("owes nothing after a compaction, under a tight budget, of failed turns, heartbeats, resets and overlapping slices", () => {
    const compacted = twoTurns();
    compacted.compact("c", "a").turn("s3", "a").view([]).end();
    expect(check(compacted)).toEqual([]);
    const tight = twoTurns();
    tight.turn("s3", "a").view([], { budget: 30 }).end();
    expect(check(tight)).toEqual([]);
    const reset = twoTurns();
    reset.note("r", "reset", "a").turn("s3", "a").view([]).end();
    expect(check(reset)).toEqual([]);
    const other = historyOf({ host: "openclaw-2026.5" });
    other
      .turn("s1", "a")
      .afterTurn([], [user("AAAAAAAAAAU1 x")])
      .end("failed");
    other
      .turn("s2", "a", { kind: "heartbeat-shared" })
      .afterTurn([], [user("AAAAAAAAAAU2 x")])
      .end();
    other
      .turn("s3", "a")
      .afterTurn([], [user("AAAAAAAAAAU3 x"), R1])
      .end();
    other
      .turn("s4", "a")
      .afterTurn([], [R1, user("AAAAAAAAAAU4 x"), R2])
      .end();
    other
      .turn("s5", "a")
      .view([user("AAAAAAAAAAU3 x"), R1, user("AAAAAAAAAAU4 x"), R2])
      .end();
    expect(check(other)).toEqual([]);
  });

  it("applies to engines that claim it", () => {
    expect(clause.applies(CLAIMED, {}).applies).toBe(true);
    expect(clause.applies(subjectOf(), {})).toEqual({ applies: false, reason: "not claimed" });
  });
});
