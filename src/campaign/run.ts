// certify: the whole campaign, profile after profile, from options to the one report object. It prints and writes nothing.
// Errors of the engine's loading and of ctxspec itself end in a report (exit 3 and 70); only wrong usage is thrown.

import { type Case, type Clause, CtxspecError, EXIT, type ProfileId, type Report } from "../define/index.js";
import { excusesOf } from "./baseline.js";
import type { Course, Setup } from "./course.js";
import type { Crew } from "./crew.js";
import { InProcessCrew } from "./in-process.js";
import { inquire } from "./inquire.js";
import { Investigator } from "./investigate.js";
import { lettingGo } from "./letting-go.js";
import {
  type CertifyOptions,
  DEFAULT_MEMORY_MB,
  DEFAULT_SHRINK_RUNS,
  DEFAULT_SHRINK_TIME_MS,
  IN_PROCESS,
  limitsOf,
  loadLimitFor,
  replayCommand,
  seedOf,
  workersOf,
} from "./options.js";
import { partOf } from "./part.js";
import type { Parts } from "./parts.js";
import { playHost } from "./play-host.js";
import { extentOf, shardOf, sharesOf } from "./preset.js";
import type { Description, EngineSource } from "./protocol.js";
import { nowMs, wallClock } from "./real-time.js";
import { buildReport, clauseEntry, subjectUnder } from "./report.js";
import { ALONE_NOTE, isAlone, settleIn } from "./residence.js";
import { checkHosts, reportedClauses, selectClauses } from "./selection.js";
import { WorkerCrew } from "./supervisor.js";
import type { HostTally } from "./tally.js";
import { toolVersion } from "./tool.js";

/**
 * Runs a campaign, played by `hands` or by what the options ask for. Throws CtxspecError only for wrong usage (exit 2); everything else is in
 * the report.
 */
export async function certifyWith(parts: Parts, options: CertifyOptions, hands?: Crew): Promise<Report> {
  checkHosts(options.hosts);
  const extent = extentOf(options);
  const shard = shardOf(options.shard);
  const seed = seedOf(options.seed);
  const limits = limitsOf(options.callTimeoutMs);
  const workers = workersOf(options.workers);
  const allClauses = await parts.clauses();
  const clauses = selectClauses(allClauses, options.only, options.skip);
  const source: EngineSource = {
    kind: "engine",
    spec: sourceName(options),
    cwd: options.cwd ?? process.cwd(),
    ...(options.engineId === undefined ? {} : { engineId: options.engineId }),
  };
  const crew = hands ?? crewFor(parts, options, workers, limits.callTimeoutMs);
  const setup: Setup = {
    options,
    parts,
    crew,
    base: { source, limits },
    extent,
    shard,
    seed,
    allClauses,
    clauses,
    startedAt: wallClock(),
    startedMs: nowMs(),
    letting: lettingGo(options.signal, crew),
  };
  const course: Course = { choice: { hosts: [], skipped: [] }, results: [], cuts: new Set(), playsCut: false, bailed: false };
  try {
    await follow(setup, course);
  } catch (cause) {
    course.error = asError(cause);
  } finally {
    setup.letting?.cancel();
    await crew.close();
  }
  if (course.error?.exitCode === EXIT.usage) throw course.error;
  try {
    return report(setup, course);
  } catch (cause) {
    // A clause that cannot even say whether it applies: without its word there is no verdict on anything.
    return report(setup, { ...course, results: [], error: course.error ?? asError(cause) });
  }
}

function sourceName(options: CertifyOptions): string {
  return typeof options.engine === "string" ? options.engine : IN_PROCESS;
}

export function crewFor(
  parts: Parts,
  options: Pick<CertifyOptions, "engine" | "nodePath" | "memoryMb">,
  workers: number,
  callTimeoutMs: number,
): Crew {
  if (typeof options.engine !== "string" || workers === 0) return new InProcessCrew(parts);
  const node = options.nodePath === undefined ? {} : { nodePath: options.nodePath };
  const loadLimitMs = loadLimitFor(callTimeoutMs);
  return new WorkerCrew({ workers, memoryMb: options.memoryMb ?? DEFAULT_MEMORY_MB, loadLimitMs, ...node });
}

async function follow(setup: Setup, course: Course): Promise<void> {
  const { options, parts, crew, base } = setup;
  const description = withBaseline(await crew.describe(base.source), setup);
  course.description = description;
  course.choice = parts.hostsFor({
    declared: { info: description.info, methods: description.methods },
    adapterHosts: description.adapter.hosts,
    hostVersions: hostVersionsOf(description),
    requested: options.hosts === undefined || options.hosts.length === 0 ? undefined : options.hosts,
  });
  // Shards see different cases, and have to come to the same result.
  const [first] = course.choice.hosts;
  if (setup.shard !== undefined && first !== undefined) await movesOut(setup, course, first.id);
  let playedMs = 0;
  for (const [at, { id, reason }] of course.choice.hosts.entries()) {
    if (options.signal?.aborted || course.bailed) {
      course.cuts.add(course.bailed ? "bail" : "interrupt");
      course.playsCut = true;
      break;
    }
    const turn = { host: id, at, ...sharesOf(setup.extent, course.choice.hosts.length, at, playedMs) };
    const startedMs = nowMs();
    let played = await playHost(setup, course, description, turn);
    if (isSuspicious(played.tally) && (await movesOut(setup, course, id, unlikeItself(setup, played.tally)))) {
      course.bailed = false;
      played = await playHost(setup, course, description, turn);
    }
    playedMs += nowMs() - startedMs;
    course.playsCut ||= played.cut !== undefined;
    if (played.cut !== undefined) course.cuts.add(played.cut);
    const result = { tally: played.tally, reason, ...(await inquire(setup, course, investigatorFor(setup), played)) };
    course.results.push(result);
    options.onHostDone?.({
      host: id,
      reason,
      cases: played.tally.cases,
      steps: played.tally.steps,
      engineCalls: played.tally.engineCalls,
      durationMs: nowMs() - startedMs,
      verdicts: Object.fromEntries(
        reported(setup, course).map((clause) => [clause.id, clauseEntry(clause, result, subjectUnder(description, id)).verdict]),
      ),
    });
  }
}

