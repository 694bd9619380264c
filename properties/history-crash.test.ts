import { describe, expect, it } from "vitest";
import type { Message } from "../src/define/index.js";
import { type HistoryWriter, historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-crash.js";

const U1 = user("AAAAAAAAAAU1 question");
const R1 = reply("AAAAAAAAAAR1 answer");
const CLAIMED = subjectOf({ claims: ["history-crash"] });
const check = (h: HistoryWriter) => clause.check({ ...h.done() }, [], CLAIMED);

function killed(shows: Message[], compacted = false) {
  const h = historyOf();
  h.turn("s1", "a").commit([U1, R1]).end();
  h.note("k", "killed");
  if (compacted) h.compact("c", "a");
  h.turn("s2", "a")
    .view(shows, { supplied: [U1, R1] })
    .end();
  return h;
}

describe("history-crash", () => {
  it("finds an acknowledged message that is nowhere after the kill", () => {
    const [finding] = check(killed([U1]));
    expect(finding?.message).toContain("lacks an acknowledged assistant message: AAAAAAAAAAR1");
    expect(finding?.blame).toHaveLength(5);
  });

  it("finds a message that the kill doubled", () => {
    expect(check(killed([U1, R1, U1]))[0]?.message).toContain("2 copies of AAAAAAAAAAU1");
  });

  it("finds a store that does not open", () => {
    const h = historyOf();
    h.turn("s1", "a").commit([U1, R1]).end();
    h.note("k", "killed");
    h.turn("s2", "a").bootstrap({}, { throws: "journal found" }).end();
    expect(check(h)[0]?.actual).toBe("journal found");
  });

  it("accepts everything contained or covered, and no demand across a compaction", () => {
    expect(check(killed([U1, R1]))).toEqual([]);
    expect(check(killed([user("Summary: AAAAAAAAAAU1, AAAAAAAAAAR1")]))).toEqual([]);
    expect(check(killed([], true))).toEqual([]);
    expect(clause.witness(killed([U1, R1]).done(), [], CLAIMED)).toBe(1);
  });

  it("finds what the kill cut short when it was delivered again and is not there", () => {
    const redelivered = (shows: Message[]) => {
      const h = historyOf();
      const cut = h.turn("s1", "a").commit([U1, R1], { throws: "gone" });
      h.note("k", "killed");
      cut.commit([U1, R1], { status: "duplicate", phase: "commit-late" });
      h.turn("s2", "a")
        .view(shows, { supplied: [U1, R1] })
        .end();
      return h;
    };
    expect(check(redelivered([U1]))[0]?.message).toContain("AAAAAAAAAAR1");
    expect(check(redelivered([U1, R1]))).toEqual([]);
  });

  it("demands nothing that was not acknowledged", () => {
    const h = historyOf();
    h.turn("s1", "a").commit([U1, R1], { throws: "gone" });
    h.note("k", "killed");
    h.turn("s2", "a").view([]).end();
    expect(check(h)).toEqual([]);
    expect(clause.witness(h.done(), [], CLAIMED)).toBe(0);
  });

  it("applies to engines that claim it", () => {
    expect(clause.applies(subjectOf(), {}).applies).toBe(false);
  });
});
