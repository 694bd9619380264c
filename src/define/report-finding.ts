// A violation as the report tells it: what was required and what happened, with the smallest case and its history. Its own file because
// both the clauses of a report and the shard's part of it hold findings.

import { z } from "zod";
import { caseSchema } from "./case.js";
import { LEVELS } from "./clause.js";

export const reportFinding = z.strictObject({
  message: z.string(),
  expected: z.string(),
  actual: z.string(),
  /** The end of what the engine wrote to stdout and stderr in that case. */
  output: z.string().optional(),
  level: z.enum(LEVELS),
  /** Index in `drawing.events` order of the finding itself and of what led there. */
  at: z.number(),
  blame: z.array(z.number()),
  /** Relative to the report's folder. */
  caseFile: z.string(),
  case: caseSchema,
  /** Events of the shrunk case's history, for drawing it. */
  events: z.array(z.looseObject({ i: z.number(), step: z.string(), kind: z.string() })),
  steps: z.number(),
  shrunkFrom: z.number(),
  /** Removing any one step makes the violation go away, and that was tried. */
  minimal: z.boolean(),
  /** Why each remaining step is needed: what happens without it. */
  why: z.array(z.strictObject({ step: z.string(), without: z.string() })).optional(),
  replay: z.string(),
  /** Number of the case in its profile's campaign (k), or "c<n>" for extra cases. */
  foundAt: z.string(),
});
export type ReportFinding = z.infer<typeof reportFinding>;