/** Something may come of an earlier case in the same process: a violation, or an engine that differs from itself. */
function isSuspicious({ clauses, unstable }: HostTally): boolean {
  return unstable !== undefined || [...clauses.values()].some((counts) => counts.violations > 0 || counts.unstable !== undefined);
}

const UNLIKE_TRIED = 2;

/** The first generated cases in which the engine differed from itself. */
function unlikeItself({ parts, seed }: Setup, { host, clauses, unstable }: HostTally): Case[] {
  const all = [unstable, ...[...clauses.values()].map((counts) => counts.unstable)];
  const ks = [...new Set(all.flatMap((difference) => (difference === undefined || difference.k < 0 ? [] : [difference.k])))];
  return ks.slice(0, UNLIKE_TRIED).map((k) => parts.caseFor(seed, k, host));
}

/** Asked once: an engine that keeps state in its process gets one for every case from now on. */
async function movesOut(setup: Setup, course: Course, host: ProfileId, seen: Case[] = []): Promise<boolean> {
  const { description } = course;
  if (description === undefined || course.placed || setup.options.signal?.aborted) return false;
  course.placed = true;
  const source = await settleIn(setup.crew, setup.base, description, host, seen);
  if (!isAlone(source)) return false;
  setup.base = { ...setup.base, source };
  course.description = { ...description, notes: [...description.notes, ALONE_NOTE] };
  return true;
}

/** A baseline excuses as the adapter does, for as long as its entries are good. */
function withBaseline(description: Description, setup: Setup): Description {
  const { baseline } = setup.options;
  if (baseline === undefined) return description;
  const excuses = [...(description.adapter.excuses ?? []), ...excusesOf(baseline.entries, todayOf(setup))];
  return { ...description, adapter: { ...description.adapter, excuses } };
}

function todayOf({ options, startedAt }: Setup): string {
  return options.baseline?.today ?? startedAt.slice(0, 10);
}

function hostVersionsOf({ hostVersions }: Description): { minHostVersion?: string; peer?: string } {
  const { minHostVersion, peer } = hostVersions;
  return { ...(minHostVersion === undefined ? {} : { minHostVersion }), ...(peer === undefined ? {} : { peer }) };
}

function investigatorFor({ options, parts, crew, base, seed }: Setup): Investigator {
  return new Investigator(crew, parts, {
    ...base,
    seed,
    shrinkRuns: options.shrinkRuns ?? DEFAULT_SHRINK_RUNS,
    shrinkTimeMs: options.shrinkTimeMs ?? DEFAULT_SHRINK_TIME_MS,
    extraCases: options.extraCases ?? [],
    replayCommand: (file) => replayCommand(options, file),
    aborted: () => options.signal?.aborted === true,
    onProgress: (progress) => options.onProgress?.(progress),
  });
}

function reported({ allClauses, clauses }: Setup, { results }: Course): Clause[] {
  return reportedClauses(
    allClauses,
    clauses.map(({ id }) => id),
    results.map(({ tally }) => tally),
  );
}

function asError(cause: unknown): CtxspecError {
  if (cause instanceof CtxspecError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new CtxspecError(
    "internal",
    `ctxspec failed: ${message}`,
    "This is a fault of ctxspec, not of the engine. Please report it with the text below.",
    cause,
  );
}

function report(setup: Setup, course: Course): Report {
  const { baseline, signal } = setup.options;
  const concluded = setup.shard === undefined && !course.bailed && signal?.aborted !== true;
  return buildReport({
    tool: { name: "ctxspec", version: toolVersion(), generator: setup.parts.generatorVersion },
    source: sourceName(setup.options),
    description: course.description,
    clauses: reported(setup, course),
    hosts: course.results,
    skippedHosts: course.choice.skipped,
    seed: setup.seed,
    preset: setup.extent.preset,
    strict: setup.options.strict === true,
    durationMs: nowMs() - setup.startedMs,
    startedAt: setup.startedAt,
    shard: setup.shard === undefined ? undefined : `${setup.shard.index}/${setup.shard.count}`,
    part: partOf({ ...setup, today: todayOf(setup) }, course),
    cuts: course.cuts,
    ...(baseline === undefined ? {} : { baseline: { ...baseline, today: todayOf(setup), concluded } }),
    error: course.error,
  });
}
