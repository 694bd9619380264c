// Whether reports are the shards of one run: each there once, none of another run. Every refusal names the file, its shard, and what differs.
// Adds nothing up; merge.ts does.

import { CtxspecError, type Report, type ReportPart } from "../define/index.js";

/** A report and the file it came from, as the user named it. */
export interface ReportOfFile {
  file: string;
  report: Report;
}

/** A report that is a shard's. */
export interface Shard extends ReportOfFile {
  part: ReportPart;
}

/** The tool that merges, as reports name it. */
export type Merger = Pick<Report["tool"], "version" | "generator">;

/** The shards in their order. Throws report-invalid, merge-foreign, merge-incomplete. */
export function shardsOf(given: ReportOfFile[], merger: Merger): Shard[] {
  const shards = given.map(asShard);
  for (const shard of shards) refuseOtherTool(shard, merger);
  const [first, ...others] = shards;
  if (first === undefined) throw incomplete("no report was given", "name the report.json of every shard");
  const loaded = shards.find(({ part }) => part.engine !== undefined);
  for (const other of others) {
    refuseDifference(first, other, RUN_FACTS);
    if (loaded !== undefined && other !== loaded && other.part.engine !== undefined)
      refuseDifference(loaded, other, ENGINE_FACTS);
  }
  refuseGaps(shards, first.part.count);
  return shards.sort((one, other) => one.part.index - other.part.index);
}

function asShard({ file, report }: ReportOfFile): Shard {
  if (report.part !== undefined) return { file, report, part: report.part };
  throw new CtxspecError(
    "report-invalid",
    `${file} is the report of a whole run: expected that of a shard`,
    "merge takes the reports of ctxspec certify --shard 1/n, 2/n, … n/n",
  );
}

function refuseOtherTool({ file, report: { tool }, part }: Shard, merger: Merger): void {
  for (const what of ["version", "generator"] as const) {
    if (tool[what] === merger[what]) continue;
    const name = what === "version" ? "version of ctxspec" : "generator version";
    throw foreign(
      `${file} (shard ${part.index}/${part.count}) was made by another ${name}: expected ${merger[what]}, which merges, found ${tool[what]}`,
      "merge with the ctxspec that ran the shards",
    );
  }
}

type FactOf = (shard: Shard) => unknown;

/** What all shards of a run share, in the words of the error. */
const RUN_FACTS: Record<string, FactOf> = {
  "shard count": ({ part }) => part.count,
  seed: ({ report }) => report.run.seed,
  preset: ({ report }) => report.run.preset,
  "cases per profile": ({ part }) => part.cases,
  clauses: ({ part }) => part.judgedBy,
  "--strict": ({ part }) => part.strict,
  "--engine-id": ({ part }) => part.engineId,
  "--baseline": ({ part }) => part.baseline && { file: part.baseline.file, entries: part.baseline.entries },
  "engine asked for": ({ report }) => report.engine.source,
};

/** The same of the engine, where it could be loaded. */
const ENGINE_FACTS: Record<string, FactOf> = {
  engine: ({ report }) => report.engine.id,
  "engine version": ({ report }) => report.engine.version,
  "engine digest": ({ report }) => report.engine.digest,
  "engine declarations": ({ report }) => report.engine.declares,
  adapter: ({ part }) => part.engine?.author,
  profiles: ({ part }) => part.hosts.map(({ id }) => id),
};

function refuseDifference(one: Shard, other: Shard, facts: Record<string, FactOf>): void {
  for (const [what, factOf] of Object.entries(facts)) {
    const [expected, came] = [factOf(one), factOf(other)];
    if (JSON.stringify(expected) === JSON.stringify(came)) continue;
    const whose = (shard: Shard) => `${shard.file} (shard ${shard.part.index}/${shard.part.count})`;
    throw foreign(
      `${whose(other)} is of another run than ${whose(one)}: ${what}: expected ${shown(expected, came)}, found ${shown(came, expected)}`,
      "run all shards with the same engine and the same options; only --shard, --out and --report may differ",
    );
  }
}

/** A long list as what it has beyond the other. */
function shown(value: unknown, other: unknown): string {
  if (!(Array.isArray(value) && Array.isArray(other))) return value === undefined ? "nothing" : JSON.stringify(value);
  const own = value.filter((one) => !other.includes(one));
  return own.length === 0 ? `none of ${other.filter((one) => !value.includes(one)).join(", ")}` : own.join(", ");
}

function refuseGaps(shards: Shard[], count: number): void {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  for (const index of numbers) {
    const same = shards.filter(({ part }) => part.index === index);
    if (same.length > 1)
      throw incomplete(
        `shard ${index}/${count} was given ${same.length} times: expected once, found ${same.map(({ file }) => file).join(" and ")}`,
        "name every shard's report once",
      );
  }
  const missing = numbers.filter((index) => !shards.some(({ part }) => part.index === index));
  if (missing.length > 0)
    throw incomplete(
      `shard ${missing.map((index) => `${index}/${count}`).join(" and ")} ${missing.length === 1 ? "is" : "are"} missing: expected ${count} reports, found ${shards.length}`,
      `run ctxspec certify --shard ${missing[0]}/${count} with the options of the others, and name its report as well`,
    );
}

const foreign = (message: string, hint: string) => new CtxspecError("merge-foreign", message, hint);
const incomplete = (message: string, hint: string) => new CtxspecError("merge-incomplete", message, hint);
