// The comparison of a history with that of a twin, call by call. Only equal inputs are compared: at the first call of a session that the
// host made differently the comparison of that session ends, at a quarantine or at background work that could not be settled the whole
// comparison does. A different answer before that is a difference.

import type { History, SessionRef } from "../define/index.js";
import { indexOf } from "./build.js";
import type { Call, Index } from "./facts.js";
import { Likeness, type Unlike } from "./likeness.js";
import { comparedAs, lanesOf } from "./session.js";
import { viewUnlike } from "./view-unlike.js";

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
  /** Pass over different answers of bootstrap and maintain, which a host only takes note of. */
  notesMayDiffer?: boolean;
}

/** A host goes on the same whatever these return. */
const NOTED_ONLY: ReadonlySet<string> = new Set(["bootstrap", "maintain"]);

/** Compares the calls of each chosen session of two histories, one by one. */
export function compareTwin(original: History, twin: History, scope: TwinScope): TwinComparison {
  const streams = {
    mine: streamsOf(indexOf(original)),
    theirs: streamsOf(indexOf(twin)),
    ends: { mine: comparableUntil(original), theirs: comparableUntil(twin) },
  };
  const result: TwinComparison = { compared: 0, views: 0, viewsAt: [] };
  const stops = new Map<string, number>();
  const forked = new Set(
    [...streams.mine.values()].flatMap(({ session }) => (isFork(session) && scope.session(session) ? session.family : [])),
  );
  for (const [name, { session, calls }] of streams.mine) {
    const counts = scope.session(session) ? result : undefined;
    if ((counts === undefined && !forked.has(session.family)) || startsUnlike(streams.mine, stops, session, calls)) continue;
    stops.set(name, compareStreams(calls, streams.theirs.get(name)?.calls ?? [], streams.ends, scope, counts));
  }
  return result;
}

interface Stream {
  session: SessionRef;
  calls: Call[];
}

const isFork = (session: SessionRef): boolean => session.contextMode === "fork";

/** A forked child begins with what its parent holds: where the parent's sessions could not be compared so far, neither can the child's. */
function startsUnlike(
  streams: ReadonlyMap<string, Stream>,
  stops: ReadonlyMap<string, number>,
  child: SessionRef,
  calls: readonly Call[],
): boolean {
  const born = calls[0]?.event.i ?? 0;
  return isFork(child) && [...stops].some(([name, stop]) => stop < born && streams.get(name)?.session.family === child.family);
}

/** Answers where in the original the comparison stopped; infinite when it went to the end. */
function compareStreams(
  mine: Call[],
  theirs: Call[],
  ends: { mine: number; theirs: number },
  { after = -1, notesMayDiffer = false }: TwinScope,
  result: TwinComparison | undefined,
): number {
  const likeness = new Likeness();
  for (const [at, call] of mine.entries()) {
    const other = theirs[at];
    const { i } = call.event;
    if (other === undefined || call.end >= ends.mine || other.end >= ends.theirs) return i;
    if (inputsDiffer(call, other, likeness) !== undefined) return i;
    if (!answered(call) || !answered(other)) return i;
    const unlike = answersDiffer(call, other, likeness);
    const isNote = NOTED_ONLY.has(call.event.method) && call.threw === undefined && other.threw === undefined;
    if (unlike !== undefined && !(notesMayDiffer && isNote)) {
      if (result !== undefined && call.end > after && (result.difference === undefined || call.end < result.difference.at))
        result.difference = told(call, inWords(call, other) ?? unlike);
      return i;
    }
    if (result === undefined || call.end <= after) continue;
    result.compared += 1;
    if (call.returned?.view !== undefined) {
      result.views += 1;
      result.viewsAt.push(call.end);
    }
  }
  return Number.POSITIVE_INFINITY;
}

function inWords(call: Call, other: Call): Unlike | undefined {
  const [mine, theirs] = [call.returned?.view, other.returned?.view];
  const words = mine === undefined || theirs === undefined ? undefined : viewUnlike(mine, theirs);
  return words === undefined ? undefined : { path: "", ...words };
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

/** What of a call has to be the same for its answers to be compared. */
export const inputOf = ({ event }: Call) => ({
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

function inputsDiffer(call: Call, other: Call, likeness: Likeness): Unlike | undefined {
  return likeness.compare(inputOf(call), inputOf(other));
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
function streamsOf(index: Index): Map<string, Stream> {
  const lanes = lanesOf(index);
  const byInstance = new Map<string, SessionRef>();
  for (const { event } of index.calls) {
    const instance = `${event.process}/${event.engine}`;
    if (event.session !== undefined && !byInstance.has(instance)) byInstance.set(instance, event.session);
  }
  const streams = new Map<string, Stream>();
  for (const call of index.calls) {
    const { event } = call;
    const turn = event.turn === undefined ? undefined : index.turnById.get(event.turn.id);
    const session = event.session ?? turn?.session ?? byInstance.get(`${event.process}/${event.engine}`);
    if (session === undefined) continue;
    const name = comparedAs(session, lanes);
    const stream = streams.get(name);
    if (stream === undefined) streams.set(name, { session, calls: [call] });
    else stream.calls.push(call);
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
