// Forced compacts over plenty of material: what a session holds beyond its newest turns that no compaction has digested yet, and whether the
// engine ever made it its own. An engine that keeps a window may never hold so much.

import type { Message } from "../define/index.js";
import type { Compaction, Index } from "./facts.js";
import { faultOf } from "./faults.js";
import { isAmple, sizeOf } from "./size.js";
import { canariesIn, contains, messageKey } from "./texts.js";
import { isCrowded, lastViewBefore, threadOf } from "./thread.js";
import { upsetBetween } from "./upsets.js";

const MANY_MESSAGES = 64;
const MANY_BUDGETS = 4;
/** A budget of so many times the independent size of all there is has room for it by any engine's count. */
const ROOM = 2;
/** Newest turns that are left out of the count. */
export const NEWEST_TURNS = 8;

interface Material {
  messages: number;
  tokens: number;
}

/**
 * A text of an ordinary turn, or of an imported history that the engine made its own: heartbeats, markers and the host's own notes need not
 * be kept by anyone.
 */
function isOrdinary(index: Index, message: Message, own: Own): boolean {
  return [...canariesIn(message, index.planted)].some((canary) => {
    const plant = index.planted.get(canary);
    return plant?.part === "import" ? (own?.has(canary) ?? true) : plant?.turn?.kind === "ordinary";
  });
}

/**
 * What views showed after a delivery. Before one, an engine that stores what is delivered to it has nothing but the messages of the call to
 * show, and nothing that it could compact.
 */
function madeItsOwn(index: Index, compaction: Compaction): Set<string> {
  const thread = threadOf(index, compaction.session);
  const stored = index.deliveries.find((entry) => entry.outcome === "returned" && threadOf(index, entry.session) === thread);
  if (stored === undefined) return new Set();
  const views = index.views.filter(
    (view) => view.call.event.i > stored.at && view.at < compaction.call.event.i && threadOf(index, view.session) === thread,
  );
  return new Set(views.flatMap((view) => [...view.canaries]));
}

type Own = ReadonlySet<string> | undefined;

/**
 * Texts that the engine has digested without being asked, after a turn or in the background: the last view lacks them although it had room
 * for all, or since a summariser answered. The summariser need not have been given all of them: an engine may cut what it hands over.
 */
function letGo(index: Index, compaction: Compaction, list: readonly Message[]): (message: Message) => boolean {
  const thread = threadOf(index, compaction.session);
  const last = lastViewBefore(index, thread, compaction.call.event.i);
  if (last === undefined) return () => false;
  const roomy = isAmple(last, index) || ROOM * sizeOf(list) <= (last.tokenBudget ?? 0);
  const asked = index.summariser.findLast((event) => event.i < last.at && event.answer !== undefined)?.i ?? -1;
  const before = lastViewBefore(index, thread, asked);
  return (message) => {
    const own = [...canariesIn(message, index.planted)];
    if (own.some((canary) => (index.planted.get(canary)?.i ?? 0) > last.at)) return false;
    if (roomy && !own.some((canary) => last.canaries.has(canary))) return true;
    return before !== undefined && contains(before, message) && !contains(last, message);
  };
}

interface Kept {
  /** Messages at the end that the engine declares not to compact. */
  tail: number;
  gone: (message: Message) => boolean;
}

/** The part of a list that is older than its newest turns and the declared tail, each text once. */
function materialOf(index: Index, list: readonly Message[], own: Own, { tail, gone }: Kept): Material {
  const users = list.flatMap((message, at) => (message.role === "user" ? [at] : []));
  const end = Math.min(users.at(-NEWEST_TURNS) ?? 0, Math.max(0, list.length - tail));
  const old = new Map(list.slice(0, end).map((message) => [messageKey(message), message]));
  const counted = [...old.values()].filter((message) => isOrdinary(index, message, own) && !gone(message));
  return { messages: counted.length, tokens: sizeOf(counted) };
}

export interface LongCompact {
  compaction: Compaction;
  /** Where the material was last seen whole: the last view's call, or the last delivery. */
  seenAt: number;
  material: Material;
  /** Plenty also without what the host only supplied and no view ever showed as the engine's. */
  owned: boolean;
}

/** What the session holds that no compaction has digested yet: the history supplied last, or what was delivered since the last success. */
function undigested(index: Index, compaction: Compaction): { list: Message[]; seenAt: number } | undefined {
  const thread = threadOf(index, compaction.session);
  const { i } = compaction.call.event;
  const done = index.compactions.findLast(
    (other) => other.outcome === "compacted" && other.call.end < i && threadOf(index, other.session) === thread,
  );
  // Later assembles of a turn are fed the engine's own view, not the host's history.
  const firsts = index.views.filter(
    (entry) => entry.call.event.phase === "assemble-first" && threadOf(index, entry.session) === thread,
  );
  const view = firsts.findLast((entry) => entry.at < i);
  if (done === undefined) return view && { list: view.supplied, seenAt: view.call.event.i };
  const since = index.deliveries.filter(
    (entry) =>
      entry.call.event.i > done.call.end &&
      entry.at < i &&
      entry.outcome === "returned" &&
      threadOf(index, entry.session) === thread,
  );
  const last = since.at(-1);
  return last && { list: since.flatMap((entry) => entry.messages), seenAt: last.call.event.i };
}

/** Forced compacts over plenty of material, with a healthy summariser and nothing else going on in the session. */
export function longCompacts(index: Index, protectedTail: number): LongCompact[] {
  const aborting = new Set(index.history.case.steps.filter((step) => "abortAt" in step).map((step) => step.id));
  return index.compactions.flatMap((compaction): LongCompact[] => {
    const { call, session, turn } = compaction;
    const { force, tokenBudget } = call.event.params;
    if (compaction.aborted || aborting.has(call.event.step)) return [];
    if (force !== true || isCrowded(index, { session, turn, at: call.event.i }) || faultOf(index, call) !== undefined) return [];
    const held = undigested(index, compaction);
    if (held === undefined || upsetBetween(index, session, held.seenAt, call.event.i)) return [];
    // Who compacted it had it.
    const own = compaction.outcome === "compacted" ? undefined : madeItsOwn(index, compaction);
    const plenty = ({ messages, tokens }: Material) =>
      messages > MANY_MESSAGES || (typeof tokenBudget === "number" && tokens > MANY_BUDGETS * tokenBudget);
    const seen = { compaction, seenAt: held.seenAt };
    const kept = {
      tail: protectedTail,
      gone: compaction.outcome === "compacted" ? () => false : letGo(index, compaction, held.list),
    };
    const material = materialOf(index, held.list, own, kept);
    if (plenty(material)) return [{ ...seen, material, owned: true }];
    const supplied = own === undefined ? material : materialOf(index, held.list, undefined, kept);
    return plenty(supplied) ? [{ ...seen, material: supplied, owned: false }] : [];
  });
}
