// certify: the whole campaign, profile after profile, from options to the one report object. It prints and writes nothing.
// Errors of the engine's loading and of ctxspec itself end in a report (exit 3 and 70); only wrong usage is thrown.

import { type Clause, CtxspecError, EXIT, type Report } from "../define/index.js";
import type { Course, Setup } from "./course.js";
import type { Crew } from "./crew.js";
import { InProcessCrew } from "./in-process.js";
import { inquire } from "./inquire.js";
import { Investigator } from "./investigate.js";
import { LOSS_CLAUSE } from "./lost.js";
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
import type { Parts } from "./parts.js";
import { playHost } from "./play-host.js";
import { extentOf, shardOf } from "./preset.js";
import type { Description, EngineSource } from "./protocol.js";
import { nowMs, wallClock } from "./real-time.js";
import { buildReport, clauseEntry, type HostResult, subjectUnder } from "./report.js";
import { checkHosts, selectClauses } from "./selection.js";
import { WorkerCrew } from "./supervisor.js";
import { toolVersion } from "./tool.js";

/** Runs a campaign. Throws CtxspecError only for wrong usage (exit 2); everything else is in the report. */
export async function certifyWith(parts: Parts, options: CertifyOptions): Promise<Report> {
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
  const crew = crewFor(parts, options, workers, limits.callTimeoutMs);
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
  };
  const course: Course = { choice: { hosts: [], skipped: [] }, results: [], cut: false, bailed: false };
  try {
    await follow(setup, course);
  } catch (cause) {
    course.error = asError(cause);
  } finally {
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

function crewFor(parts: Parts, options: CertifyOptions, workers: number, callTimeoutMs: number): Crew {
  if (typeof options.engine !== "string" || workers === 0) return new InProcessCrew(parts);
  const node = options.nodePath === undefined ? {} : { nodePath: options.nodePath };
  const loadLimitMs = loadLimitFor(callTimeoutMs);
  return new WorkerCrew({ workers, memoryMb: options.memoryMb ?? DEFAULT_MEMORY_MB, loadLimitMs, ...node });
}

async function follow(setup: Setup, course: Course): Promise<void> {
  const { options, parts, crew, base } = setup;
  const description = await crew.describe(base.source);
  course.description = description;
  course.choice = parts.hostsFor({
    declared: { info: description.info, methods: description.methods },
    adapterHosts: description.adapter.hosts,
    hostVersions: hostVersionsOf(description),
    requested: options.hosts === undefined || options.hosts.length === 0 ? undefined : options.hosts,
  });
  const investigator = investigatorFor(setup);
  let playedMs = 0;
  for (const [at, { id, reason }] of course.choice.hosts.entries()) {
    if (options.signal?.aborted || course.bailed) {
      course.cut = true;
      break;
    }
    const left = setup.extent.timeMs === undefined ? undefined : Math.max(0, setup.extent.timeMs - playedMs);
    const shareMs = left === undefined ? undefined : left / (course.choice.hosts.length - at);
    const startedMs = nowMs();
    const played = await playHost(setup, course, description, { host: id, at, shareMs });
    playedMs += nowMs() - startedMs;
    course.cut ||= played.cut;
    const result: HostResult = {
      tally: played.tally,
      reason,
      inquiries: await inquire(setup, course, investigator, played.tally),
    };
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

/** Clauses of the report: those that were chosen, and the one every lost process violates. */
function reported(setup: Setup, course: Course): Clause[] {
  const lost = [...course.results.map(({ tally }) => tally)].some(
    (tally) => (tally.clauses.get(LOSS_CLAUSE)?.violations ?? 0) > 0,
  );
  return setup.allClauses.filter((clause) => setup.clauses.includes(clause) || (lost && clause.id === LOSS_CLAUSE));
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
    shard: setup.options.shard,
    truncated: course.cut,
    error: course.error,
  });
}
