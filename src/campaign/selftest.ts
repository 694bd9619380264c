// The self-test: every deliberately broken engine and host against every clause, and every conforming engine against all of them.
// A break has to be killed by its own clause; a conforming engine must not be accused. Answers data; drawing is somebody else's.

import { type Break, type Clause, CtxspecError, EXIT, type ProfileId } from "../define/index.js";
import { didYouMean } from "../load/nearest.js";
import type { Crew } from "./crew.js";
import { type BreakRun, counts, HUNT_LIMITS, hunt } from "./first-kill.js";
import { runHost } from "./host-campaign.js";
import type { Parts } from "./parts.js";
import type { Description } from "./protocol.js";
import { nowMs } from "./real-time.js";
import { subjectUnder } from "./report.js";
import { labelOf } from "./tally.js";

export interface SelftestOptions {
  /** Clause ids or break ids; default: all breaks and all conforming engines. */
  only?: string[];
  /** Default 1. */
  seed?: number;
  /** Cases at most per break, over its profiles. Default 400. */
  maxCases?: number;
  /** Cases per conforming engine and profile; 0 leaves the engines out. Default 30. */
  engineCases?: number;
  onProgress?(done: number, total: number, about: string): void;
  signal?: AbortSignal;
}

export interface BreakResult {
  id: string;
  clause: string;
  about: string;
  /** Conforming engine it was made of. */
  base: string;
  broken: "engine" | "host";
  bugs: string[];
  hosts: ProfileId[];
  /** The first case in which its own clause found it; absent: it survived. */
  killed?: { host: ProfileId; k: number; cases: number; message: string; level: "own" | "should" };
  /** Cases played. */
  cases: number;
  /** Other clauses that found something. */
  others: string[];
  minimalSteps?: number;
}

export interface Accusation {
  engine: string;
  host: ProfileId;
  clause: string;
  k: string;
  message: string;
}

export interface Selftest {
  breaks: BreakResult[];
  /** Ids of breaks that their own clause did not find. */
  survivors: string[];
  engines: { name: string; hosts: ProfileId[]; cases: number }[];
  /** Conforming engines that could not be loaded here, with the reason. */
  skippedEngines: { name: string; reason: string }[];
  accused: Accusation[];
  seed: number;
  cases: number;
  durationMs: number;
  /** 1 when a break survives or a conforming engine is accused. */
  exitCode: number;
}

const DEFAULT_MAX_CASES = 400;
const DEFAULT_ENGINE_CASES = 30;

export async function selftestWith(crew: Crew, parts: Parts, engines: string[], options: SelftestOptions): Promise<Selftest> {
  const startedMs = nowMs();
  const clauses = await parts.clauses();
  const chosen = chooseBreaks(clauses, options.only);
  const hunting = {
    seed: options.seed ?? 1,
    maxCases: options.maxCases ?? DEFAULT_MAX_CASES,
    limits: HUNT_LIMITS,
    order: "aimed-first" as const,
    stopped: () => options.signal?.aborted === true,
  };
  const examined = options.only === undefined ? engines : [];
  const total = chosen.length + examined.length;
  let done = 0;
  const tell = (about: string) => options.onProgress?.(++done, total, about);
  const breaks = await pool(chosen, crew.appetite, async ({ clause, broken }) => {
    const result = resultOf(clause, broken, await hunt(crew, parts, broken, hunting));
    tell(broken.id);
    return result;
  });
  const control: Control = { engines: [], skippedEngines: [], accused: [], cases: 0 };
  for (const name of (options.engineCases ?? DEFAULT_ENGINE_CASES) > 0 ? examined : []) {
    await examine(crew, parts, clauses, name, options, control);
    tell(name);
  }
  const survivors = breaks.filter((one) => one.killed === undefined).map((one) => one.id);
  const { cases, ...controls } = control;
  return {
    breaks,
    survivors,
    ...controls,
    seed: hunting.seed,
    cases: cases + breaks.reduce((sum, one) => sum + one.cases, 0),
    durationMs: Math.round(nowMs() - startedMs),
    exitCode: survivors.length > 0 || control.accused.length > 0 ? EXIT.violates : EXIT.conforms,
  };
}

