// The report of a campaign: the one object every renderer is fed with, written as report.json. Format: ctxspec-report/1.

import { z } from "zod";
import { caseSchema } from "./case.js";
import { LEVELS } from "./clause.js";
import { PROFILE_IDS } from "./profile.js";
import { CLAUSE_VERDICTS, REPORT_FORMAT, VERDICTS } from "./words.js";

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

export const reportClause = z.strictObject({
  id: z.string(),
  title: z.string(),
  family: z.string(),
  level: z.enum(LEVELS),
  /** Where the requirement comes from, as the clause says it. */
  source: z.array(z.strictObject({ url: z.string(), says: z.string() })).optional(),
  host: z.enum(PROFILE_IDS),
  verdict: z.enum(CLAUSE_VERDICTS),
  /** not-applicable, excused, inconclusive: why. */
  reason: z.string().optional(),
  witnessed: z.number(),
  cases: z.number(),
  /** Cases of this profile in which the clause was violated. */
  violations: z.number(),
  findings: z.array(reportFinding),
});
export type ReportClause = z.infer<typeof reportClause>;

export const reportSchema = z.strictObject({
  format: z.literal(REPORT_FORMAT),
  tool: z.strictObject({ name: z.literal("ctxspec"), version: z.string(), generator: z.string() }),
  engine: z.strictObject({
    id: z.string(),
    name: z.string(),
    version: z.string(),
    /** What the user asked for: path, package or engine name. */
    source: z.string(),
    /** sha256 over the engine's own files. */
    digest: z.string(),
    declares: z.record(z.string(), z.unknown()),
    claims: z.array(z.string()),
    /** Where SDK names resolved to, what was refused, what the plugin touched. */
    notes: z.array(z.string()),
  }),
  run: z.strictObject({
    seed: z.number(),
    preset: z.string(),
    hosts: z.array(
      z.strictObject({
        id: z.enum(PROFILE_IDS),
        reason: z.string(),
        cases: z.number(),
        steps: z.number(),
        engineCalls: z.number(),
      }),
    ),
    /** Profiles left out, with the reason. */
    skippedHosts: z.array(z.strictObject({ id: z.enum(PROFILE_IDS), reason: z.string() })),
    cases: z.number(),
    extraCases: z.number(),
    steps: z.number(),
    engineCalls: z.number(),
    durationMs: z.number(),
    node: z.string(),
    startedAt: z.string(),
    shard: z.string().optional(),
  }),
  verdict: z.enum(VERDICTS),
  /** Exit code that goes with the verdict. */
  exitCode: z.number(),
  /** Upper 95% bound on the failure rate per case (3/n), when nothing was found. */
  failureRateBound: z.number().optional(),
  error: z.strictObject({ code: z.string(), message: z.string(), cause: z.string().optional(), hint: z.string() }).optional(),
  truncated: z.boolean(),
  clauses: z.array(reportClause),
  /** Host clauses, judged on every simulated history as a check of the harness. */
  harness: z.array(
    z.strictObject({ id: z.string(), host: z.enum(PROFILE_IDS), verdict: z.enum(CLAUSE_VERDICTS), witnessed: z.number() }),
  ),
  coverage: z.strictObject({
    /** Lifecycle edges seen: "<call>-><call>@<turn kind>" → count, per profile. */
    edges: z.record(z.string(), z.record(z.string(), z.number())),
    /** Obligations never met, per profile. */
    unexercised: z.record(z.string(), z.array(z.string())),
    /** Turns after which the engine's background work was still running. */
    unsettled: z.number(),
  }),
  notJudged: z.array(z.string()),
});
export type Report = z.infer<typeof reportSchema>;

/** A renderer in reports/: pure, fed with the report alone. */
export interface ReportFormat {
  /** The file name. */
  id: string;
  about: string;
  /** Name of the file written into --out; undefined: printed to stdout. */
  file?: string;
  render(report: Report, options: { colour: boolean; width: number }): string;
}
