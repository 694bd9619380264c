import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Case, PROFILE_IDS, PROFILES, type Step } from "../define/index.js";
import { caseSchema } from "../define/schemas.js";
import { AIMS, aimsFor } from "./aims/index.js";
import { caseFor, GENERATOR_VERSION } from "./case-for.js";
import { CASE_CLASSES, classOf } from "./classes.js";
import { Draw } from "./random.js";
import { isLegal } from "./shrink/legal.js";

const GOLDEN = fileURLToPath(new URL("./cases.golden.json", import.meta.url));
const sha = (cases: Case[]) => createHash("sha256").update(JSON.stringify(cases)).digest("hex");
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
function flat(steps: readonly Step[]): Step[] {
  const all: Step[] = [];
  for (const step of steps) all.push(step, ...(step.kind === "overlap" ? step.steps : []));
  return all;
}

describe("caseFor", () => {
  it("gives the same case for the same seed, number and profile, whatever was made before", () => {
    const late = JSON.stringify(caseFor(3, 911, "openclaw-2026.7"));
    for (const k of range(40)) caseFor(9, k, "heartbeat-run");
    expect(JSON.stringify(caseFor(3, 911, "openclaw-2026.7"))).toBe(late);
    expect(JSON.stringify(caseFor(4, 911, "openclaw-2026.7"))).not.toBe(late);
    expect(JSON.stringify(caseFor(3, 912, "openclaw-2026.7"))).not.toBe(late);
  });

  it("leaves nothing to the clock before case 150, and something after it", () => {
    const byClock = (k: number, seed: number) =>
      caseFor(seed, k, "heartbeat-run-durable").steps.some(
        (step) => step.kind === "kill" && step.point.where === "call" && step.point.when.moment === "elapsed",
      );
    expect(range(150).filter((k) => [1, 2, 3, 4].some((seed) => byClock(k, seed)))).toEqual([]);
    expect(range(1_000).some((k) => byClock(k, 1))).toBe(true);
  });

  // A change here makes every saved seed mean other cases: raise GENERATOR_VERSION, then run with CTXSPEC_UPDATE_GOLDEN=1.
  it("gives the same first twenty cases per profile from patch to patch", () => {
    const digests = Object.fromEntries(
      PROFILE_IDS.map((profile) => [profile, sha(range(20).map((k) => caseFor(1, k, profile)))]),
    );
    const now = { generator: GENERATOR_VERSION, ...digests };
    if (process.env.CTXSPEC_UPDATE_GOLDEN === "1") writeFileSync(GOLDEN, `${JSON.stringify(now, null, 2)}\n`);
    expect(now).toEqual(JSON.parse(readFileSync(GOLDEN, "utf8")));
  });

  it("makes cases that are valid, and so is any subset of their steps", () => {
    const draw = new Draw("subsets");
    for (const profile of PROFILE_IDS) {
      for (const k of range(240)) {
        const theCase = caseFor(5, k, profile);
        expect(caseSchema.parse(theCase)).toEqual(theCase);
        expect(isLegal(theCase), `case ${k} under ${profile}`).toBe(true);
        const subset = { ...theCase, steps: theCase.steps.filter(() => draw.chance(0.5)) };
        expect(caseSchema.safeParse(subset).success).toBe(true);
        const ids = flat(theCase.steps).map((step) => step.id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(ids.map((_, i) => `s${i + 1}`));
      }
    }
  });

  it("keeps times in order and scripts within four answers", () => {
    for (const k of range(300)) {
      const { steps } = caseFor(6, k, "openclaw-2026.9");
      for (const [i, step] of steps.entries()) expect(step.at).toBeGreaterThanOrEqual(steps[i - 1]?.at ?? 0);
      for (const step of flat(steps)) {
        if ((step.kind === "turn" || step.kind === "tick") && step.provider.mode === "scripted") {
          expect(step.provider.answers.length).toBeLessThanOrEqual(4);
          const toolAnswers = step.provider.answers.filter((answer) => answer === "tool").length;
          expect(toolAnswers).toBeLessThanOrEqual(step.tools.length);
        }
      }
    }
  });

  it("aims every fourth case at the next target, and no other", () => {
    for (const profile of PROFILE_IDS) {
      const aims = aimsFor(PROFILES[profile]);
      for (const k of range(4 * aims.length + 8)) {
        const expected = k % 4 === 0 ? aims[(k / 4) % aims.length]?.name : undefined;
        expect(caseFor(2, k, profile).settings.aim).toBe(expected);
      }
    }
  });

  it("takes only the aims and the mix it is told", () => {
    const [first, second] = AIMS.filter((aim) => aim.lifecycle === "any");
    const names = [first?.name ?? "", second?.name ?? ""];
    expect(range(16).map((k) => caseFor(1, k, "heartbeat-run", { aims: names }).settings.aim)).toEqual(
      range(16).map((k) => (k % 4 === 0 ? names[(k / 4) % 2] : undefined)),
    );
    expect(range(16).every((k) => caseFor(1, k, "heartbeat-run", { aims: [] }).settings.aim === undefined)).toBe(true);
    const kindsOf = (mix: "full" | "swarm") =>
      range(200).map((k) => new Set(caseFor(8, 4 * k + 1, "openclaw-2026.9", { mix }).steps.map((step) => step.kind)).size);
    const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    expect(mean(kindsOf("full"))).toBeGreaterThan(mean(kindsOf("swarm")) + 0.8);
  });

  it("keeps dear kinds to their classes and aims", () => {
    let hard = 0;
    const total = 4_000;
    for (const k of range(total)) {
      const theCase = caseFor(11, k, "openclaw-2026.9");
      const kinds = new Set(theCase.steps.map((step) => step.kind));
      const isHard = theCase.steps.some((step) => step.kind === "restart" && step.mode === "hard");
      if (isHard) hard += 1;
      const caseClass = classOf(k);
      if (caseClass === "aimed") continue;
      expect(kinds.has("overlap") && caseClass !== "overlap").toBe(false);
      expect(kinds.has("kill") && caseClass !== "kill").toBe(false);
      expect(isHard && caseClass !== "hard-restart").toBe(false);
    }
    expect(hard / total).toBeLessThan(0.03);
    expect(hard).toBeGreaterThan(10);
    expect(Object.keys(CASE_CLASSES).sort()).toEqual(["aimed", "hard-restart", "kill", "overlap"]);
  });

  it("mixes lengths from 1 to 80, about 25 on average", () => {
    const lengths = range(2_500).map((k) => caseFor(12, k, "openclaw-2026.7").steps.length);
    const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
    expect(mean).toBeGreaterThan(21);
    expect(mean).toBeLessThan(29);
    expect(lengths.filter((length) => length <= 4).length).toBeGreaterThan(35);
    expect(lengths.filter((length) => length > 60).length).toBeGreaterThan(35);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(84);
  });
});
