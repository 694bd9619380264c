// What the report of a shard holds beside the report itself: which part of which run it is, and everything its verdicts rest on, as sums that
// add up over shards. `ctxspec merge` makes the report of the whole run of it. Shape only; the adding is in src/campaign/merge.ts.

import { z } from "zod";
import { baselineEntry } from "./baseline.js";
import { ENGINE_METHODS } from "./engine.js";
import { PROFILE_IDS } from "./profile.js";
import { reportFinding } from "./report-finding.js";

/** What an engine's adapter says beside the factory, as far as it is data. */
export const authorSays = z.strictObject({
  claims: z.array(z.string()).optional(),
  hosts: z.array(z.string()).optional(),
  recall: z.enum(["cross-session", "cross-session-and-isolated"]).optional(),
  keepsAcrossReset: z.boolean().optional(),
  protectedTailMessages: z.number().optional(),
  excuses: z.array(z.strictObject({ clause: z.string(), host: z.string().optional(), reason: z.string() })).optional(),
});

const count = z.number().int().min(0);

/** Where the engine first differed from itself: number of the case (k), and what the report says of it. */
const selfDifference = z.strictObject({ k: count, said: z.string() });

/** Sums over some cases of one profile. */
export const partSums = z.strictObject({
  cases: count,
  steps: count,
  engineCalls: count,
  /** Counters by name: what was seen to happen. Clauses decide by them whether they apply. */
  facts: z.record(z.string(), z.number()),
  unstable: selfDifference.optional(),
  clauses: z.record(
    z.string(),
    z.strictObject({ witnessed: z.number(), violations: count, unstable: selfDifference.optional() }),
  ),
});
export type PartSums = z.infer<typeof partSums>;

export const FINDING_LEVELS = ["own", "should"] as const;

/** A violating case that was looked into. */
export const partCandidate = z.strictObject({
  k: count,
  /** own: the clause's own level. should: a finding that the clause itself calls weaker. */
  level: z.enum(FINDING_LEVELS),
  /** Seen only when a lost process was looked into: it counts in the whole run where that loss is among the first there, too. */
  inLoss: z.boolean(),
  confirmation: z.enum(["confirmed", "flaky"]),
  /** Shrinking ended before the case was as small as it can be. */
  cut: z.boolean(),
  finding: reportFinding,
});
export type PartCandidate = z.infer<typeof partCandidate>;

/** One profile of the shard. */
export const partHost = z.strictObject({
  host: z.enum(PROFILE_IDS),
  /** Every case but those of `losses`. */
  sums: partSums,
  /** Cases that ended in a lost process and were played again with a trace: only so many of a whole run count as what was seen then. */
  losses: z.array(z.strictObject({ k: count, closely: partSums, counted: partSums })),
  /** By clause: the first confirmed candidate and the first flaky one. */
  candidates: z.record(z.string(), z.array(partCandidate)),
});
export type PartHost = z.infer<typeof partHost>;

export const reportPart = z.strictObject({
  /** From 1. */
  index: z.number().int().min(1),
  count: z.number().int().min(1),
  /** Of the whole run, per profile; the shard plays its share of them. */
  cases: count,
  strict: z.boolean(),
  /** What --engine-id said. */
  engineId: z.string().optional(),
  /** Ids of the clauses the run judges by. */
  judgedBy: z.array(z.string()),
  /** Profiles of the run, in their order. */
  hosts: z.array(z.strictObject({ id: z.enum(PROFILE_IDS), reason: z.string() })),
  /** Absent when the engine could not be loaded. */
  engine: z
    .strictObject({
      methods: z.array(z.enum(ENGINE_METHODS)),
      author: authorSays,
    })
    .optional(),
  /** What --baseline held: judged over the whole run only. */
  baseline: z.strictObject({ file: z.string(), entries: z.array(baselineEntry), today: z.iso.date() }).optional(),
  /** Not every case of the shard was played. */
  cut: z.boolean(),
  /** By --bail or an interrupt: that a violation did not show says nothing then. */
  brokenOff: z.boolean(),
  played: z.array(partHost),
});
export type ReportPart = z.infer<typeof reportPart>;
