// How often each step kind and each ordered pair of neighbouring kinds occurs; the counts lie beside this file, so that a change shows in review.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { PROFILES, type ProfileId, STEP_KINDS, type StepKind } from "../define/index.js";
import { caseFor } from "./case-for.js";
import { KIND_RULES } from "./kinds.js";

const GOLDEN = fileURLToPath(new URL("./frequencies.golden.json", import.meta.url));
const CASES = 10_000;
const PROFILES_COUNTED = ["openclaw-2026.9", "openclaw-2026.7"] as const satisfies ProfileId[];

interface Counted {
  cases: number;
  steps: number;
  kinds: Record<string, number>;
  pairs: Record<string, number>;
}

function count(profile: ProfileId): Counted {
  const counted: Counted = { cases: CASES, steps: 0, kinds: {}, pairs: {} };
  for (let k = 0; k < CASES; k++) {
    const { steps } = caseFor(1, k, profile);
    counted.steps += steps.length;
    for (const [i, { kind }] of steps.entries()) {
      counted.kinds[kind] = (counted.kinds[kind] ?? 0) + 1;
      const before = steps[i - 1]?.kind;
      if (before !== undefined) counted.pairs[`${before} ${kind}`] = (counted.pairs[`${before} ${kind}`] ?? 0) + 1;
    }
  }
  const sorted = (counts: Record<string, number>) =>
    Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...counted, kinds: sorted(counted.kinds), pairs: sorted(counted.pairs) };
}

let now: Record<string, Counted> = {};
beforeAll(() => {
  now = Object.fromEntries(PROFILES_COUNTED.map((profile) => [profile, count(profile)]));
});

/** Kinds of different dear classes never meet in one case. */
const sensible = (a: StepKind, b: StepKind) => !(new Set([a, b, "kill", "overlap"]).size === 2 && a !== b);

describe("frequencies in 10,000 cases", () => {
  for (const profile of PROFILES_COUNTED) {
    const allowed = STEP_KINDS.filter((kind) => ["any", PROFILES[profile].lifecycle].includes(KIND_RULES[kind].lifecycle));

    it(`${profile}: every kind the profile allows occurs, and no other`, () => {
      expect(Object.keys(now[profile]?.kinds ?? {})).toEqual([...allowed].sort());
    });

    it(`${profile}: every sensible pair of kinds occurs`, () => {
      const missing = allowed.flatMap((a) =>
        allowed.filter((b) => sensible(a, b) && !(`${a} ${b}` in (now[profile]?.pairs ?? {}))).map((b) => `${a} ${b}`),
      );
      expect(missing).toEqual([]);
    });
  }

  it("are those in frequencies.golden.json", () => {
    if (process.env.CTXSPEC_UPDATE_GOLDEN === "1") writeFileSync(GOLDEN, `${JSON.stringify(now, null, 2)}\n`);
    expect(now).toEqual(JSON.parse(readFileSync(GOLDEN, "utf8")));
  });
});
