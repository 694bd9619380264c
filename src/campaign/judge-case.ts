// Plays one case and judges what happened by every clause it is given: host clauses first, then engine clauses, then what twins show.
// Knows nothing of workers, reports or verdicts. A clause that throws is a fault of ctxspec, never a finding.

import type { Case, Clause, Facts, Finding, History, Subject, TwinPlay, TwinRequest } from "../define/index.js";
import { needsProcess } from "../host/index.js";
import { repeatable, withKillsFixed } from "./fixed-kills.js";
import { judgesOf } from "./overlapped.js";
import type { Judged, Played, TwinPlan } from "./protocol.js";

export interface Judge {
  /** `apart`: in a process of its own, even where the case does not need one. */
  play(theCase: Case, apart?: boolean): Promise<History>;
  /** What the clauses may know about the engine. */
  subject: Subject;
  clauses: Clause[];
  factsOf(history: History): Facts;
  /** Where two histories of the same case differ, ids and times of the same class set equal; undefined when nowhere. */
  difference(first: History, second: History): string | undefined;
  /** Called when a play is over and only judging follows. */
  judging?(): void;
}

export interface TwinChoice {
  plan: TwinPlan;
  /** Clauses whose twins come first: all of them are played, and only if none asks for any does `rotate` choose another. */
  always: string[];
  /** Decides under `rotate`; the same for the same case. */
  turn: number;
  /** Play this case twice and compare: the watch on determinism. */
  watch: boolean;
}

/** An outcome with the history itself. */
export type PlayedCase = Omit<Played, "history"> & { history: History };

const FINDINGS_KEPT = 3;

/** `who` says whose fault it is: an exception out of a clause is ours. */
export class ClauseFault extends Error {
  override readonly name = "ClauseFault";
  constructor(clause: string, doing: string, theCase: Case, cause: unknown) {
    const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    super(`clause ${clause} threw in ${doing} (host ${theCase.host}, case seed ${theCase.seed}): ${why}`);
  }
}

function asked<T>(clause: Clause, doing: "check" | "twins" | "witness", theCase: Case, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new ClauseFault(clause.id, doing, theCase, cause);
  }
}

/** Judges a history as it stands; no twin is played. */
export function judgeHistory(history: History, clauses: Clause[], subject: Subject, twins: TwinPlay[] = []): Judged[] {
  const said: Judged[] = [];
  for (const clause of clauses) {
    const witness = asked(clause, "witness", history.case, () => clause.witness(history, twins, subject));
    const findings = asked(clause, "check", history.case, () => clause.check(history, twins, subject)).slice(0, FINDINGS_KEPT);
    if (witness > 0 || findings.length > 0) said.push({ clause: clause.id, witness, findings });
  }
  return said;
}

/** They ask for twins in two of five ordinary cases or more (counted over both lifecycles); the others would wait long for a turn. */
const ASK_OFTEN: ReadonlySet<string> = new Set([
  "history-heartbeat-keeps",
  "isolation-compaction",
  "isolation-heartbeat-inert",
  "isolation-noninterference",
  "key-distinct",
  "recovery-no-latch",
]);

/** What state in a process is about; only a case with new processes shows it, and there are few of those. */
const OF_PROCESSES = "history-restart";

/** Asked before all others in one case of twelve: among those that ask often it would wait too long for a short campaign. */
const OF_TICKS = "isolation-heartbeat-inert";
const goesToTicks = (turn: number): boolean => turn % 12 === 2;

/** The order in which clauses are asked for twins: from a place that `turn` sets; two times in three those that seldom ask go first. */
function inTurn(able: Clause[], turn: number): Clause[] {
  const from = (list: Clause[]) => {
    const start = Math.floor(turn / 3) % Math.max(1, list.length);
    return [...list.slice(start), ...list.slice(0, start)];
  };
  if (turn % 3 === 0) return from(able);
  return [...from(able.filter(({ id }) => !ASK_OFTEN.has(id))), ...from(able.filter(({ id }) => ASK_OFTEN.has(id)))];
}

/**
 * Clauses whose twins this case gets. Under `rotate` the first in turn that asks for any, and those to which the history is suspicious: the
 * choice costs little and repeats.
 */
function requestsFor(history: History, judge: Judge, choice: TwinChoice): Map<Clause, TwinRequest[]> {
  const chosen = new Map<Clause, TwinRequest[]>();
  const ask = (clause: Clause): boolean => {
    if (chosen.has(clause)) return false;
    const requests = asked(clause, "twins", history.case, () => clause.twins?.(history.case, history, judge.subject) ?? []);
    if (requests.length > 0) chosen.set(clause, requests);
    return requests.length > 0;
  };
  const able = judge.clauses.filter((clause) => clause.twins !== undefined);
  for (const clause of able) if (choice.plan === "all" || choice.always.includes(clause.id)) ask(clause);
  if (choice.plan === "rotate") {
    const first = able.filter(
      ({ id }) => (id === OF_PROCESSES && needsProcess(history.case.steps)) || (id === OF_TICKS && goesToTicks(choice.turn)),
    );
    if (chosen.size === 0) [...first, ...inTurn(able, choice.turn)].find(ask);
    for (const clause of able) if (asked(clause, "twins", history.case, () => clause.suspicious?.(history)) === true) ask(clause);
  }
  return chosen;
}

