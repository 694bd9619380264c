// Counts what one history exercised, as counters that add up over cases and workers (names: src/define/clause.ts).
// `applies` of the clauses reads the sums; nothing here is a judgement.

import type { CallEvent, Facts, History, Step } from "../define/index.js";
import { indexOf } from "./build.js";
import type { Compaction, Delivery, Index, View } from "./facts.js";
import { longCompacts } from "./long-compacts.js";
import { domainOf, isIsolatedRun, laneOf, runOf } from "./session.js";
import { deepEqual, messageKey } from "./texts.js";

/** The counters of one history. */
export function factsOf(history: History): Facts {
  const index = indexOf(history);
  const facts: Facts = {};
  countSteps(history, facts);
  countCalls(index, facts);
  countTurns(index, facts);
  countCompactions(index, facts);
  countViews(index, facts);
  countLanes(index, facts);
  return facts;
}

/** Adds `more` into `sum` and returns it. */
export function addFacts(sum: Facts, more: Facts): Facts {
  for (const name of Object.keys(more)) sum[name] = (sum[name] ?? 0) + (more[name] ?? 0);
  return sum;
}

function add(facts: Facts, name: string, by = 1): void {
  if (by > 0) facts[name] = (facts[name] ?? 0) + by;
}

function countSteps(history: History, facts: Facts): void {
  const skipped = new Set<string>();
  for (const event of history.events) if (event.kind === "skipped") skipped.add(event.step);
  const steps: Step[] = history.case?.steps ?? [];
  for (const step of steps) add(facts, `${skipped.has(step.id) ? "skipped" : "step"}.${step.kind}`);
}

function countCalls(index: Index, facts: Facts): void {
  const last = new Map<string, CallEvent>();
  for (const { event, threw } of index.calls) {
    add(facts, `call.${event.method}`);
    add(facts, `phase.${event.phase}`);
    if (threw !== undefined) add(facts, `throw.${event.method}`);
    const instance = `${event.process}/${event.engine}`;
    const before = last.get(instance);
    const kind = event.turn?.kind ?? before?.turn?.kind ?? "outside";
    if (before !== undefined) add(facts, `edge.${before.method}->${event.method}@${kind}`);
    last.set(instance, event);
  }
  add(facts, "summariser.call", index.summariser.length);
}

function countTurns(index: Index, facts: Facts): void {
  for (const turn of index.turns) {
    add(facts, `turn.${turn.start.turn.kind}`);
    if (turn.providers.some((event) => event.answer === "overflow")) add(facts, "turn.overflow");
    if (turn.calls.some((call) => (call.event.turn?.attempt ?? 1) > 1)) add(facts, "turn.retried");
  }
  for (const note of index.notes) add(facts, `note.${note.what}`);
  for (const delivery of index.deliveries) {
    if (delivery.heartbeat && delivery.flagged) add(facts, "commit.heartbeat-flag");
  }
}

const OUTCOMES: Record<Compaction["outcome"], string> = {
  compacted: "compact.true",
  nothing: "compact.false",
  failed: "compact.failed",
  threw: "compact.threw",
  malformed: "compact.malformed",
  gone: "compact.gone",
};

function countCompactions(index: Index, facts: Facts): void {
  for (const compaction of index.compactions) add(facts, OUTCOMES[compaction.outcome]);
  for (const { owned } of longCompacts(index, 0)) add(facts, owned ? "compact.long" : "compact.long-foreign");
}

/** Views that drop something are looked for until this many were found in a history: the fact is that they occur. */
const ENOUGH_DROPPED = 2;

function countViews(index: Index, facts: Facts): void {
  let dropped = 0;
  for (const view of index.views) {
    if (view.call.event.phase === "assemble-again") add(facts, "assemble.again");
    if (dropped < ENOUGH_DROPPED && dropsSupplied(view)) dropped += 1;
  }
  add(facts, "view.dropped", dropped);
}

/** Some supplied message is not in the view. First the cheap way: the supply stands in the view as it is, in its order. */
function dropsSupplied({ messages, supplied }: View): boolean {
  let next = 0;
  for (const message of messages) {
    const wanted = supplied[next];
    if (wanted === undefined) break;
    if (message.role === wanted.role && "content" in wanted && deepEqual(message.content, wanted.content)) next += 1;
  }
  if (next === supplied.length) return false;
  const shown = new Set(messages.map(messageKey));
  return supplied.some((message) => !shown.has(messageKey(message)));
}

/**
 * `lane.kept`: isolated runs with a view, after a run of their lane whose delivery the engine was not told to drop or was seen to keep.
 * `lane.dropped`: the same after a run that was told to be a heartbeat and never seen again.
 */
function countLanes(index: Index, facts: Facts): void {
  for (const pair of laneSuccessions(index)) add(facts, pair.kept ? "lane.kept" : "lane.dropped");
}

/** One isolated run after another of the same lane. */
export interface LaneSuccession {
  lane: string;
  /** Turn id of the later run. */
  turn: string;
  /** The engine kept the earlier run: it was delivered without isHeartbeat: true, or its canary was seen later. */
  kept: boolean;
}

const successionCache = new WeakMap<Index, LaneSuccession[]>();

/** Pairs of an isolated run and the nearest run of its lane before it that delivered something with a canary. */
export function laneSuccessions(index: Index): LaneSuccession[] {
  const cached = successionCache.get(index);
  if (cached !== undefined) return cached;
  const pairs: LaneSuccession[] = [];
  const last = new Map<string, { run: string; deliveries: Delivery[] }>();
  for (const turn of index.turns) {
    const run = isIsolatedRun(turn.session) ? runOf(index, turn.session) : undefined;
    if (run === undefined) continue;
    const lane = domainOf(index, turn.session);
    const before = last.get(lane);
    const inTime = before?.deliveries.filter((delivery) => delivery.at < turn.start.i) ?? [];
    if (before !== undefined && before.run !== run && inTime.length > 0 && turn.views.length > 0) {
      pairs.push({ lane: laneOf(turn.session), turn: turn.id, kept: wasKept(index, inTime) });
    }
    const deliveries = turn.deliveries.filter((delivery) => delivery.outcome === "returned" && delivery.canaries.size > 0);
    if (deliveries.length > 0) last.set(lane, { run, deliveries });
  }
  successionCache.set(index, pairs);
  return pairs;
}

function wasKept(index: Index, deliveries: Delivery[]): boolean {
  if (deliveries.some((delivery) => !delivery.flagged)) return true;
  return seen(index, new Set(deliveries.flatMap((delivery) => [...delivery.canaries])));
}

/** Some view beyond its supply, probe, summariser request or stored file held one of the canaries. */
function seen(index: Index, canaries: ReadonlySet<string>): boolean {
  const any = (held: Iterable<string>, but?: ReadonlySet<string>) =>
    [...held].some((canary) => canaries.has(canary) && but?.has(canary) !== true);
  return (
    index.views.some((view) => any(view.canaries, view.suppliedCanaries)) ||
    index.probes.some((probe) => any(probe.canaries)) ||
    any(index.history.residue?.storedCanaries ?? []) ||
    index.summariser.some((event) => [...canaries].some((canary) => event.request.includes(canary)))
  );
}
