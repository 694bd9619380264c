import { describe, expect, it } from "vitest";
import type { Clause, Subject } from "../define/index.js";
import { isEnough } from "./enough.js";
import { stubClause } from "./stand-in.fixture.js";
import { HostTally } from "./tally.js";

const subject = { claims: ["promised"] } as unknown as Subject;

function enough(
  clauses: Clause[],
  cases: number,
  about: { leastCases?: number; strict?: boolean; seen?: string[] } = {},
): boolean {
  const { leastCases = 10, strict = false, seen = [] } = about;
  const tally = new HostTally("openclaw-2026.9");
  tally.cases = cases;
  for (const id of seen) tally.clause(id).witnessed = 1;
  return isEnough({ clauses, extent: { leastCases }, options: { strict } }, subject, tally);
}

describe("a profile whose time is over", () => {
  it("has not seen enough before its least number of cases, nor without any", () => {
    expect(enough([], 9)).toBe(false);
    expect(enough([], 10)).toBe(true);
    expect(isEnough({ clauses: [], extent: { leastCases: 1 }, options: {} }, subject, undefined)).toBe(false);
  });

  it("is over at once where no least number is asked for", () => {
    expect(isEnough({ clauses: [stubClause("a")], extent: {}, options: {} }, subject, undefined)).toBe(true);
  });

  it("goes on while a must, or a claim that is made, was not exercised", () => {
    const clauses = [stubClause("a"), stubClause("promised", { level: "claim" })];
    expect(enough(clauses, 10)).toBe(false);
    expect(enough(clauses, 10, { seen: ["a"] })).toBe(false);
    expect(enough(clauses, 10, { seen: ["a", "promised"] })).toBe(true);
  });

  it("does not wait for what does not count", () => {
    const away = { applies: () => ({ applies: false as const, reason: "not here" }) };
    const clauses = [
      stubClause("away", away),
      stubClause("unclaimed", { level: "claim" }),
      stubClause("harness", { who: "host" }),
      stubClause("wish", { level: "should" }),
    ];
    expect(enough(clauses, 10)).toBe(true);
    expect(enough(clauses, 10, { strict: true })).toBe(false);
  });
});
