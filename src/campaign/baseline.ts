// What a baseline means for a run: which violations it excuses, which of its entries no longer hold, what is new, and how it is brought up to
// date. Pure; the file is read and written by baseline-file.ts.

import type { BaselineEntry, BaselineState, ReportBaseline, ReportClause } from "../define/index.js";

/** A baseline on its way into a run. */
export interface GivenBaseline {
  /** As the report names it. */
  file: string;
  entries: BaselineEntry[];
  /** ISO day by which entries expire; default: today by UTC. */
  today?: string;
}

export interface BaselineQuestion {
  given: GivenBaseline;
  today: string;
  clauses: ReportClause[];
  strict: boolean;
  /** False where the run was broken off or is one shard of several: that a violation did not show says nothing then. */
  concluded: boolean;
}

export const UNEXPLAINED = "to be explained";
const DAYS_GIVEN = 90;
const DAY_MS = 86_400_000;

const same = (one: { clause: string; host: string }, clause: string, host: string): boolean =>
  one.clause === clause && one.host === host;

export function isExpired(entry: BaselineEntry, today: string): boolean {
  return today > entry.expires;
}

/** Excuses as an adapter would declare them: of the entries that still hold by their date. */
export function excusesOf(entries: BaselineEntry[], today: string): { clause: string; host: string; reason: string }[] {
  return entries
    .filter((entry) => !isExpired(entry, today))
    .map(({ clause, host, reason, expires }) => ({ clause, host, reason: `known until ${expires}, by the baseline: ${reason}` }));
}

function stateOf(entry: BaselineEntry, judged: ReportClause | undefined, question: BaselineQuestion): BaselineState {
  if (question.concluded && judged?.verdict === "passed") return "stale";
  if (isExpired(entry, question.today)) return "expired";
  return judged?.verdict === "violated" || judged?.verdict === "excused" ? "known" : "unseen";
}

export function judgeBaseline(question: BaselineQuestion): ReportBaseline {
  const { given, clauses, strict } = question;
  const entries = given.entries.map((entry) => {
    const judged = clauses.find((one) => same(entry, one.id, one.host));
    return { ...entry, state: stateOf(entry, judged, question), witnessed: judged?.witnessed ?? 0 };
  });
  const fresh = clauses
    .filter(({ verdict, level }) => verdict === "violated" && (strict || level !== "should"))
    .filter(({ id, host }) => !given.entries.some((entry) => same(entry, id, host)))
    .map(({ id, host }) => ({ clause: id, host }));
  const holds = fresh.length === 0 && !entries.some(({ state }) => state === "stale" || state === "expired");
  return { file: given.file, holds, entries, fresh };
}

export interface BaselineUpdate {
  entries: BaselineEntry[];
  added: BaselineEntry[];
  removed: BaselineEntry[];
}

/** Stale entries go, new violations come in with a reason that asks for one; everything else stays as it is, its date too. */
export function updatedBaseline(said: ReportBaseline, today: string): BaselineUpdate {
  const plain = ({ clause, host, reason, expires }: BaselineEntry): BaselineEntry => ({ clause, host, reason, expires });
  const expires = new Date(Date.parse(today) + DAYS_GIVEN * DAY_MS).toISOString().slice(0, 10);
  const added = said.fresh.map((one) => ({ ...one, reason: UNEXPLAINED, expires }));
  const kept = said.entries.filter(({ state }) => state !== "stale").map(plain);
  const order = ({ clause, host }: BaselineEntry) => `${clause} ${host}`;
  return {
    entries: [...kept, ...added].sort((a, b) => (order(a) < order(b) ? -1 : 1)),
    added,
    removed: said.entries.filter(({ state }) => state === "stale").map(plain),
  };
}
