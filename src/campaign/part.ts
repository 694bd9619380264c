// Puts together what the report of a shard holds for `ctxspec merge`: which part of which run it is, and what its verdicts rest on.

import type { PartHost, ReportPart } from "../define/index.js";
import type { Course, Setup } from "./course.js";
import type { Candidates } from "./shard-inquiry.js";
import type { ShardLedger } from "./shard-ledger.js";

export function partHost(ledger: ShardLedger, candidates: Candidates): PartHost {
  return {
    host: ledger.plain.host,
    sums: ledger.plain.sums(),
    losses: ledger.losses.map(({ k, closely, counted }) => ({ k, closely: closely.sums(), counted: counted.sums() })),
    candidates,
  };
}

/** Undefined for a whole run. */
export function partOf(
  { shard, extent, options, clauses, today }: Setup & { today: string },
  course: Course,
): ReportPart | undefined {
  if (shard === undefined) return undefined;
  const { baseline } = options;
  const { description, choice, results } = course;
  return {
    ...shard,
    cases: extent.cases,
    strict: options.strict === true,
    ...(options.engineId === undefined ? {} : { engineId: options.engineId }),
    judgedBy: clauses.map(({ id }) => id),
    hosts: choice.hosts,
    ...(description === undefined ? {} : { engine: { methods: description.methods, author: description.adapter } }),
    ...(baseline === undefined ? {} : { baseline: { file: baseline.file, entries: baseline.entries, today } }),
    cut: course.playsCut,
    brokenOff: course.bailed || options.signal?.aborted === true,
    played: results.flatMap(({ part }) => (part === undefined ? [] : [part])),
  };
}
