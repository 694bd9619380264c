// The one thing every engine must show: the newest accepted ordinary turn of a session, in the next view of that session.
// This file finds the places where that may be demanded; whether a fault excuses an engine there, it says, the clauses decide.

import type { SessionRef } from "../define/index.js";
import type { Delivery, Index, Turn, View } from "./facts.js";
import { isSupplied, saidBy } from "./history-shown.js";
import { sessionKeyOf } from "./session.js";
import { hasRoomFor, isAmple } from "./size.js";

/** A turn that has to be visible in a view. */
export interface Demand {
  turn: Turn;
  view: View;
  /** What the turn brought that counts: its user text and its reply. */
  said: ReturnType<typeof saidBy>;
  /** Deliveries of the turn that returned before the view. */
  deliveries: Delivery[];
  /** Event indexes of the faults before the view that concern the session, in order. */
  faults: number[];
  /** Turns of the session up to this one, in order. */
  sequence: Turn[];
  /** The budget is ample; otherwise it only had room for the turn beside what the view shows. */
  ample: boolean;
}

/** Healthy turns after a fault until the newest one is demanded again. */
export const HEALTHY_TURNS = 2;

export interface Dueness {
  /** due: no fault excuses the engine. excused: fewer than two healthy turns since the last one. */
  state: "due" | "excused";
  /** The last fault that counts; -1 when there was none. */
  fault: number;
  /** Healthy turns since then, this one included. */
  healthy: number;
}

/** Whether the turn must be visible. `ignoring`: faults that excuse nothing here, because they are what is being judged. */
export function dueness(demand: Demand, ignoring: ReadonlySet<number> = new Set()): Dueness {
  const fault = demand.faults.findLast((at) => !ignoring.has(at)) ?? -1;
  const healthy = demand.sequence.filter((turn) => turn.start.i > fault && isHealthy(turn)).length;
  return { state: fault < 0 || healthy >= HEALTHY_TURNS ? "due" : "excused", fault, healthy };
}

/** Demands with an ample budget that no fault excuses. */
export function dueIn(index: Index): Demand[] {
  return demandsOf(index).filter((demand) => dueness(demand).state === "due");
}

/** Demands without an ample budget that no fault excuses: the view left room for the turn. Whoever writes summaries unasked may show it as one. */
export function dueWithRoom(index: Index): Demand[] {
  return allDemands(index).filter((demand) => !demand.ample && dueness(demand).state === "due");
}

const cache = new WeakMap<Index, Demand[]>();

/** Every demand of a history with an ample budget, in the order of the views. */
export const demandsOf = (index: Index): Demand[] => allDemands(index).filter((demand) => demand.ample);

function allDemands(index: Index): Demand[] {
  let demands = cache.get(index);
  if (demands === undefined) {
    demands = gather(index);
    cache.set(index, demands);
  }
  return demands;
}

function gather(index: Index): Demand[] {
  const faults = faultsOf(index);
  const perSession = new Map<string, Turn[]>();
  const demands: Demand[] = [];
  for (const turn of index.turns) {
    const name = sessionKeyOf(turn.session);
    const before = perSession.get(name) ?? [];
    // A durable host keeps an announcement to itself.
    const newest = before.findLast((one) => one.start.turn.kind !== "announce" || one.deliveries.length > 0);
    if (newest !== undefined) {
      const demand = demandOn(index, newest, turn, before.slice(0, before.indexOf(newest) + 1), faults);
      if (demand !== undefined) demands.push(demand);
    }
    perSession.set(name, [...before, turn]);
  }
  return demands;
}

/** An announcement is a turn like others to an engine. One that holds it for noise may show the ordinary turn before it instead. */
const DEMANDED: ReadonlySet<string> = new Set(["ordinary", "announce"]);

const spokenBefore = (sequence: readonly Turn[]): Turn | undefined =>
  sequence.findLast(({ start, end }) => start.turn.kind === "ordinary" && end?.status === "accepted");

