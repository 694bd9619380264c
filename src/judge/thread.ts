// Threads: one conversation as an engine should see it, successors of a compaction included, resets apart, each isolated run its own.
// Also what the host ever said in a conversation's domain, so that an engine's own messages can be told from the host's.

import { type AnyMessage, HOST_ENTRIES, type Message, type SessionRef, type TurnRef } from "../define/index.js";
import type { Index, View } from "./facts.js";
import { domainOf, domainsOf, lanesOf } from "./session.js";
import { isEmptyMessage, messageKey, textOf } from "./texts.js";

const laneDomains = new WeakMap<Index, Set<string>>();

/** Name of the conversation: successor session ids belong to it, a reset starts another, an isolated run and a child are of their own. */
export function threadOf(index: Index, session: SessionRef): string {
  let lanes = laneDomains.get(index);
  if (lanes === undefined) {
    const domains = domainsOf(index);
    lanes = new Set([...lanesOf(index)].map((lane) => domains.get(lane) ?? lane));
    laneDomains.set(index, lanes);
  }
  const domain = domainOf(index, session);
  const run = lanes.has(domain) || session.isolatedLane !== undefined ? session.sessionId : "";
  const child = session.contextMode === undefined ? "" : session.alias;
  return `${domain}\u0000${session.resets}\u0000${run}\u0000${child}`;
}

/** Sessions whose content the thread may hold: its own, and for a forked child everything of its family. */
export function holdsOf(index: Index, session: SessionRef): (other: SessionRef) => boolean {
  const thread = threadOf(index, session);
  const domain = domainOf(index, session);
  return session.contextMode === "fork"
    ? (other) => domainOf(index, other) === domain
    : (other) => threadOf(index, other) === thread;
}

/** Last view of the thread that was returned before event `before`. */
export function lastViewBefore(index: Index, thread: string, before: number): View | undefined {
  return index.views.findLast((view) => view.at < before && threadOf(index, view.session) === thread);
}

/** First view of the thread whose call was made after event `after`. */
export function firstViewAfter(index: Index, thread: string, after: number): View | undefined {
  return index.views.find((view) => view.call.event.i > after && threadOf(index, view.session) === thread);
}

interface Said {
  /** Message key → index of the first call that carried it, in `messages` or as a prompt. */
  first: Map<string, number>;
  /** Message key → indexes of the answers of the deliveries that carried it, one per copy. */
  delivered: Map<string, number[]>;
}

const saidCache = new WeakMap<Index, Map<string, Said>>();

function saidIn(index: Index, domain: string): Said {
  let all = saidCache.get(index);
  if (all === undefined) {
    all = gather(index);
    saidCache.set(index, all);
  }
  return all.get(domain) ?? { first: new Map(), delivered: new Map() };
}

function gather(index: Index): Map<string, Said> {
  const all = new Map<string, Said>();
  const of = (session: SessionRef): Said => {
    const domain = domainOf(index, session);
    let said = all.get(domain);
    if (said === undefined) {
      said = { first: new Map(), delivered: new Map() };
      all.set(domain, said);
    }
    return said;
  };
  for (const { event } of index.calls) {
    if (event.session === undefined) continue;
    const { first } = of(event.session);
    const { prompt } = event.params;
    // A later assemble of the turn and the head of an afterTurn hold the engine's own view: that is not the host speaking.
    const texts: unknown[] = event.phase === "assemble-again" ? [] : (event.messages ?? []).slice(event.deliveredFrom ?? 0);
    if (typeof prompt === "string") texts.push({ role: "user", content: prompt });
    for (const message of texts) {
      const key = messageKey(message);
      if (!first.has(key)) first.set(key, event.i);
    }
  }
  for (const delivery of index.deliveries) {
    const { delivered } = of(delivery.session);
    for (const message of delivery.messages) {
      const key = messageKey(message);
      const list = delivered.get(key);
      if (list === undefined) delivered.set(key, [delivery.at]);
      else list.push(delivery.at);
    }
  }
  return all;
}

/**
 * The host said this message in the conversation's domain by event `by`: supplied, prompted or delivered it, or it is one of those that a
 * host writes into its file by itself. What is not said is the engine's own.
 */
export function wasSaid(index: Index, session: SessionRef, message: AnyMessage | Message, by: number): boolean {
  if (HOST_ENTRIES.has(textOf(message as AnyMessage))) return true;
  const at = saidIn(index, domainOf(index, session)).first.get(messageKey(message));
  return at !== undefined && at <= by;
}

/** How often deliveries before event `before` carried the message into the conversation's domain; those that threw count, too. */
export function deliveredCopies(index: Index, session: SessionRef, message: AnyMessage | Message, before: number): number {
  const list = saidIn(index, domainOf(index, session)).delivered.get(messageKey(message)) ?? [];
  return list.filter((at) => at < before).length;
}

/** Messages of a view that the host never said: summaries, notes, whatever the engine made. Empty ones left out. */
export function ownMessages(index: Index, view: View): AnyMessage[] {
  return view.messages.filter((message) => !isEmptyMessage(message) && !wasSaid(index, view.session, message, view.at));
}

const crowds = new WeakMap<Index, Set<string>>();

/** Turns during which another turn, or a compact of its own, ran in the same thread: what then belongs where is for race-same-session. */
function crowdedTurns(index: Index): Set<string> {
  let crowded = crowds.get(index);
  if (crowded !== undefined) return crowded;
  crowded = new Set();
  const last = index.history.events.length;
  const spans = index.turns.map((turn) => ({
    id: turn.id,
    step: turn.start.step,
    thread: threadOf(index, turn.session),
    from: turn.start.i,
    to: turn.end?.i ?? last,
  }));
  const alone = index.compactions.filter((entry) => entry.turn === undefined);
  for (const span of spans) {
    const others = spans.filter(
      (other) => other.id !== span.id && other.thread === span.thread && other.from < span.to && other.to > span.from,
    );
    const inside = alone.some(
      ({ call, session }) =>
        call.event.step !== span.step &&
        call.event.i > span.from &&
        call.event.i < span.to &&
        threadOf(index, session) === span.thread,
    );
    if (others.length > 0 || inside) crowded.add(span.id);
  }
  crowds.set(index, crowded);
  return crowded;
}

/** The event, made about this session and turn, happened while something else ran in the same thread. */
export function isCrowded(index: Index, about: { session: SessionRef; turn: TurnRef | undefined; at: number }): boolean {
  const crowded = crowdedTurns(index);
  if (about.turn !== undefined) return crowded.has(about.turn.id);
  const thread = threadOf(index, about.session);
  return index.turns.some(
    (turn) =>
      threadOf(index, turn.session) === thread && turn.start.i < about.at && (turn.end?.i ?? Number.POSITIVE_INFINITY) > about.at,
  );
}
