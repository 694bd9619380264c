// Twins: a second case made from the first by leaving steps out, and the comparison of the two histories.
// Only equal inputs are compared: at the first call of a session that the host made differently the comparison of that session ends,
// at a quarantine or at background work that could not be settled the whole comparison does. A different answer before that is a difference.

import type { Case, History, SessionRef, Step } from "../define/index.js";
import { indexOf } from "./build.js";
import type { Call, Index } from "./facts.js";
import { Likeness, type Unlike } from "./likeness.js";
import { comparedAs, domainOf, domainsOf, lanesOf } from "./session.js";

/** Names the session, family or run that a session counts as. */
export type Naming = (index: Index, session: SessionRef) => string;

/**
 * Owners of each step, by default domains (see domainsOf); none for restart, clock and a kill between steps. What the host really did in
 * the step decides, because aliases of one key are one session to it; a step that left no trace goes by its alias.
 */
export function ownersOf(theCase: Case, index: Index, naming: Naming = domainOf): Map<string, ReadonlySet<string>> {
  const known = ownersCache.get(index) ?? new Map<Naming, Map<string, ReadonlySet<string>>>();
  ownersCache.set(index, known);
  let owners = known.get(naming);
  if (owners === undefined) {
    owners = findOwners(theCase, index, naming);
    known.set(naming, owners);
  }
  return owners;
}

const ownersCache = new WeakMap<Index, Map<Naming, Map<string, ReadonlySet<string>>>>();

function findOwners(theCase: Case, index: Index, naming: Naming): Map<string, ReadonlySet<string>> {
  const domains = domainsOf(index);
  const seen = seenOwners(index, naming);
  const owners = new Map<string, ReadonlySet<string>>();
  for (const step of theCase.steps) {
    if (namedBy(step) !== undefined) continue;
    const named = new Set(aliasesOf(theCase, step).map((alias) => domains.get(alias) ?? alias));
    owners.set(step.id, seen.get(step.id) ?? named);
  }
  for (const step of theCase.steps) {
    const target = namedBy(step);
    if (target !== undefined) owners.set(step.id, owners.get(target) ?? new Set());
  }
  return owners;
}

const ACTIVE_NOTES = new Set<string>(["reset", "import", "damage"]);

function seenOwners(index: Index, naming: Naming): Map<string, Set<string>> {
  const seen = new Map<string, Set<string>>();
  for (const event of index.history.events) {
    const active =
      (event.kind === "host" && (event.what === "turn-start" || ACTIVE_NOTES.has(event.what))) ||
      (event.kind === "call" && event.method === "compact");
    if (!active || !("session" in event) || event.session === undefined) continue;
    const owners = seen.get(event.step) ?? new Set();
    seen.set(event.step, owners.add(naming(index, event.session)));
  }
  return seen;
}

function namedBy(step: Step): string | undefined {
  if (step.kind === "late" || step.kind === "repeat") return step.delivery;
  return step.kind === "kill" && step.point.where === "call" ? step.point.step : undefined;
}

function aliasesOf(theCase: Case, step: Step): string[] {
  switch (step.kind) {
    case "turn":
    case "compact":
    case "reset":
    case "import":
    case "damage":
      return [step.session];
    case "tick": {
      const lane = theCase.settings.lanes[step.lane];
      return [!step.isolated && lane?.kind === "heartbeat" ? lane.session : step.lane];
    }
    case "spawn":
      return [step.parent];
    case "overlap":
      return step.steps.flatMap((inner) => aliasesOf(theCase, inner));
    default:
      return [];
  }
}

/** The case without the named steps and without the faults, repeats and kills aimed at them. */
export function withoutSteps(theCase: Case, ids: ReadonlySet<string>): Case {
  const steps = theCase.steps.filter((step) => !ids.has(step.id) && !ids.has(namedBy(step) ?? ""));
  return { ...theCase, steps };
}

/** Every step that belongs to some owner but to none of `kept`. A step shared with a kept one (an overlap) stays. */
export function stepsOfOthers(theCase: Case, index: Index, kept: ReadonlySet<string>, naming: Naming = domainOf): Set<string> {
  const others = new Set<string>();
  for (const [id, owners] of ownersOf(theCase, index, naming)) {
    if (owners.size > 0 && ![...owners].some((owner) => kept.has(owner))) others.add(id);
  }
  return others;
}

/** The case with one step put in the place of the step of the same id. */
export function withStep(theCase: Case, step: Step): Case {
  return { ...theCase, steps: theCase.steps.map((old) => (old.id === step.id ? step : old)) };
}

/** Steps that were skipped when the case was played. */
export function skippedIn(history: History): Set<string> {
  const skipped = new Set<string>();
  for (const event of history.events) if (event.kind === "skipped") skipped.add(event.step);
  return skipped;
}

/** Index of the first event of a step; undefined when the step left none. */
export function firstEventOf(history: History, stepId: string): number | undefined {
  return history.events.find((event) => event.step === stepId)?.i;
}

/** Index of the last event of a step; undefined when the step left none. */
export function lastEventOf(history: History, stepId: string): number | undefined {
  return history.events.findLast((event) => event.step === stepId)?.i;
}

export interface TwinDifference {
  /** Event index in the original of the answer that differs. */
  at: number;
  call: Call;
  session: SessionRef | undefined;
  /** What the twin answered. */
  expected: string;
  /** What the original answered. */
  actual: string;
  /** Call and answer in the original. */
  blame: number[];
}

export interface TwinComparison {
  /** Calls with equal inputs whose answers were compared after `after`. */
  compared: number;
  /** Those of them that returned a view. */
  views: number;
  /** Event indexes of those views in the original. */
  viewsAt: number[];
  difference?: TwinDifference;
}

