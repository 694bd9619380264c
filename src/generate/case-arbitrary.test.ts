import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Case } from "../define/index.js";
import { caseSchema } from "../define/schemas.js";
import { caseArbitrary } from "./case-arbitrary.js";
import { caseFor } from "./case-for.js";

const hasTwoTicks = (theCase: Case) => theCase.steps.filter((step) => step.kind === "tick" && step.isolated).length >= 2;

describe("caseArbitrary", () => {
  it("makes valid cases of its profile, the same ones for the same fast-check seed", () => {
    const sample = () => fc.sample(caseArbitrary("openclaw-2026.7"), { numRuns: 30, seed: 42 });
    for (const theCase of sample()) {
      expect(theCase.host).toBe("openclaw-2026.7");
      expect(caseSchema.safeParse(theCase).success).toBe(true);
    }
    expect(sample()).toEqual(sample());
  });

  it("shrinks a failing property to the smallest program", () => {
    const details = fc.check(
      fc.property(caseArbitrary("openclaw-2026.9"), (theCase) => !hasTwoTicks(theCase)),
      { seed: 7, numRuns: 500 },
    );
    expect(details.failed).toBe(true);
    expect(details.counterexample?.[0].steps.map((step) => step.kind)).toEqual(["tick", "tick"]);
  });

  it("shrinks saved cases, and refuses those of another profile or format", () => {
    const arbitrary = caseArbitrary("openclaw-2026.9");
    const saved: unknown = JSON.parse(JSON.stringify(caseFor(1, 3, "openclaw-2026.9")));
    expect(arbitrary.canShrinkWithoutContext(saved)).toBe(true);
    expect(arbitrary.canShrinkWithoutContext(caseFor(1, 3, "heartbeat-run"))).toBe(false);
    expect(arbitrary.canShrinkWithoutContext({ steps: [] })).toBe(false);
    const theCase = caseFor(1, 3, "openclaw-2026.9");
    const first = [...arbitrary.shrink(theCase, undefined).take(150)].map((value) => value.value_);
    expect(first).toHaveLength(150);
    expect(first.every((candidate) => caseSchema.safeParse(candidate).success)).toBe(true);
    expect(first[0]?.steps.length).toBeLessThan(theCase.steps.length);
  });
});