/** `next` must be the very next turn of the session, and its first view the first thing the engine was asked for. */
function demandOn(index: Index, turn: Turn, next: Turn, sequence: Turn[], faults: Fault[]): Demand | undefined {
  const view = firstView(next);
  if (view === undefined || sessionKeyOf(view.session) !== sessionKeyOf(turn.session)) return undefined;
  if (!DEMANDED.has(turn.start.turn.kind) || turn.end?.status !== "accepted" || turn.end.i > next.start.i) return undefined;
  if (overlapped(turn, sequence)) return undefined;
  const asked = view.call.event.i;
  const brought = (one: Turn) => one.deliveries.filter((delivery) => delivery.outcome === "returned" && delivery.at < asked);
  const deliveries = brought(turn);
  const said = saidBy(index, turn, deliveries);
  // Without a reply of its own (an acknowledgement, nothing) the newest thing of the turn may be a tool result: a window may begin there.
  if (!said.some((message) => message.role === "assistant")) return undefined;
  const ample = isAmple(view, index);
  const room =
    ample ||
    hasRoomFor(
      view,
      deliveries.flatMap((delivery) => delivery.messages),
    );
  if (!room || !isSupplied(index, view, said)) return undefined;
  const before = turn.start.turn.kind === "announce" ? spokenBefore(sequence) : undefined;
  if (undecided(index, turn.session, (before ?? turn).start.i, asked)) return undefined;
  if (before !== undefined) said.push(...saidBy(index, before, brought(before)));
  return { turn, view, said, deliveries, faults: faultsBefore(faults, turn.session, asked), sequence, ample };
}

function firstView(turn: Turn): View | undefined {
  const first = turn.calls.find((call) => call.event.method === "assemble");
  const view = turn.views[0];
  if (view === undefined || first !== view.call) return undefined;
  return view.call.event.phase === "assemble-first" && view.turn?.attempt === 1 ? view : undefined;
}

/** Two turns of one session at once: which of them is the newest is not said. */
function overlapped(turn: Turn, sequence: Turn[]): boolean {
  return sequence.some((other) => other !== turn && (other.end === undefined || other.end.i > turn.start.i));
}

/** Accepted, and delivered by calls that all returned. Turns the host kept from the engine are none. */
function isHealthy(turn: Turn): boolean {
  return turn.end?.status === "accepted" && turn.deliveries.length > 0 && turn.calls.every((call) => call.threw === undefined);
}

const UNDECIDED = new Set(["history-emptied", "reset", "successor", "unsettled"]);

/** The host emptied the history in between, the session went on under another id, or the engine was still at work when time was up. */
function undecided(index: Index, session: SessionRef, from: number, to: number): boolean {
  return index.notes.some(
    (note) =>
      UNDECIDED.has(note.what) &&
      note.i > from &&
      note.i < to &&
      (note.session === undefined || note.session.alias === session.alias),
  );
}

interface Fault {
  at: number;
  /** Family it happened in; undefined: it may concern every session. */
  family: string | undefined;
}

const EVERYWHERE = new Set(["killed", "quarantine", "quarantine-lifted"]);
const HERE = new Set(["damage", "commit-not-sent", "commit-answer-lost", "commit-queued"]);

/**
 * What a history holds of faults: engine calls that threw, kills, quarantines, lost commits, damaged files, sick summarisers, exhausted
 * recoveries; and deliveries of the classic kind made once more, which no host makes: an older one may carry an older state of the session.
 */
function faultsOf(index: Index): Fault[] {
  const faults: Fault[] = [];
  for (const { event, threw, end } of index.calls) {
    if (threw !== undefined) faults.push({ at: threw.i, family: undefined });
    if (event.phase === "repeat" && event.method !== "commitTurn") faults.push({ at: end, family: event.session?.family });
  }
  for (const note of index.notes) {
    if (EVERYWHERE.has(note.what)) faults.push({ at: note.i, family: undefined });
    else if (HERE.has(note.what)) faults.push({ at: note.i, family: note.session?.family });
  }
  for (const event of index.summariser) {
    if (event.mode !== "healthy" || event.aborted === true) faults.push({ at: event.i, family: event.session?.family });
  }
  for (const { end } of index.turns) {
    if (end?.status === "failed" && end.compacts > 0) faults.push({ at: end.i, family: end.session.family });
  }
  return faults;
}

function faultsBefore(faults: Fault[], session: SessionRef, before: number): number[] {
  const mine = faults.filter(({ at, family }) => at < before && (family === undefined || family === session.family));
  return mine.map(({ at }) => at).sort((a, b) => a - b);
}