export interface TwinScope {
  /** Sessions to compare. */
  session: (session: SessionRef) => boolean;
  /** Only answers later than this event of the original count; an earlier difference ends a session's comparison without a word. */
  after?: number;
}

/** Compares the calls of each chosen session of two histories, one by one. */
export function compareTwin(original: History, twin: History, scope: TwinScope): TwinComparison {
  const mine = streamsOf(indexOf(original), scope.session);
  const theirs = streamsOf(indexOf(twin), scope.session);
  const result: TwinComparison = { compared: 0, views: 0, viewsAt: [] };
  const ends = { mine: comparableUntil(original), theirs: comparableUntil(twin) };
  for (const [name, calls] of mine) compareStreams(calls, theirs.get(name) ?? [], ends, scope.after ?? -1, result);
  return result;
}

function compareStreams(
  mine: Call[],
  theirs: Call[],
  ends: { mine: number; theirs: number },
  after: number,
  result: TwinComparison,
): void {
  const likeness = new Likeness();
  for (const [at, call] of mine.entries()) {
    const other = theirs[at];
    if (other === undefined || call.end >= ends.mine || other.end >= ends.theirs) return;
    if (inputsDiffer(call, other, likeness) !== undefined) return;
    if (!answered(call) || !answered(other)) return;
    const unlike = answersDiffer(call, other, likeness);
    if (unlike !== undefined) {
      if (call.end > after && (result.difference === undefined || call.end < result.difference.at))
        result.difference = told(call, unlike);
      return;
    }
    if (call.end <= after) continue;
    result.compared += 1;
    if (call.returned?.view !== undefined) {
      result.views += 1;
      result.viewsAt.push(call.end);
    }
  }
}

function told(call: Call, unlike: Unlike): TwinDifference {
  const place = `${call.event.method} answer${unlike.path === "" ? "" : `, ${unlike.path}`}`;
  return {
    at: call.end,
    call,
    session: call.event.session,
    expected: `${place}: ${unlike.second}`,
    actual: `${place}: ${unlike.first}`,
    blame: call.end === call.event.i ? [call.end] : [call.event.i, call.end],
  };
}

function answered(call: Call): boolean {
  return call.returned !== undefined || call.threw !== undefined;
}

function inputsDiffer(call: Call, other: Call, likeness: Likeness): Unlike | undefined {
  const input = ({ event }: Call) => ({
    method: event.method,
    phase: event.phase,
    step: event.step,
    turn: event.turn,
    key: event.session?.key,
    resets: event.session?.resets,
    names: event.names,
    file: event.fileEntries,
    from: event.deliveredFrom,
    messages: event.params.messages === undefined ? event.messages : undefined,
    params: event.params,
  });
  return likeness.compare(input(call), input(other));
}

function answersDiffer(call: Call, other: Call, likeness: Likeness): Unlike | undefined {
  if (call.threw !== undefined || other.threw !== undefined) {
    if (call.threw?.cause === other.threw?.cause && call.threw?.error.name === other.threw?.error.name) return undefined;
    return { path: "", first: outcome(call), second: outcome(other) };
  }
  return likeness.compare(call.returned?.result, other.returned?.result);
}

function outcome(call: Call): string {
  const { threw } = call;
  return threw === undefined ? "returned" : `threw ${threw.error.name}: ${threw.error.message.slice(0, 120)}`;
}

/** Calls per compared session. Calls that name none (factory, dispose, hooks) go with their turn, else with the other calls of their instance. */
function streamsOf(index: Index, chosen: (session: SessionRef) => boolean): Map<string, Call[]> {
  const lanes = lanesOf(index);
  const byInstance = new Map<string, SessionRef>();
  for (const { event } of index.calls) {
    const instance = `${event.process}/${event.engine}`;
    if (event.session !== undefined && !byInstance.has(instance)) byInstance.set(instance, event.session);
  }
  const streams = new Map<string, Call[]>();
  for (const call of index.calls) {
    const { event } = call;
    const turn = event.turn === undefined ? undefined : index.turnById.get(event.turn.id);
    const session = event.session ?? turn?.session ?? byInstance.get(`${event.process}/${event.engine}`);
    if (session === undefined || !chosen(session)) continue;
    const name = comparedAs(session, lanes);
    const stream = streams.get(name);
    if (stream === undefined) streams.set(name, [call]);
    else stream.push(call);
  }
  return streams;
}

/** Index of the first quarantine or unsettled note; the length of the history when there is none. */
function comparableUntil(history: History): number {
  const stop = indexOf(history).notes.find((note) => note.what === "quarantine" || note.what === "unsettled");
  return stop?.i ?? history.events.length;
}

/** Where two plays of the same case differ, inputs and the sequence of calls included; undefined when nowhere. */
export function historyDifference(first: History, second: History): string | undefined {
  const likeness = new Likeness();
  const mine = indexOf(first).calls;
  const theirs = indexOf(second).calls;
  for (const [at, call] of mine.entries()) {
    const other = theirs[at];
    if (other === undefined)
      return `call ${at + 1} (${call.event.method}, step ${call.event.step}) was made in the first play only`;
    const unlike = inputsDiffer(call, other, likeness) ?? answersDiffer(call, other, likeness);
    if (unlike === undefined) continue;
    const place = `call ${at + 1} (${call.event.method}, step ${call.event.step})${unlike.path === "" ? "" : `, ${unlike.path}`}`;
    return `${place}: first ${unlike.first}, then ${unlike.second}`;
  }
  const extra = theirs[mine.length];
  return extra === undefined
    ? undefined
    : `call ${mine.length + 1} (${extra.event.method}, step ${extra.event.step}) was made in the second play only`;
}
