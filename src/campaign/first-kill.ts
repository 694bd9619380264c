// One deliberately broken engine or host: played case after case until its own clause finds it. All clauses judge the same histories,
// so what else it trips is known, too. Used by the self-test, by `explain` and by the measurement of detection.

import { type Break, type Clause, type Facts, mayFind, type ProfileId, type Subject } from "../define/index.js";
import { CASE_CLASSES, casesAimedAt } from "../generate/index.js";
import type { Crew } from "./crew.js";
import { type InquiryRules, Investigator } from "./investigate.js";
import type { Parts, PlayLimits } from "./parts.js";
import type { EngineSource, Judged, Played } from "./protocol.js";
import { subjectUnder } from "./report.js";
import { binding } from "./selection.js";
import { type Candidate, HostTally, PLAYED_ONCE } from "./tally.js";
import { campaignTwins, generated, isLost, judgeLoss, taskOf } from "./tasks.js";

export interface Kill {
  host: ProfileId;
  k: number;
  /** Cases played up to and including this one, over all profiles. */
  cases: number;
  candidate: Candidate;
}

export interface BreakRun {
  /** Undefined: it survived. */
  kill: Kill | undefined;
  cases: number;
  hosts: ProfileId[];
  /** Other clauses that found something on the way, sorted. */
  others: string[];
}

export interface HuntOptions {
  seed: number;
  /** Cases at most, over all profiles. */
  maxCases: number;
  /**
   * campaign: k = 0, 1, 2, … with the twins of a campaign, which is what a user meets. aimed-first: those aimed at
   * the clause, an ordinary one after each of the first three; all with the twins of that clause.
   */
  order: "campaign" | "aimed-first";
  limits: PlayLimits;
  stopped?(): boolean;
}

/** A hanging break has to cost little; one that holds the event loop for seconds is no hanging one. */
export const HUNT_LIMITS: PlayLimits = { callTimeoutMs: 3_500, compactTimeoutMs: 4_000 };

type HuntParts = Pick<Parts, "clauses" | "caseFor" | "hostsFor">;

export function sourceOf(broken: Break): EngineSource {
  return { kind: "break", id: broken.id };
}

interface Hunt {
  crew: Crew;
  parts: HuntParts;
  clause: Clause;
  clauses: Clause[];
  options: HuntOptions;
  source: EngineSource;
  others: Set<string>;
}

/** One of each class that is rare in a campaign. */
const RARE = [CASE_CLASSES.kill.at, CASE_CLASSES["hard-restart"].at, CASE_CLASSES.overlap.at];

/** Case numbers in the order they are played, without end. */
function* orderOf(order: HuntOptions["order"], clause: string, host: ProfileId): Generator<number, never> {
  const aimed = casesAimedAt(clause, host);
  const mixed = [aimed.slice(0, 1), 0, aimed.slice(1, 2), 1, aimed.slice(2, 3), 2, aimed.slice(3), RARE].flat();
  const first = order === "campaign" ? [] : [...new Set(mixed)];
  yield* first;
  for (let k = 0; ; k++) if (!first.includes(k)) yield k;
}

/** The next case under each profile, then the one after it. */
export async function hunt(crew: Crew, parts: HuntParts, broken: Break, options: HuntOptions): Promise<BreakRun> {
  const clauses = await parts.clauses();
  const clause = clauses.find((one) => one.breaks.some((each) => each.id === broken.id));
  if (clause === undefined) throw new Error(`no clause has the break ${broken.id}`);
  const source = sourceOf(broken);
  const description = await crew.describe(source);
  const chosen = parts.hostsFor({
    declared: { info: description.info, methods: description.methods },
    adapterHosts: undefined,
    hostVersions: {},
    requested: broken.hosts,
  });
  const places = chosen.hosts.map(({ id }) => ({
    tally: new HostTally(id),
    subject: subjectUnder(description, id),
    order: orderOf(options.order, clause.id, id),
  }));
  const about: Hunt = { crew, parts, clause, clauses, options, source, others: new Set() };
  let cases = 0;
  let kill: Kill | undefined;
  while (places.length > 0 && kill === undefined && cases + places.length <= options.maxCases && options.stopped?.() !== true) {
    for (const { tally, subject, order } of places) {
      const k = order.next().value;
      cases += 1;
      const candidate = await tryCase(about, tally, subject, k);
      if (candidate === undefined) continue;
      kill = { host: tally.host, k, cases, candidate };
      break;
    }
  }
  return { kill, cases, hosts: places.map(({ tally }) => tally.host), others: [...about.others].sort() };
}

async function tryCase(about: Hunt, tally: HostTally, subject: Subject, k: number): Promise<Candidate | undefined> {
  const { crew, parts, clause, clauses, options, source } = about;
  const target = generated(tally.host, options.seed, k);
  const own = { twins: "none" as const, twinsOf: [clause.id] };
  const twins = options.order === "campaign" ? campaignTwins(tally.host, k) : own;
  const wish = { target, clauses: clauses.map((one) => one.id), ...twins };
  const task = taskOf({ source, limits: options.limits }, wish);
  const first = await crew.run(task, "probe");
  // Writing every event down is dear: only what was lost is played again with a trace.
  const outcome = isLost(first) ? await crew.run({ ...task, trace: true }, "probe") : first;
  const lost = isLost(outcome);
  const played: Played = lost
    ? await judgeLoss(crew, task, outcome, parts.caseFor(options.seed, k, tally.host), "probe")
    : outcome;
  tally.add({ kind: "k", k }, played, { ...PLAYED_ONCE, lost, ...(played.fixed === undefined ? {} : { theCase: played.fixed }) });
  const guilty = played.judged.filter((said) => said.findings.length > 0 && counts(clauses, said, subject, tally.facts));
  for (const said of guilty) if (said.clause !== clause.id) about.others.add(said.clause);
  if (!guilty.some((said) => said.clause === clause.id)) return undefined;
  const { candidates } = tally.clause(clause.id);
  return candidates.own[0] ?? candidates.should[0];
}

/** What a clause says counts where it applies and the engine is bound by it. */
export function counts(clauses: Clause[], said: Judged, subject: Subject, facts: Facts): boolean {
  const clause = clauses.find((one) => one.id === said.clause);
  if (clause === undefined) return false;
  return binding(clause, subject.claims) && mayFind(clause.applies(subject, facts));
}

export interface ShrunkKill extends BreakRun {
  finding?: Awaited<ReturnType<Investigator["investigate"]>>;
}

/** The smallest case that shows a break, for `explain` and for the known minimum lengths. */
export async function smallestKill(
  crew: Crew,
  parts: HuntParts & Pick<Parts, "shrink">,
  broken: Break,
  options: HuntOptions & Pick<InquiryRules, "shrinkRuns" | "shrinkTimeMs">,
): Promise<ShrunkKill> {
  const run = await hunt(crew, parts, broken, options);
  const clause = (await parts.clauses()).find((one) => one.breaks.some((each) => each.id === broken.id));
  if (run.kill === undefined || clause === undefined) return run;
  const investigator = new Investigator(crew, parts, {
    source: sourceOf(broken),
    limits: options.limits,
    seed: options.seed,
    shrinkRuns: options.shrinkRuns,
    shrinkTimeMs: options.shrinkTimeMs,
    extraCases: [],
    replayCommand: (file) => `npx ctxspec replay ${file}`,
    aborted: () => options.stopped?.() === true,
  });
  const finding = await investigator.investigate(run.kill.host, clause, [run.kill.candidate]);
  return { ...run, ...(finding === undefined ? {} : { finding }) };
}
