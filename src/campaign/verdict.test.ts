import { describe, expect, it } from "vitest";
import { APPLIES, notApplicable, nothingToWitness } from "../define/index.js";
import { type ClauseInput, clauseVerdict, failureRateBound, runVerdict, worstExit } from "./verdict.js";

const CLEAN: ClauseInput = {
  id: "x",
  level: "must",
  unclaimed: "not-applicable",
  host: "openclaw-2026.9",
  applies: APPLIES,
  claims: [],
  excuses: [],
  witnessed: 3,
  cases: 10,
  violated: {},
};
const verdict = (about: Partial<ClauseInput>) => clauseVerdict({ ...CLEAN, ...about });

describe("the verdict of a clause", () => {
  it.each<[string, Partial<ClauseInput>, object]>([
    ["exercised and never violated", {}, { verdict: "passed", level: "must" }],
    ["never exercised", { witnessed: 0 }, { verdict: "inconclusive", reason: "never exercised in 10 cases" }],
    ["no case", { witnessed: 0, cases: 0 }, { verdict: "inconclusive", reason: "no case ran" }],
    [
      "does not apply",
      { applies: notApplicable("why"), violated: { own: "confirmed" } },
      { verdict: "not-applicable", reason: "why" },
    ],
    ["has nothing to witness", { applies: nothingToWitness("why") }, { verdict: "not-applicable", reason: "why" }],
    [
      "has nothing to witness and is violated",
      { applies: nothingToWitness("why"), violated: { own: "confirmed" } },
      { verdict: "violated", level: "must" },
    ],
    ["violated", { violated: { own: "confirmed" } }, { verdict: "violated", level: "must" }],
    ["violated though never witnessed", { witnessed: 0, violated: { own: "confirmed" } }, { verdict: "violated" }],
    ["weaker part violated", { violated: { should: "confirmed" } }, { verdict: "violated", level: "should" }],
    ["both parts violated", { violated: { own: "confirmed", should: "confirmed" } }, { verdict: "violated", level: "must" }],
    [
      "flaky, the weaker part certain",
      { violated: { own: "flaky", should: "confirmed" } },
      { verdict: "violated", level: "should" },
    ],
    ["flaky", { violated: { own: "flaky" } }, { verdict: "flaky", level: "must" }],
    ["differs from itself", { unstable: "there" }, { verdict: "inconclusive", reason: "the engine differs from itself: there" }],
    ["differs from itself, yet certain", { unstable: "there", violated: { own: "confirmed" } }, { verdict: "violated" }],
    ["unclaimed claim", { level: "claim", violated: { own: "confirmed" } }, { verdict: "not-applicable", reason: "not claimed" }],
    ["claimed claim", { level: "claim", claims: ["x"], violated: { own: "confirmed" } }, { verdict: "violated", level: "claim" }],
    [
      "unclaimed claim that is a should",
      { level: "claim", unclaimed: "should", violated: { own: "confirmed" } },
      { verdict: "violated", level: "should" },
    ],
    [
      "excused",
      { excuses: [{ clause: "x", reason: "known" }], violated: { own: "confirmed" } },
      { verdict: "excused", reason: "known" },
    ],
    [
      "excused elsewhere",
      { excuses: [{ clause: "x", host: "heartbeat-run", reason: "known" }], violated: { own: "confirmed" } },
      { verdict: "violated" },
    ],
    ["excused and never violated", { excuses: [{ clause: "x", reason: "known" }] }, { verdict: "passed" }],
  ])("%s", (_name, about, expected) => {
    expect(verdict(about)).toMatchObject(expected);
  });
});

describe("the verdict of a run", () => {
  const must = (...verdicts: ("passed" | "violated" | "flaky" | "inconclusive" | "excused" | "not-applicable")[]) =>
    verdicts.map((one) => ({ level: "must" as const, verdict: one }));
  const run = (
    clauses: Parameters<typeof runVerdict>[0]["clauses"],
    about: { cases?: number; strict?: boolean; error?: number } = {},
  ) => runVerdict({ clauses, cases: 10, strict: false, ...about });

  it.each([
    [must("passed", "excused", "not-applicable"), {}, "conforms", 0],
    [must("passed", "inconclusive"), {}, "inconclusive", 4],
    [must("flaky", "inconclusive"), {}, "flaky", 5],
    [must("flaky", "inconclusive", "violated"), {}, "violates", 1],
    [must("violated"), { error: 70 }, "error", 70],
    [must("violated"), { error: 3 }, "error", 3],
    [must("passed"), { cases: 0 }, "inconclusive", 4],
    [[], {}, "inconclusive", 4],
    [must("not-applicable"), {}, "inconclusive", 4],
    [[{ level: "should", verdict: "violated" }], {}, "conforms", 0],
  ] as const)("%j with %j: %s, exit %i", (clauses, about, expected, exitCode) => {
    expect(run([...clauses], about)).toEqual({ verdict: expected, exitCode });
  });

  it("a should counts under strict, a claim always", () => {
    expect(run([{ level: "should", verdict: "violated" }]).exitCode).toBe(0);
    expect(run([{ level: "should", verdict: "inconclusive" }]).exitCode).toBe(0);
    expect(run([{ level: "should", verdict: "violated" }], { strict: true }).exitCode).toBe(1);
    expect(run([{ level: "claim", verdict: "violated" }]).exitCode).toBe(1);
  });

  it("of several exit codes the worst counts: 70 > 3 > 1 > 5 > 4 > 0", () => {
    expect([[0, 4], [4, 5], [5, 1, 4], [1, 3], [3, 70, 1], []].map(worstExit)).toEqual([4, 5, 1, 3, 70, 0]);
  });

  it("the bound is three over n, and nothing without a case", () => {
    expect([failureRateBound(300), failureRateBound(1), failureRateBound(0)]).toEqual([0.01, 1, undefined]);
  });
});
