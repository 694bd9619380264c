import { describe, expect, it } from "vitest";
import type { Message } from "../src/define/index.js";
import { type HistoryWriter, historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-failed-turn.js";

const ASKED = "AAAAAAAAAAF1 do it";
const F = user(ASKED);
const said: [Message, Message] = [user("AAAAAAAAAAU2 question"), reply("AAAAAAAAAAR2 answer")];
const LANES = { lanes: { hb: { kind: "heartbeat" as const, session: "a" } } };
const check = (h: HistoryWriter) => clause.check({ ...h.done() }, [], subjectOf());
const failed = (h: HistoryWriter) =>
  h.turn("s1", "a", { prompt: ASKED }).view([], { prompt: ASKED }).provider("error").end("failed", "400");

describe("history-failed-turn", () => {
  it("finds the failed turn's text in a later view of another run", () => {
    const h = historyOf(LANES);
    h.tick("s1", "hb").view([], { prompt: ASKED }).provider("error").end("failed", "400 invalid request");
    h.tick("s2", "hb").view([F], { prompt: "checks" }).end();
    const [finding] = check(h);
    expect(finding?.message).toContain("Step s1 failed (400 invalid request) and was never committed");
    expect(finding?.blame).toHaveLength(4);
  });

  it("finds it in systemPromptAddition, too", () => {
    const h = historyOf(LANES);
    h.tick("s1", "hb").view([], { prompt: ASKED }).end("failed");
    h.tick("s2", "hb")
      .view([], { addition: `Open: ${ASKED}` })
      .end();
    expect(check(h)).toHaveLength(1);
  });

  it("finds it once more than the host supplied it", () => {
    const h = historyOf();
    failed(h);
    h.turn("s2", "a")
      .view([F, F], { supplied: [F] })
      .end();
    expect(check(h)[0]?.message).toContain("once more than the host supplied it");
  });

  it("accepts it as supplied, and what an engine kept from the host's later history", () => {
    const h = historyOf();
    failed(h);
    h.turn("s2", "a")
      .view([F], { supplied: [F] })
      .end();
    h.note("s3", "host-compaction", "a");
    h.turn("s4", "a")
      .view([F, ...said], { supplied: said })
      .end();
    expect(check(h)).toEqual([]);
    expect(clause.witness(h.done(), [], subjectOf())).toBe(1);
  });

  it("accepts what a compaction of the failed turn made of it", () => {
    const h = historyOf();
    const turn = h.turn("s1", "a", { prompt: ASKED }).view([], { prompt: ASKED });
    turn
      .provider("overflow")
      .compact({ requests: [ASKED] })
      .end("failed");
    h.turn("s2", "a")
      .view([user("Summary: AAAAAAAAAAF1")], { supplied: said })
      .end();
    expect(check(h)).toEqual([]);
  });

  it("accepts the text when another turn that was accepted brought it, too", () => {
    const h = historyOf();
    failed(h);
    h.turn("s2", "a").view([], { supplied: [], prompt: ASKED }).commit([F, said[1]]).end();
    h.turn("s3", "a").view([F], { supplied: [] }).end();
    expect(check(h)).toEqual([]);
  });

  it("leaves out what a memory engine declares as recalled", () => {
    const h = historyOf(LANES);
    h.tick("s1", "hb").view([], { prompt: ASKED }).end("failed");
    h.tick("s2", "hb").view([F]).end();
    const adapter = { recall: "cross-session-and-isolated" as const, isRecalled: () => true };
    expect(clause.check(h.done(), [], subjectOf({ adapter }))).toEqual([]);
  });

  it("does not apply to classic hosts, which deliver failed turns", () => {
    expect(clause.applies(subjectOf({ host: "openclaw-2026.7" }), {}).applies).toBe(false);
  });
});
