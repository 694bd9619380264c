// The shrinker on toy engines: small state machines over steps whose smallest failing programs are known.

import { describe, expect, it } from "vitest";
import type { Case } from "../../define/index.js";
import { caseSchema } from "../../define/schemas.js";
import { caseFor } from "../case-for.js";
import { CASE_CLASSES } from "../classes.js";
import { PASSES } from "./passes.js";
import { stepIds } from "./remove.js";
import { shrinkCase } from "./shrink-case.js";
import { TOYS, type Toy } from "./toy-engines.fixture.js";

/** The first failing case of a campaign. */
function firstFailure(toy: Toy, seed: number): Case {
  for (let k = 0; k < 5_000; k++) {
    const theCase = caseFor(seed, k, toy.profile);
    if (toy.play(theCase).violated) return theCase;
  }
  throw new Error(`${toy.name}: no case of seed ${seed} fails`);
}

const playedBy = (toy: Toy) => async (candidate: Case) => toy.play(candidate);

describe("shrinkCase", () => {
  for (const toy of TOYS) {
    it(`reaches the smallest program: ${toy.name}`, async () => {
      let smallest = 0;
      let runs = 0;
      for (let seed = 1; seed <= 50; seed++) {
        const shrunk = await shrinkCase(firstFailure(toy, seed), playedBy(toy), { maxRuns: 2_000 });
        if (stepIds(shrunk.case).length === toy.least) smallest += 1;
        runs += shrunk.runs;
        expect(toy.play(shrunk.case).violated).toBe(true);
        expect(shrunk.minimal).toBe(true);
        expect(shrunk.why.map((reason) => reason.step)).toEqual(stepIds(shrunk.case));
      }
      expect(smallest).toBeGreaterThanOrEqual(48);
      expect(runs / 50).toBeLessThan(350);
    });
  }

  const [leak, , , parity] = TOYS;
  if (leak === undefined || parity === undefined) throw new Error("two toys are needed");

  it("simplifies settings, texts and scripts, and names what each step is for", async () => {
    const shrunk = await shrinkCase(firstFailure(leak, 3), playedBy(leak), { maxRuns: 2_000 });
    const { settings, steps } = shrunk.case;
    expect(settings.aim).toBeUndefined();
    expect(settings).toMatchObject({
      window: 8_000,
      reserve: 1_000,
      summariser: "healthy",
      safeguard: false,
      keys: { A: "agent:main:main" },
    });
    expect(Object.keys(settings.keys)).toHaveLength(1);
    expect(Object.keys(settings.lanes)).toHaveLength(1);
    expect(steps.map((step) => step.kind)).toEqual(["tick", "turn", "tick"]);
    expect(steps[1]).toMatchObject({
      via: "rpc",
      text: { form: "plain", tokens: 12 },
      tools: [],
      provider: { answers: ["overflow"] },
    });
    expect(shrunk.why.every(({ without }) => without.startsWith("the violation goes away"))).toBe(true);
  });

  it("offers only valid cases, never twice, and keeps step ids", async () => {
    for (const seed of [1, 2, 3]) {
      const failing = firstFailure(leak, seed);
      const ids = new Set(stepIds(failing));
      const offered = new Set<string>();
      await shrinkCase(
        failing,
        async (candidate) => {
          const json = JSON.stringify(candidate);
          expect(offered.has(json)).toBe(false);
          offered.add(json);
          expect(caseSchema.safeParse(candidate).success).toBe(true);
          expect(stepIds(candidate).every((id) => ids.has(id))).toBe(true);
          return leak.play(candidate);
        },
        { maxRuns: 2_000 },
      );
      expect(offered.size).toBeGreaterThan(20);
    }
  });

  it("drops what the host skipped at once", async () => {
    const failing = firstFailure(leak, 5);
    const needed = new Set((await shrinkCase(failing, playedBy(leak), { maxRuns: 2_000 })).case.steps.map((step) => step.id));
    const skips = async (candidate: Case) => ({
      violated: leak.play(candidate).violated,
      skipped: stepIds(candidate).filter((id) => !needed.has(id)),
    });
    const seen: number[] = [];
    const counted = async (candidate: Case) => {
      seen.push(candidate.steps.length);
      return skips(candidate);
    };
    await shrinkCase(failing, counted, { maxRuns: 2_000 });
    expect(seen.slice(0, 2)).toEqual([failing.steps.length, needed.size]);
  });

  it("leaves out first what comes after the step in which the violation shows", async () => {
    const shownAt = ({ steps, ...rest }: Case) =>
      steps.findIndex((_, last) => leak.play({ ...rest, steps: steps.slice(0, last + 1) }).violated);
    const cases = [1, 2, 3, 4, 5].map((seed) => firstFailure(leak, seed));
    const failing = cases.find((one) => shownAt(one) + 1 < one.steps.length);
    if (failing === undefined) throw new Error("every case shows its violation in its last step");
    const at = shownAt(failing);
    const seen: number[] = [];
    const counted = async (candidate: Case) => {
      seen.push(candidate.steps.length);
      return leak.play(candidate);
    };
    await shrinkCase(failing, counted, { maxRuns: 2_000, shownIn: failing.steps[at]?.id ?? "" });
    expect(seen.slice(0, 2)).toEqual([failing.steps.length, at + 1]);
  });

  it("stays within its runs and says so", async () => {
    const failing = firstFailure(parity, 8);
    for (const maxRuns of [0, 1, 2, 7, 25]) {
      let runs = 0;
      const counted = async (candidate: Case) => {
        runs += 1;
        return parity.play(candidate);
      };
      const shrunk = await shrinkCase(failing, counted, { maxRuns });
      expect(runs).toBe(shrunk.runs);
      expect(runs).toBeLessThanOrEqual(maxRuns);
      expect(shrunk.truncated).toBe(true);
      if (shrunk.minimal) expect(shrunk.why).toHaveLength(stepIds(shrunk.case).length);
    }
  });

  it("stops at the deadline", async () => {
    let asked = 0;
    const shrunk = await shrinkCase(firstFailure(leak, 9), playedBy(leak), { maxRuns: 2_000, deadline: () => ++asked > 5 });
    expect(shrunk.truncated).toBe(true);
    expect(shrunk.minimal).toBe(false);
    expect(shrunk.runs).toBeLessThanOrEqual(5);
  });

  it("does not call minimal what a single removal still breaks", async () => {
    const failing = firstFailure(leak, 4);
    const everything = await shrinkCase(failing, async () => ({ violated: true, skipped: [] }), { maxRuns: 2_000 });
    expect(everything.case.steps).toHaveLength(0);
    expect(everything).toMatchObject({ minimal: true, why: [] });
    const flaky = await shrinkCase(failing, async (c) => ({ violated: c === failing, skipped: [] }), { maxRuns: 3 });
    expect(flaky).toMatchObject({ minimal: false, truncated: true });
    expect(flaky.case).toBe(failing);
  });

  it("returns a case that does not fail again as it was", async () => {
    const failing = caseFor(1, 1, "openclaw-2026.9");
    const shrunk = await shrinkCase(failing, async () => ({ violated: false, skipped: [] }), { maxRuns: 100 });
    expect(shrunk).toEqual({ case: failing, runs: 1, minimal: false, truncated: false, why: [] });
  });

  it("counts the steps inside an overlap, and takes them out one by one", async () => {
    const inside: Toy["play"] = (theCase) => ({
      violated: theCase.steps.some(
        (step) => step.kind === "overlap" && new Set(step.steps.map((nested) => "session" in nested && nested.session)).size > 1,
      ),
      skipped: [],
    });
    const failing = Array.from({ length: 40 }, (_, i) =>
      caseFor(1, CASE_CLASSES.overlap.every * i + CASE_CLASSES.overlap.at, "openclaw-2026.9"),
    ).find((c) => inside(c).violated);
    if (failing === undefined) throw new Error("no case with an overlap of two sessions");
    const shrunk = await shrinkCase(failing, async (candidate) => inside(candidate), { maxRuns: 2_000 });
    expect(shrunk.case.steps).toHaveLength(1);
    expect(stepIds(shrunk.case)).toHaveLength(3);
    expect(shrunk.minimal).toBe(true);
    expect(shrunk.why).toHaveLength(3);
    const order = await shrinkCase(
      failing,
      async (c) => ({ violated: c.steps.filter((s) => s.kind === "turn").length >= 2, skipped: [] }),
      {
        maxRuns: 2_000,
      },
    );
    expect(order.case.steps.map((step) => step.kind)).toEqual(["turn", "turn"]);
  });

  it("has its moves in the order of the measured facts", () => {
    expect(PASSES.map((pass) => pass.name)).toEqual([
      "skipped steps",
      "blocks",
      "single steps",
      "pairs",
      "merge sessions",
      "smaller values",
      "change one, remove one",
      "move one, remove one",
      "booleans",
    ]);
  });
});
