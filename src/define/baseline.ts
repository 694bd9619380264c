// The baseline of an engine: violations that are known and accepted until a date. Format: ctxspec-baseline/1. What it means for a run:
// src/campaign/baseline.ts.

import { z } from "zod";
import { PROFILE_IDS } from "./profile.js";
import { BASELINE_FORMAT } from "./words.js";

export const baselineEntry = z.strictObject({
  clause: z.string().min(1),
  host: z.enum(PROFILE_IDS),
  /** Why it is accepted, for the reader. */
  reason: z.string().min(1),
  /** The last day on which it is accepted: ISO 8601, by UTC. */
  expires: z.iso.date(),
});
export type BaselineEntry = z.infer<typeof baselineEntry>;

export const baselineSchema = z.strictObject({ format: z.literal(BASELINE_FORMAT), violations: z.array(baselineEntry) });
export type Baseline = z.infer<typeof baselineSchema>;
