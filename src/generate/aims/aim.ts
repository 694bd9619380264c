// What an aim is: a rare sequence that a clause needs as its witness, or that published engines stumble over, as beats among random steps.
// Aims look at nothing that happened in a campaign: the case number chooses them.

import type { Profile } from "../../define/index.js";
import type { Beat } from "../author.js";
import type { Draw } from "../random.js";
import type { StageNeeds } from "../stage.js";

export interface Aim {
  /** Unique; stands in settings.aim. */
  name: string;
  /** Hosts under which it makes sense. */
  lifecycle: "any" | "durable" | "classic";
  /** Clause ids it is a witness for; empty for a mere lifecycle edge. */
  clauses: readonly string[];
  needs: StageNeeds;
  /** Aliases that random steps before the last beat leave alone. */
  focus: readonly string[];
  /** Most random steps before the first beat (default 3) and between two (default 2). */
  lead?: number;
  between?: number;
  /** The essential steps in order. */
  beats(draw: Draw, profile: Profile): readonly Beat[];
}

/** The aliases aims use. A and B always carry the first two keys; `hb` beats on A, `hb2` on B. */
export const A = "A";
export const B = "B";
export const C = "C";
export const D = "D";
export const HB = "hb";
export const JOB = "job";
export const JOB2 = "job2";
