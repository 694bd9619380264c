// Case k of a campaign: a pure function of (seed, k, profile, generator version), whoever plays it and whatever was played before.

import { type Case, PROFILES, type ProfileId, type Step } from "../define/index.js";
import type { Aim } from "./aims/aim.js";
import { aimsFor } from "./aims/index.js";
import { CASE_CLASSES, classOf } from "./classes.js";
import { composeCase } from "./compose.js";
import type { Mix } from "./habits.js";
import { Draw } from "./random.js";

/** Changes whenever a (seed, k, profile) may give another case than before. */
export const GENERATOR_VERSION = "10";

export interface CaseOptions {
  /** Names of the aims that every fourth case takes in turn; default all, empty for none. */
  aims?: readonly string[];
  /** Default: drawn, half of the cases each. */
  mix?: Mix;
}

/**
 * Kills after some milliseconds strike at another place each time. Such cases come late, so that two short runs of one seed differ in nothing.
 */
const BY_CLOCK_FROM = 150;

function withoutClock(theCase: Case): Case {
  const steps = theCase.steps.map((step): Step => {
    if (step.kind !== "kill" || step.point.where !== "call" || step.point.when.moment !== "elapsed") return step;
    return { ...step, point: { ...step.point, when: { moment: "after" } } };
  });
  return { ...theCase, steps };
}

/** Case `k` (a whole number from 0) of the campaign with this seed, under this profile. */
export function caseFor(seed: number, k: number, profile: ProfileId, options: CaseOptions = {}): Case {
  const drawn = drawnCase(seed, k, profile, options);
  return k < BY_CLOCK_FROM ? withoutClock(drawn) : drawn;
}

function drawnCase(seed: number, k: number, profile: ProfileId, options: CaseOptions): Case {
  const draw = new Draw(`ctxspec/${GENERATOR_VERSION}/${profile}/${seed}/${k}`);
  const caseSeed = draw.int(0, 2_147_483_647);
  const mix = options.mix === undefined ? {} : { mix: options.mix };
  const caseClass = classOf(k);
  if (caseClass !== "aimed") return composeCase(draw, { profile, caseSeed, caseClass, ...mix });
  const aim = aimOf(aimsFor(PROFILES[profile], options.aims), k);
  if (aim === undefined) return composeCase(draw, { profile, caseSeed, caseClass: "plain", ...mix });
  return composeCase(draw, { profile, caseSeed, caseClass, ...mix, aim });
}

const aimOf = (aims: readonly Aim[], k: number): Aim | undefined => aims[Math.floor(k / CASE_CLASSES.aimed.every) % aims.length];

/** The clauses whose witnesses case `k` of a campaign is aimed at; none for a case that is not aimed. */
export function clausesAimedAt(k: number, profile: ProfileId): readonly string[] {
  return classOf(k) === "aimed" ? (aimOf(aimsFor(PROFILES[profile]), k)?.clauses ?? []) : [];
}

/** The case numbers of the first round of aims that are aimed at a clause under this profile. */
export function casesAimedAt(clause: string, profile: ProfileId): number[] {
  return aimsFor(PROFILES[profile]).flatMap((aim, n) => (aim.clauses.includes(clause) ? [n * CASE_CLASSES.aimed.every] : []));
}
