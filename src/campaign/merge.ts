// From the shards of a run to the report of the whole run, the same object that a run without shards makes: sums are added, the first
// violation of each clause is chosen, and verdicts follow by the code that every run uses. Plays nothing and shrinks nothing.

import { type Clause, CtxspecError, type ErrorCode, type PartCandidate, type ProfileId, type Report } from "../define/index.js";
import { LOSSES_TRACED } from "./host-campaign.js";
import { IN_PROCESS, replayCommand } from "./options.js";
import type { Description } from "./protocol.js";
import { buildReport, type HostResult, type ReportInput } from "./report.js";
import { reportedClauses } from "./selection.js";
import { inquiriesOf } from "./shard-inquiry.js";
import { type Merger, type ReportOfFile, type Shard, shardsOf } from "./shards.js";
import { HostTally } from "./tally.js";
import { worstExit } from "./verdict.js";

export interface MergeOptions {
  /** All clauses there are. */
  clauses: Clause[];
  merger: Merger;
  /** Folder of the merged report, named in replay commands. */
  out: string;
}

/**
 * The report of the whole run: byte for byte that of a run without --shard, but for durations and dates, where the engine is deterministic
 * and nothing was cut short. Throws report-invalid, merge-foreign, merge-incomplete.
 */
export function mergeReports(given: ReportOfFile[], options: MergeOptions): Report {
  const shards = shardsOf(given, options.merger);
  const [first] = shards as [Shard, ...Shard[]];
  const loaded = shards.find(({ part }) => part.engine !== undefined);
  const error = errorOf(shards);
  const hosts = (loaded ?? first).part.hosts
    .filter(({ id }) => isPlayed(shards, id, error !== undefined))
    .map(({ id, reason }) => hostOf(shards, id, reason, options));
  const cuts = new Set(shards.flatMap(({ part, report }) => (part.cut ? (report.truncatedBy ?? ["time" as const]) : [])));
  if (hosts.some(isCut)) cuts.add("shrink-time");
  return buildReport({
    tool: first.report.tool,
    source: first.report.engine.source,
    description: loaded === undefined ? undefined : descriptionOf(loaded, shards),
    clauses: reportedClauses(
      options.clauses,
      first.part.judgedBy,
      hosts.map(({ tally }) => tally),
    ),
    hosts,
    skippedHosts: (loaded ?? first).report.run.skippedHosts,
    seed: first.report.run.seed,
    preset: first.report.run.preset,
    strict: first.part.strict,
    durationMs: Math.max(...shards.map(({ report }) => report.run.durationMs)),
    startedAt: shards.map(({ report }) => report.run.startedAt).sort()[0] ?? "",
    node: first.report.run.node,
    cuts,
    ...baselineOf(shards),
    error,
  });
}

/** The baseline all shards were given, by the day of the last one: what one shard did not see, another may have seen. */
function baselineOf(shards: Shard[]): Pick<ReportInput, "baseline"> {
  const given = shards.flatMap(({ part }) => (part.baseline === undefined ? [] : [part.baseline]));
  const last = given.sort((one, other) => (one.today < other.today ? 1 : -1))[0];
  return last === undefined ? {} : { baseline: { ...last, concluded: shards.every(({ part }) => !part.brokenOff) } };
}

/** A run that an error ended has only the profiles that were done before; one that was cut short has what there is. */
function isPlayed(shards: Shard[], host: ProfileId, everywhere: boolean): boolean {
  const has = ({ part }: Shard) => part.played.some((one) => one.host === host);
  return everywhere ? shards.every(has) : shards.some(has);
}

const isCut = ({ inquiries }: HostResult): boolean =>
  [...inquiries.values()].some(({ own, should }) => own?.cut === true || should?.cut === true);

function hostOf(shards: Shard[], host: ProfileId, reason: string, options: MergeOptions): HostResult {
  const parts = shards.flatMap(({ part }) => part.played.filter((one) => one.host === host));
  const losses = parts.flatMap((part) => part.losses).sort((one, other) => one.k - other.k);
  const close = losses.slice(0, LOSSES_TRACED);
  const tally = new HostTally(host);
  for (const { sums } of parts) tally.absorb(sums);
  for (const loss of losses) tally.absorb(close.includes(loss) ? loss.closely : loss.counted);
  const counts = ({ k, inLoss }: PartCandidate) => !inLoss || close.some((loss) => loss.k === k);
  const candidates: Record<string, PartCandidate[]> = {};
  for (const part of parts)
    for (const [clause, found] of Object.entries(part.candidates))
      candidates[clause] = [...(candidates[clause] ?? []), ...found.filter(counts).map(retold(shards, options))];
  return { tally, reason, inquiries: inquiriesOf(candidates) };
}

/** The case is saved beside the merged report, so that is where it is played again from. */
function retold([first]: Shard[], { out }: MergeOptions): (candidate: PartCandidate) => PartCandidate {
  const source = first?.report.engine.source ?? "";
  const engine = source === IN_PROCESS ? { factory: unreachable } : source;
  const id = first?.part.engineId;
  const options = { engine, out, ...(id === undefined ? {} : { engineId: id }) };
  return (candidate) => {
    const { finding } = candidate;
    return { ...candidate, finding: { ...finding, replay: replayCommand(options, finding.caseFile) } };
  };
}

function unreachable(): never {
  throw new Error("merging makes no engine");
}

/** The engine as the shards saw it: what `buildReport` needs of it. */
function descriptionOf({ report, part }: Shard, shards: Shard[]): Description {
  const { id, name, version, source, digest, declares } = report.engine;
  const unique = (texts: string[]) => [...new Set(texts)];
  return {
    id,
    name,
    version,
    source,
    kind: "module",
    digest,
    node: unique(shards.map((shard) => shard.report.run.node)).join(", "),
    notes: unique(shards.flatMap((shard) => shard.report.engine.notes)),
    touched: [],
    sdk: {},
    hostVersions: {},
    info: declares as Description["info"],
    methods: part.engine?.methods ?? [],
    adapter: part.engine?.author ?? {},
  };
}

/** The worst error of a shard, of several the first. */
function errorOf(shards: Shard[]): CtxspecError | undefined {
  const worst = worstExit(shards.filter(({ report }) => report.error !== undefined).map(({ report }) => report.exitCode));
  const error = shards.find(({ report }) => report.error !== undefined && report.exitCode === worst)?.report.error;
  if (error === undefined) return undefined;
  return new CtxspecError(error.code as ErrorCode, error.message, error.hint, error.cause);
}
