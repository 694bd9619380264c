import { describe, expect, it } from "vitest";
import type { AnyMessage, Message } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./race-same-session.js";

const subject = subjectOf();
const ONE: Message[] = [user("AAAAAAAAAAA1 one"), reply("AAAAAAAAAAA2 one")];
const TWO: Message[] = [user("AAAAAAAAAAA3 two"), reply("AAAAAAAAAAA4 two")];

/** Two turns of one session; the second starts before the first ends when `overlaps`. */
function played(after: readonly (Message | AnyMessage)[], overlaps: boolean, throws?: string, budget = 100_000) {
  const h = historyOf();
  const first = h.turn("s1", "a").view([]);
  if (!overlaps) first.commit(ONE).end();
  const second = h.turn("s2", "a").view([]);
  if (overlaps) first.commit(ONE);
  second.commit(TWO, throws === undefined ? {} : { throws }).end();
  if (overlaps) first.end();
  h.turn("s3", "a")
    .view([...after] as AnyMessage[], { budget })
    .end();
  return clause.check(h.done(), [], subject);
}

describe("race-same-session", () => {
  it("accepts both turns once, whole, in part or in a summary", () => {
    expect(played([...ONE, ...TWO], true)).toEqual([]);
    expect(played([...TWO, ...ONE], true)).toEqual([]);
    expect(played([ONE[0] as Message, { role: "user", content: "Summary: AAAAAAAAAAA4" }], true)).toEqual([]);
  });

  it("names a turn that is lost, at the lower level", () => {
    const [finding] = played(TWO, true);
    expect(finding?.message).toContain("The turn of step s1");
    expect(finding?.level).toBe("should");
    expect(played(TWO, true, undefined, 10)).toEqual([]);
  });

  it("names a doubled text", () => {
    expect(played([...ONE, ...TWO, ...TWO], true)[0]?.message).toContain("A text of step s2");
  });

  it("names a throw", () => {
    expect(played([...ONE, ...TWO], true, "CONFLICT")[0]?.message).toContain("commitTurn in step s2 threw");
  });

  it("judges nothing that did not overlap", () => {
    expect(played(TWO, false)).toEqual([]);
    expect(played([], false, "broken")).toEqual([]);
  });
});