function chooseBreaks(clauses: Clause[], only: string[] | undefined): { clause: Clause; broken: Break }[] {
  const all = clauses.flatMap((clause) => clause.breaks.map((broken) => ({ clause, broken })));
  if (only === undefined) return all;
  const known = [...clauses.map((clause) => clause.id), ...all.map(({ broken }) => broken.id)];
  for (const name of only) {
    if (!known.includes(name))
      throw new CtxspecError(
        "usage-clause",
        `there is no clause or break "${name}"`,
        `${didYouMean(name, known)}ctxspec list clauses shows all clauses.`,
      );
  }
  return all.filter(({ clause, broken }) => only.includes(clause.id) || only.includes(broken.id));
}

/** `work` for every entry, `width` at a time; answers in the list's order. */
async function pool<T, R>(list: T[], width: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const answers = new Map<number, R>();
  const rest = list.entries();
  const hand = async (): Promise<void> => {
    for (const [at, one] of rest) answers.set(at, await work(one));
  };
  await Promise.all(Array.from({ length: Math.min(width, list.length) }, hand));
  return [...answers].sort(([a], [b]) => a - b).map(([, answer]) => answer);
}

function resultOf(clause: Clause, broken: Break, run: BreakRun): BreakResult {
  const { kill } = run;
  return {
    id: broken.id,
    clause: clause.id,
    about: broken.about,
    base: broken.base ?? "reference",
    broken: broken.host === undefined ? "engine" : "host",
    bugs: broken.bugs ?? [],
    hosts: run.hosts,
    ...(kill === undefined
      ? {}
      : {
          killed: {
            host: kill.host,
            k: kill.k,
            cases: kill.cases,
            message: kill.candidate.finding.message,
            level: kill.candidate.level,
          },
        }),
    cases: run.cases,
    others: run.others,
    ...(broken.minimalSteps === undefined ? {} : { minimalSteps: broken.minimalSteps }),
  };
}

interface Control extends Pick<Selftest, "engines" | "skippedEngines" | "accused" | "cases"> {}

/** Plays a conforming engine under every profile that fits it; whatever a clause finds there is an accusation. */
async function examine(
  crew: Crew,
  parts: Parts,
  clauses: Clause[],
  name: string,
  options: SelftestOptions,
  control: Control,
): Promise<void> {
  const source = { kind: "built-in" as const, name };
  let description: Description;
  try {
    description = await crew.describe(source);
  } catch (error) {
    if (!(error instanceof CtxspecError) || error.exitCode !== EXIT.engine) throw error;
    control.skippedEngines.push({ name, reason: error.message });
    return;
  }
  const declared = { info: description.info, methods: description.methods };
  const { hosts } = parts.hostsFor({ declared, adapterHosts: description.adapter.hosts, hostVersions: {}, requested: undefined });
  const about: Selftest["engines"][number] = { name, hosts: hosts.map(({ id }) => id), cases: 0 };
  for (const { id } of hosts) {
    const tally = await runHost(crew, parts, {
      source,
      limits: HUNT_LIMITS,
      host: id,
      seed: options.seed ?? 1,
      cases: options.engineCases ?? DEFAULT_ENGINE_CASES,
      clauses,
      extraCases: [],
      stopped: () => options.signal?.aborted === true,
    });
    about.cases += tally.cases;
    const subject = subjectUnder(description, id);
    for (const [clause, seen] of tally.clauses) {
      const candidate = seen.candidates.own[0] ?? seen.candidates.should[0];
      if (candidate === undefined || !counts(clauses, { clause, witness: 0, findings: [] }, subject, tally.facts)) continue;
      const { name: which, finding } = candidate;
      control.accused.push({
        engine: name,
        host: id,
        clause,
        k: labelOf(which),
        message: finding.message,
      });
    }
  }
  control.cases += about.cases;
  control.engines.push(about);
}
