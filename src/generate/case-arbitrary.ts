// Cases as a fast-check arbitrary: fast-check keeps its seeds, examples, verbosity and limits; generation and shrinking are this folder's own.

import fc from "fast-check";
import type { Case, ProfileId } from "../define/index.js";
import { caseSchema } from "../define/schemas.js";
import { caseFor } from "./case-for.js";
import { shrinkCandidates } from "./shrink/passes.js";

/** Case numbers drawn: enough for every class and aim. */
const NUMBERS = 1_000_000;

class CaseArbitrary extends fc.Arbitrary<Case> {
  constructor(readonly profile: ProfileId) {
    super();
  }

  override generate(random: fc.Random): fc.Value<Case> {
    return new fc.Value(caseFor(random.nextInt(), random.nextInt(0, NUMBERS - 1), this.profile), undefined);
  }

  /** Saved cases shrink, too, if they are valid and of this profile. */
  override canShrinkWithoutContext(value: unknown): value is Case {
    const parsed = caseSchema.safeParse(value);
    return parsed.success && parsed.data.host === this.profile;
  }

  override shrink(value: Case): fc.Stream<fc.Value<Case>> {
    function* values() {
      for (const candidate of shrinkCandidates(value)) yield new fc.Value(candidate, undefined);
    }
    return new fc.Stream(values());
  }
}

/** Random cases under one profile: those of `caseFor`, in random order. */
export function caseArbitrary(profile: ProfileId): fc.Arbitrary<Case> {
  return new CaseArbitrary(profile);
}