/** Twins of a case with a process of its own get one, too: background work goes on at other moments where every call crosses a pipe. */
async function playTwins(requests: TwinRequest[], of: Case, judge: Judge): Promise<TwinPlay[]> {
  const plays: TwinPlay[] = [];
  const apart = needsProcess(of.steps);
  for (const { name, theCase } of requests) plays.push({ name, history: await judge.play(theCase, apart) });
  return plays;
}

/** Plays the original and its twins once more: an engine that differs from itself shows nothing by differing from a twin. */
async function selfDifference(history: History, twins: TwinPlay[], judge: Judge): Promise<string | undefined> {
  for (const [name, first] of [
    ["the case itself", history] as const,
    ...twins.map((twin) => [`the twin "${twin.name}"`, twin.history] as const),
  ]) {
    const difference = judge.difference(first, await judge.play(first.case, needsProcess(history.case.steps)));
    if (difference !== undefined) return `played twice, ${name} differed: ${difference}`;
  }
  return undefined;
}

/** Where the same case gave something else; background work that could not be waited for may end at any time and says nothing. */
async function ownDifference(history: History, judge: Judge): Promise<string | undefined> {
  const second = await judge.play(history.case);
  const unsettled = [history, second].some(({ events }) =>
    events.some((event) => event.kind === "host" && event.what === "unsettled"),
  );
  return unsettled ? undefined : judge.difference(history, second);
}

async function judgeByTwins(clause: Clause, requests: TwinRequest[], history: History, judge: Judge): Promise<Judged> {
  const twins = await playTwins(requests, history.case, judge);
  judge.judging?.();
  const alone = asked(clause, "check", history.case, () => clause.check(history, [], judge.subject));
  const findings = asked(clause, "check", history.case, () => clause.check(history, twins, judge.subject)).slice(
    0,
    FINDINGS_KEPT,
  );
  const witness = asked(clause, "witness", history.case, () => clause.witness(history, twins, judge.subject));
  const restsOnTwins = findings.length > 0 && !sameFinding(alone[0], findings[0]);
  if (!restsOnTwins) return { clause: clause.id, witness, findings };
  const unstable = await selfDifference(history, twins, judge);
  return unstable === undefined
    ? { clause: clause.id, witness, findings }
    : { clause: clause.id, witness: 0, findings: alone, unstable };
}

function sameFinding(one: Finding | undefined, other: Finding | undefined): boolean {
  return one !== undefined && other !== undefined && one.message === other.message && one.at === other.at;
}

/** What is counted of a history, whatever was judged. */
export function countsOf(history: History, judge: Pick<Judge, "factsOf">): Omit<Played, "judged"> {
  let engineCalls = 0;
  const skipped: string[] = [];
  for (const event of history.events) {
    if (event.kind === "call") engineCalls += 1;
    if (event.kind === "skipped") skipped.push(event.step);
  }
  const network = history.residue?.network ?? [];
  const reached = network.length === 0 ? {} : { network };
  return { kind: "played", steps: history.case.steps.length, engineCalls, skipped, facts: judge.factsOf(history), ...reached };
}

/** One case, played and judged. After a host clause was violated nothing else is judged: the harness is at fault. */
export async function judgeCase(theCase: Case, judge: Judge, choice: TwinChoice): Promise<PlayedCase> {
  const history = await judge.play(theCase);
  judge.judging?.();
  const host = judgeHistory(
    history,
    judge.clauses.filter((clause) => clause.who === "host"),
    judge.subject,
  );
  const counts = { ...countsOf(history, judge), history };
  if (host.some((said) => said.findings.length > 0)) return { ...counts, judged: host };
  const engine = judgesOf(
    theCase,
    judge.clauses.filter((clause) => clause.who === "engine"),
  );
  const again = repeatable(theCase);
  const requests = again ? requestsFor(history, { ...judge, clauses: engine }, choice) : new Map<Clause, TwinRequest[]>();
  const plain = judgeHistory(
    history,
    engine.filter((clause) => !requests.has(clause)),
    judge.subject,
  );
  const byTwins: Judged[] = [];
  for (const [clause, asks] of requests) {
    const said = await judgeByTwins(clause, asks, history, judge);
    if (said.witness > 0 || said.findings.length > 0 || said.unstable !== undefined) byTwins.push(said);
  }
  const unstable = choice.watch && again ? await ownDifference(history, judge) : undefined;
  const judged = [...host, ...plain, ...byTwins];
  const found = judged.some((said) => said.findings.length > 0);
  const fixed = found && !again ? { fixed: withKillsFixed(theCase, history) } : {};
  const output = history.residue?.output ?? "";
  const said = found && output !== "" ? { output } : {};
  return { ...counts, judged, ...fixed, ...said, ...(unstable === undefined ? {} : { unstable }) };
}
