import { describe, expect, it } from "vitest";
import type { AnyMessage } from "../src/define/index.js";
import { historyOf, toolCall, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./assemble-estimate.js";

const claiming = subjectOf({ claims: ["assemble-estimate"] });
const LATIN = user("x".repeat(4_000));
const CHINESE = user("船".repeat(1_000));

function estimated(view: unknown[], estimate: number, subject = subjectOf()) {
  const h = historyOf();
  h.turn("s1", "a")
    .view(view as AnyMessage[], { estimate })
    .end();
  return clause.check(h.done(), [], subject);
}

describe("assemble-estimate", () => {
  it("accepts no estimate, and every honest way to estimate", () => {
    for (const estimate of [0, 600, 1_000, 1_900]) expect(estimated([LATIN], estimate)).toEqual([]);
    for (const estimate of [250, 1_000, 1_500]) expect(estimated([CHINESE], estimate)).toEqual([]);
    const tool = toolCall("c1", "read", { list: Array.from({ length: 500 }, (_, n) => ({ n })) });
    expect(estimated([tool], Math.ceil(JSON.stringify(tool).length / 4))).toEqual([]);
  });

  it("names estimates far below and far above", () => {
    expect(estimated([LATIN], 12)[0]?.expected).toContain("between 500");
    expect(estimated([LATIN], 9_000)[0]?.actual).toContain("9000 for 1 message of");
  });

  it("says nothing about small views", () => {
    expect(estimated([user("hello")], 900)).toEqual([]);
  });

  it("is strict where a close estimate is claimed", () => {
    expect(estimated([CHINESE], 1_500, claiming)).toEqual([]);
    expect(estimated([CHINESE], 300, claiming)).toHaveLength(1);
  });
});
