// Which steps a twin leaves out, whose answers are then compared, and how a difference is told. One plan per history: clauses ask for the
// twin and later judge it by making the same plan again, so a plan depends on the history alone.

import type { Case, Finding, History, SessionRef, TwinPlay, TwinRequest } from "../define/index.js";
import { indexOf } from "./build.js";
import type { Index } from "./facts.js";
import { comparedAs, domainOf, lanesOf, nameOf, runOf } from "./session.js";
import { compareTwin, type TwinComparison, type TwinDifference } from "./twin-compare.js";
import { withoutSteps } from "./twins.js";

/** A session for twins: an isolated run by itself, else the family. */
export function unitOf(index: Index, session: SessionRef): string {
  return runOf(index, session) ?? domainOf(index, session);
}

export interface LeaveOut {
  name: string;
  /** Ids of the steps left out. */
  steps: ReadonlySet<string>;
  /** Index of the first event of those steps: answers after it are compared. */
  after: number;
  /** Sessions whose answers must not change. */
  session: (session: SessionRef) => boolean;
  /** What was left out, for the reader: "the steps of all other sessions". */
  what: string;
}

/** Sessions of some units, as one predicate that holds in the twin, too. */
export function sessionsOf(index: Index, accepts: (unit: string) => boolean): (session: SessionRef) => boolean {
  const lanes = lanesOf(index);
  const names = new Set<string>();
  for (const { event } of index.calls) {
    if (event.session !== undefined && accepts(unitOf(index, event.session))) names.add(comparedAs(event.session, lanes));
  }
  return (session) => names.has(comparedAs(session, lanes));
}

/** Overlapping steps cannot be left out one by one. */
export function hasOverlap(theCase: Case): boolean {
  return theCase.steps.some((step) => step.kind === "overlap");
}

/** Event index up to which answers can be compared: the first quarantine or unsettled work. */
export function comparableEnd(index: Index): number {
  return index.notes.find((note) => note.what === "quarantine" || note.what === "unsettled")?.i ?? index.history.events.length;
}

/** Index of the first event that one of the steps left; undefined when none did anything. */
export function firstEventIn(history: History, steps: ReadonlySet<string>): number | undefined {
  return history.events.find((event) => steps.has(event.step) && event.kind !== "skipped")?.i;
}

/** Some chosen session has a view that could be compared. */
export function hasLaterView(index: Index, after: number, session: (session: SessionRef) => boolean): boolean {
  const end = comparableEnd(index);
  return index.views.some((view) => view.call.event.i > after && view.at < end && session(view.session));
}

/** The n-th of a list, by the case's seed. */
export function chosenBy<T>(seed: number, list: readonly T[]): T | undefined {
  return list.length === 0 ? undefined : list[Math.abs(seed) % list.length];
}

export function requestOf(theCase: Case, plan: LeaveOut | undefined): TwinRequest[] {
  return plan === undefined ? [] : [{ name: plan.name, theCase: withoutSteps(theCase, plan.steps) }];
}

const plans = new WeakMap<History, Map<string, LeaveOut | undefined>>();

/** The plan of one clause for a history, made once. */
export function planOnce(
  history: History,
  clause: string,
  make: (history: History) => LeaveOut | undefined,
): LeaveOut | undefined {
  let made = plans.get(history);
  if (made === undefined) {
    made = new Map();
    plans.set(history, made);
  }
  if (!made.has(clause)) made.set(clause, make(history));
  return made.get(clause);
}

export interface LeftOut {
  plan: LeaveOut;
  comparison: TwinComparison;
}

const compared = new WeakMap<History, Map<LeaveOut, LeftOut>>();

/** The comparison with the twin of the plan; undefined when it was not played. `plan` is asked for only where twins were. */
export function leftOutOf(history: History, twins: TwinPlay[], plan: () => LeaveOut | undefined): LeftOut | undefined {
  if (twins.length === 0) return undefined;
  const made = plan();
  const twin = made === undefined ? undefined : twins.find((play) => play.name === made.name);
  if (made === undefined || twin === undefined) return undefined;
  const known = compared.get(twin.history) ?? new Map<LeaveOut, LeftOut>();
  compared.set(twin.history, known);
  let result = known.get(made);
  if (result === undefined) {
    result = { plan: made, comparison: compareTwin(history, twin.history, { session: made.session, after: made.after }) };
    known.set(made, result);
  }
  return result;
}

/** What in the steps left out most likely made the difference: the last compaction or delivery before it, else the last call. */
function suspects(index: Index, plan: LeaveOut, before: number): number[] {
  const calls = index.calls.filter((call) => plan.steps.has(call.event.step) && call.end < before);
  const acting = calls.findLast(
    ({ event }) => event.method === "compact" || event.phase.startsWith("deliver") || event.phase.startsWith("commit"),
  );
  const suspect = acting ?? calls.at(-1);
  return suspect === undefined ? [plan.after] : [suspect.event.i];
}

/** The finding for a difference between a history and its twin, if there is one. */
export function leftOutFindings(history: History, leftOut: LeftOut | undefined): Finding[] {
  const difference = leftOut?.comparison.difference;
  return leftOut === undefined || difference === undefined ? [] : [leftOutFinding(history, leftOut.plan, difference)];
}

/** The finding for a difference between a history and its twin. */
export function leftOutFinding(history: History, plan: LeaveOut, difference: TwinDifference): Finding {
  const index = indexOf(history);
  const { call, session } = difference;
  const whose = session === undefined ? "" : ` for ${nameOf(session)}`;
  return {
    message: `${call.event.method}${whose} in step ${call.event.step} is answered differently when ${plan.what} are left out, although every call made for it before was the same.`,
    expected: `${difference.expected} (as without them)`,
    actual: difference.actual,
    at: difference.at,
    blame: [...new Set([...suspects(index, plan, difference.at), ...difference.blame])].sort((a, b) => a - b),
  };
}
