// One profile of a campaign: how long it may take, when it stops, and what is told while it runs. The cases themselves: host-campaign.ts.

import { type Case, type Cut, mayFind, type ProfileId } from "../define/index.js";
import type { Course, Setup } from "./course.js";
import { isEnough } from "./enough.js";
import { runHost } from "./host-campaign.js";
import { Speed } from "./progress.js";
import type { Description } from "./protocol.js";
import { nowMs } from "./real-time.js";
import { subjectUnder } from "./report.js";
import { binding } from "./selection.js";
import { ShardLedger } from "./shard-ledger.js";
import { type HostTally, labelOf } from "./tally.js";

const PROGRESS_EVERY_MS = 200;

export interface HostTurn {
  host: ProfileId;
  at: number;
  /** Milliseconds this profile may take; undefined: as long as its cases take. */
  shareMs: number | undefined;
  /** … and at most, where that leaves clauses unexercised. */
  patientMs: number;
}

/** `cut`: why not every case was played. */
export async function playHost(
  setup: Setup,
  course: Course,
  description: Description,
  turn: HostTurn,
): Promise<{ tally: HostTally; ledger: ShardLedger | undefined; cut: Cut | undefined }> {
  const { options, extent } = setup;
  const startMs = nowMs();
  const subject = subjectUnder(description, turn.host);
  let sofar: HostTally | undefined;
  const timeIsUp = (): boolean => {
    const spentMs = nowMs() - startMs;
    if (turn.shareMs === undefined || spentMs <= turn.shareMs) return false;
    return spentMs > turn.patientMs || isEnough(setup, subject, sofar);
  };
  let cut: Cut | undefined;
  const stopped = (): boolean => {
    if (course.bailed) cut ??= "bail";
    else if (options.signal?.aborted === true) cut ??= "interrupt";
    else if (cut === undefined && timeIsUp()) cut = "time";
    return cut !== undefined;
  };
  const ledger = setup.shard === undefined ? undefined : new ShardLedger(turn.host);
  const tell = teller(setup, course, description, turn);
  const tally = await runHost(setup.crew, setup.parts, {
    ...setup.base,
    host: turn.host,
    seed: setup.seed,
    cases: extent.cases,
    shard: setup.shard,
    ledger,
    clauses: setup.clauses,
    extraCases: extraCasesOf(setup, turn.host),
    stopped,
    abandoned: setup.letting?.over,
    onCase: (done, counted) => {
      sofar = counted;
      tell(done, counted);
    },
    onViolation: (id, candidate, facts) => {
      const clause = setup.allClauses.find((one) => one.id === id);
      if (clause === undefined || !isJudged(setup, description, id, { host: turn.host, facts })) return;
      options.onProgress?.({
        kind: "violation",
        host: turn.host,
        clause: id,
        message: candidate.finding.message,
        foundAt: labelOf(candidate.name),
      });
      const excused = subject.adapter.excuses?.some((one) => one.clause === id && (one.host ?? turn.host) === turn.host) === true;
      const counts = !excused && (options.strict === true || (candidate.level === "own" && clause.level !== "should"));
      if (options.bail === true && counts) course.bailed = true;
    },
  });
  return { tally, ledger, cut };
}

/** None in a shard: every shard would play them. */
function extraCasesOf({ options, shard }: Setup, host: ProfileId): { n: number; theCase: Case }[] {
  if (shard !== undefined) return [];
  return (options.extraCases ?? []).flatMap((theCase, n) => (theCase.host === host ? [{ n, theCase }] : []));
}

function teller(
  setup: Setup,
  course: Course,
  description: Description,
  turn: HostTurn,
): (done: number, tally: HostTally) => void {
  const { options, extent } = setup;
  const speed = new Speed();
  const hosts = course.choice.hosts.length;
  const startedMs = nowMs();
  const planned = Math.ceil(extent.cases / (setup.shard?.count ?? 1));
  const clauses = setup.clauses.filter((clause) => clause.who === "engine");
  let toldMs = 0;
  return (done, tally) => {
    const atMs = nowMs();
    speed.mark(atMs, done);
    if (options.onProgress === undefined || (atMs - toldMs < PROGRESS_EVERY_MS && done < planned)) return;
    toldMs = atMs;
    const byTime = turn.shareMs === undefined || turn.shareMs === 0 ? 0 : (atMs - startedMs) / turn.shareMs;
    const part = Math.min(1, Math.max(done / Math.max(1, planned), byTime));
    const share = (turn.at + part) / hosts;
    const spentMs = atMs - setup.startedMs;
    options.onProgress({
      kind: "cases",
      host: turn.host,
      hostNumber: turn.at + 1,
      hosts,
      done,
      planned,
      share,
      casesPerSecond: speed.perSecond(),
      ...(share > 0.01 ? { leftMs: (spentMs * (1 - share)) / share } : {}),
      violated: violatedSoFar(setup, description, [...course.results.map((result) => result.tally), tally]),
      unexercised: clauses.filter((clause) => (tally.clauses.get(clause.id)?.witnessed ?? 0) === 0).map((clause) => clause.id),
    });
  };
}

/** Whether a clause is binding and applies, by all that was seen under a profile so far. */
function isJudged(
  setup: Setup,
  description: Description,
  id: string,
  { host, facts }: Pick<HostTally, "host" | "facts">,
): boolean {
  const clause = setup.allClauses.find((one) => one.id === id);
  const subject = subjectUnder(description, host);
  return clause !== undefined && binding(clause, subject.claims) && mayFind(clause.applies(subject, facts));
}

function violatedSoFar(setup: Setup, description: Description, tallies: HostTally[]): string[] {
  return tallies.flatMap((tally) =>
    [...tally.clauses]
      .filter(([id, { violations }]) => violations > 0 && isJudged(setup, description, id, tally))
      .map(([id]) => `${id} under ${tally.host}`),
  );
}
