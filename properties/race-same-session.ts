// Judges calls that overlap within one session: a tick while a turn runs, a compact while a delivery runs. Nothing may throw, and what was
// accepted is there afterwards, once. Order is not judged: hosts themselves have none here.

import { defineClause, type Finding, type Message } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { faultOf } from "../src/judge/faults.js";
import { excessCopies } from "../src/judge/history-copies.js";
import { compactedBetween } from "../src/judge/history-shown.js";
import {
  type Call,
  canariesIn,
  contains,
  type Delivery,
  type Index,
  indexOf,
  isAmple,
  type Turn,
  type View,
} from "../src/judge/index.js";
import { firstViewAfter, isCrowded, threadOf } from "../src/judge/thread.js";
import { upsetBetween } from "../src/judge/upsets.js";
import { inOneTransaction, lastWriteWins } from "./breaks/race-wraps.js";

const LEVEL = { level: "should" as const };

function crowdedTurns(index: Index): Turn[] {
  return index.turns.filter((turn) => isCrowded(index, { session: turn.session, turn: turn.start.turn, at: turn.start.i }));
}

function throwFinding(index: Index, call: Call): Finding | undefined {
  const { session, turn, i, step, method } = call.event;
  if (call.threw?.cause !== "engine" || session === undefined || faultOf(index, call) !== undefined) return undefined;
  if (!isCrowded(index, { session, turn, at: i })) return undefined;
  return {
    message: `${method} in step ${step} threw while something else ran in the same session.`,
    expected: "overlapping calls of one session wait for each other or get along",
    actual: `${call.threw.error.name}: ${call.threw.error.message}`,
    at: call.end,
    blame: [i, call.end],
    ...LEVEL,
  };
}

/** User text and reply of an accepted ordinary turn, as delivered. */
function textsOf(index: Index, deliveries: readonly Delivery[]): Message[] {
  const messages = deliveries.filter((entry) => entry.outcome === "returned").flatMap((entry) => entry.messages);
  return messages.filter(
    (message) => (message.role === "user" || message.role === "assistant") && canariesIn(message, index.planted).size > 0,
  );
}

function isThere(index: Index, view: View, message: Message): boolean {
  return contains(view, message) || [...canariesIn(message, index.planted)].some((canary) => view.canaries.has(canary));
}

/** As it was delivered, or merged with a neighbour. */
function isSupplied(index: Index, view: View, message: Message): boolean {
  const canaries = [...canariesIn(message, index.planted)];
  return contains({ messages: view.supplied }, message) || canaries.some((canary) => view.suppliedCanaries.has(canary));
}

/** The first view of the thread after everything that overlapped with the turn is over. */
function viewAfter(index: Index, turn: Turn): View | undefined {
  const thread = threadOf(index, turn.session);
  const from = turn.start.i;
  const ends = crowdedTurns(index)
    .filter(
      (other) =>
        threadOf(index, other.session) === thread && other.start.i <= (turn.end?.i ?? from) && (other.end?.i ?? from) >= from,
    )
    .map((other) => other.end?.i ?? Number.POSITIVE_INFINITY);
  const view = firstViewAfter(index, thread, Math.max(...ends));
  return view === undefined || isCrowded(index, view) || upsetBetween(index, turn.session, from, view.at) ? undefined : view;
}

function lossFinding(index: Index, turn: Turn): Finding | undefined {
  if (turn.end?.status !== "accepted" || turn.start.turn.kind !== "ordinary") return undefined;
  const texts = textsOf(index, turn.deliveries);
  const view = viewAfter(index, turn);
  if (view === undefined || texts.length === 0 || !isAmple(view, index) || texts.some((message) => isThere(index, view, message)))
    return undefined;
  // Of two turns that began at the same place the host itself goes on with one: an engine that follows it loses nothing.
  if (view.supplied.length > 0 && !texts.some((message) => isSupplied(index, view, message))) return undefined;
  const delivered = turn.deliveries[0];
  // A compaction that began when the turn was stored may have replaced it like any other that is not the newest.
  if (compactedBetween(index, view, turn.deliveries.at(-1)?.at ?? turn.start.i)) return undefined;
  return {
    message: `The turn of step ${turn.start.step}, accepted while something else ran in its session, is nowhere in the next view.`,
    expected: "its user text or its reply, or a summary of them",
    actual: `${plural(view.messages.length, "message")}, none of them of that turn`,
    at: view.at,
    blame: [...(delivered === undefined ? [] : [delivered.call.event.i, delivered.at]), view.call.event.i, view.at],
    ...LEVEL,
  };
}

function doubleFinding(index: Index, turn: Turn): Finding | undefined {
  const view = viewAfter(index, turn);
  if (view === undefined) return undefined;
  const own = new Set(turn.deliveries.flatMap((entry) => [...entry.canaries]));
  const excess = excessCopies(index, { kind: "view", view }).find((entry) => own.has(entry.canary));
  const first = excess?.carriers[0]?.call.event.i;
  if (excess === undefined || first === undefined) return undefined;
  // Supplied as history to the other turn before it was delivered: to the engine these are two messages.
  if (index.views.some((other) => other.call.event.i < first && other.suppliedCanaries.has(excess.canary))) return undefined;
  return {
    message: `A text of step ${turn.start.step}, delivered while something else ran in its session, stands ${excess.copies} times in the next view.`,
    expected: `at most ${excess.bound} times`,
    actual: `${excess.copies} times: ${excess.canary}`,
    at: view.at,
    blame: [...excess.carriers.map((entry) => entry.call.event.i), view.call.event.i, view.at],
    ...LEVEL,
  };
}

export default defineClause({
  id: "race-same-session",
  title: "Calls that overlap within one session neither throw, nor lose, nor double what was accepted",
  level: "should",
  who: "engine",
  family: "concurrency",
  pair: "race-sessions",
  source: [
    {
      url: "https://github.com/volcengine/OpenViking/pull/1055",
      says: "a delivery and a compact of one session at once were refused with a conflict, and the turn was lost",
    },
    {
      url: "https://github.com/openclaw/openclaw/pull/116351",
      says: "hosts have run two heartbeat turns of one session at once",
    },
  ],
  bugs: ["ov-commit-conflict", "lcm-queue-leak", "hb-takeover", "hb-double-run", "lcm-create-race"],
  applies: () => ({ applies: true }),
  check(history) {
    const index = indexOf(history);
    const throws = index.calls.flatMap((call) => throwFinding(index, call) ?? []);
    return [...throws, ...crowdedTurns(index).flatMap((turn) => lossFinding(index, turn) ?? doubleFinding(index, turn) ?? [])];
  },
  witness: (history) => crowdedTurns(indexOf(history)).length,
  breaks: [
    {
      id: "race-same-session/conflict",
      about: "A delivery that finds another of its session under way is refused with a conflict.",
      bugs: ["ov-commit-conflict"],
      minimalSteps: 1,
      wrap: inOneTransaction("deliveries", (params) => params.sessionId),
    },
    {
      id: "race-same-session/last-write-wins",
      about:
        "A delivery reads the session's count of turns, waits, and writes: of two at once the first is forgotten by every view.",
      bugs: ["lcm-create-race"],
      minimalSteps: 2,
      wrap: lastWriteWins,
    },
  ],
});
