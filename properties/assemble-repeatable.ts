// Judges later assembles of one turn, which are fed what an earlier one returned: nothing doubled, nothing reordered, and where nothing
// has changed in between nothing dropped. Classic hosts add new messages at the end; those are not judged here.

import {
  type AnyMessage,
  APPLIES,
  type AssembleParams,
  type AssembleResult,
  defineClause,
  type Finding,
  notApplicable,
} from "../src/define/index.js";
import { hostSummaryHeads, tells } from "../src/judge/host-summaries.js";
import { canariesIn, type Index, indexOf, isEmptyMessage, messageKey, type View } from "../src/judge/index.js";
import { copiesIn } from "../src/judge/multiset.js";
import { never } from "../src/judge/reach.js";
import { sizeOf } from "../src/judge/size.js";
import { deliveredCopies, isCrowded, ownMessages, threadOf, wasSaid } from "../src/judge/thread.js";
import { exchangesIn } from "../src/judge/tool-pairs.js";
import { withMethods } from "./breaks/history-wraps.js";

type Shown = AssembleResult["messages"][number];

interface Repeat {
  /** The view whose messages came back. */
  first: View;
  again: View;
  /** Nothing was added: the same list came back. */
  same: boolean;
}

const startsWith = (list: readonly unknown[], head: readonly unknown[]) =>
  head.length <= list.length && head.every((message, at) => messageKey(message) === messageKey(list[at]));

/** Exchanges that came torn or the wrong way round may be mended in more than one step. */
function isTorn({ supplied }: View): boolean {
  const { whole, early } = exchangesIn(supplied);
  return early.length > 0 || whole.some(({ apart }) => apart);
}

/** Later views of a turn's attempt, each with the newest earlier one that it was fed. */
function repeatsIn(index: Index): Repeat[] {
  const repeats: Repeat[] = [];
  for (const turn of index.turns) {
    for (const [at, again] of turn.views.entries()) {
      if (again.call.event.phase !== "assemble-again" || isCrowded(index, again)) continue;
      const before = turn.views.slice(0, at).filter((view) => view.turn?.attempt === again.turn?.attempt);
      const first = before.findLast((view) => startsWith(again.supplied, view.messages));
      if (first === undefined || isTorn(first)) continue;
      if (threadOf(index, first.session) !== threadOf(index, again.session)) continue;
      repeats.push({ first, again, same: first.messages.length === again.supplied.length });
    }
  }
  return repeats;
}

function finding({ first, again }: Repeat, what: string, expected: string, actual: string): Finding {
  return {
    message: `Given back what it returned, assemble in step ${again.call.event.step} ${what}.`,
    expected,
    actual,
    at: again.at,
    blame: [first.at, again.call.event.i, again.at],
  };
}

const words = (message: unknown) => messageKey(message).slice(0, 100);

/** Something left, and no two copies stand side by side: one more gap, one more note of it in a place of its own. */
function tellsOfGaps({ supplied, messages }: View, note: Shown): boolean {
  const isCopy = (one: Shown | undefined) => one !== undefined && messageKey(one) === messageKey(note);
  return (
    supplied.some((message) => !isEmptyMessage(message) && copiesIn(messages, message) === 0) &&
    messages.every((one, at) => !isCopy(one) || !isCopy(messages[at + 1]))
  );
}

function doubled(index: Index, repeat: Repeat): Finding | undefined {
  const { first, again } = repeat;
  for (const message of again.messages) {
    if (isEmptyMessage(message)) continue;
    const shown = copiesIn(again.messages, message);
    const given = copiesIn(again.supplied, message);
    if (shown <= Math.max(1, given)) continue;
    // Acknowledgements and a host's fixed sentences repeat by nature: another may stand in what had no room before.
    const isHosts = wasSaid(index, again.session, message, again.at);
    if (isHosts ? canariesIn(message, index.planted).size === 0 : tellsOfGaps(again, message)) continue;
    const delivered = deliveredCopies(index, again.session, message, again.at);
    const allowed = Math.max(1, given, copiesIn(first.supplied, message), delivered);
    if (shown <= allowed) continue;
    return finding(repeat, "doubled a message", `at most ${allowed} times: ${words(message)}`, `${shown} times`);
  }
  // What was delivered in between may be shown by now, in words of the engine's own.
  const come = index.deliveries
    .filter(
      (entry) => entry.at > first.at && entry.at < again.at && threadOf(index, entry.session) === threadOf(index, again.session),
    )
    .reduce((sum, { messages }) => sum + messages.length, 0);
  for (const message of ownMessages(index, first)) {
    if (tellsOfGaps(again, message)) continue;
    const allowed = Math.max(1, copiesIn(first.messages, message)) + come;
    const shown = copiesIn(again.messages, message);
    if (shown > allowed)
      return finding(repeat, "doubled a message of its own", `at most ${allowed} times: ${words(message)}`, `${shown} times`);
  }
  return undefined;
}

const LIKE_LENGTH = 20;

/** How a note begins, whatever figures it names. */
const beginning = (message: unknown) => messageKey(message).replace(/\d+/g, "#").slice(0, LIKE_LENGTH);

/** A summary that the host supplied, in words of the engine's own, and not yet in the view that came back: no note on what left. */
function isHostsSummary(index: Index, { again }: Repeat, message: AnyMessage): boolean {
  const heads = hostSummaryHeads(index).filter((head) => tells(message, head));
  return heads.some((head) => !again.supplied.some((one) => tells(one, head)));
}

/** A note put on top of one of the engine's own that begins alike, though the same list came back and all of it is still there. */
function noted(index: Index, repeat: Repeat): Finding | undefined {
  const { first, again, same } = repeat;
  if (!same || changedBetween(index, repeat)) return undefined;
  if (again.supplied.some((message) => !isEmptyMessage(message) && copiesIn(again.messages, message) === 0)) return undefined;
  const before = ownMessages(index, first);
  for (const message of ownMessages(index, again)) {
    if (copiesIn(again.supplied, message) > 0) continue;
    const old = before.find((one) => one.role === message.role && beginning(one) === beginning(message));
    if (old === undefined || isHostsSummary(index, repeat, message)) continue;
    return finding(repeat, "put a second note on its own", `one: ${words(old)}`, `another that begins alike: ${words(message)}`);
  }
  return undefined;
}

function reordered(repeat: Repeat): Finding | undefined {
  const { again } = repeat;
  const place = new Map(again.supplied.map((message, at) => [messageKey(message), at]));
  const judged = again.messages.filter(
    (message) => copiesIn(again.messages, message) === 1 && copiesIn(again.supplied, message) === 1,
  );
  for (const [at, message] of judged.entries()) {
    const next = judged[at + 1];
    if (next === undefined) break;
    if ((place.get(messageKey(message)) ?? 0) < (place.get(messageKey(next)) ?? 0)) continue;
    return finding(
      repeat,
      "changed the order",
      `first ${words(next)}, then ${words(message)}, as supplied`,
      "the other way round",
    );
  }
  return undefined;
}

/** Something happened since the first view that may well have made the session smaller. */
function changedBetween(index: Index, { first, again }: Repeat): boolean {
  const between = (i: number) => i > first.at && i < again.at;
  return index.summariser.some((event) => between(event.i)) || index.compactions.some((entry) => between(entry.call.event.i));
}

/** Engines count with a margin, and take the prompt into account. */
const FULL = 0.5;

/** A note or summary that the first view had no room for took the room, as far as the sizes can tell. */
function gaveWay(index: Index, { first, again }: Repeat): boolean {
  const isNew = (message: Shown) => copiesIn(first.messages, message) === 0;
  const budget = again.tokenBudget;
  const came = ownMessages(index, again).filter(isNew);
  return budget !== undefined && came.length > 0 && sizeOf([...again.supplied, ...came]) > budget * FULL;
}

function dropped(index: Index, repeat: Repeat): Finding | undefined {
  const { first, again, same } = repeat;
  const roomier = again.tokenBudget === undefined || (first.tokenBudget !== undefined && again.tokenBudget >= first.tokenBudget);
  if (!same || !roomier || changedBetween(index, repeat) || gaveWay(index, repeat)) return undefined;
  for (const message of again.supplied) {
    const canaries = canariesIn(message, index.planted);
    // Of markers and acknowledgements, which repeat by nature, one more or less is no loss; the engine's own notes it may take back.
    if (isEmptyMessage(message) || canaries.size === 0 || !wasSaid(index, again.session, message, again.at)) continue;
    if (copiesIn(again.messages, message) >= copiesIn(again.supplied, message)) continue;
    if ([...canaries].some((canary) => again.canaries.has(canary))) continue;
    const budgets = `budget ${first.tokenBudget ?? "none"}, then ${again.tokenBudget ?? "none"}`;
    return finding(
      repeat,
      "dropped a message",
      `kept, as nothing had changed (${budgets}): ${words(message)}`,
      "not in the view, and no summary covers it",
    );
  }
  return undefined;
}

const textIn = (message: Shown) => (message as { content?: unknown }).content;

/** What an engine of this kind says before the history. */
const NOTE = { role: "user", content: "[Context] Older messages may have been left out.", timestamp: 0 };

export default defineClause({
  id: "assemble-repeatable",
  title: "Fed its own view again in the same turn, assemble doubles nothing, keeps the order and drops nothing",
  level: "must",
  who: "engine",
  family: "assemble",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "for engines that own compaction the host assembles before every model call of a turn",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/150956",
      says: "the loop hook hands the engine what it returned before, the live turn included",
    },
  ],
  bugs: ["live-turn-twice", "libravdb-posttool-cache"],
  applies: (_subject, facts) =>
    never(facts, "assemble.again") ? notApplicable("this host assembles once per turn for this engine") : APPLIES,
  check(history) {
    const index = indexOf(history);
    return repeatsIn(index).flatMap(
      (repeat) => doubled(index, repeat) ?? noted(index, repeat) ?? reordered(repeat) ?? dropped(index, repeat) ?? [],
    );
  },
  witness: (history) => repeatsIn(indexOf(history)).length,
  breaks: [
    {
      id: "assemble-repeatable/note-again",
      about: "A note about left-out messages is put before whatever messages come in, also where it stands already.",
      recorded: "trace a1: assemble #2 is given what #1 returned",
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          const noted = params.messages.some((message) => textIn(message) === NOTE.content);
          const rest = result.messages.filter((message: Shown) => textIn(message) !== NOTE.content);
          return { ...result, messages: noted ? [NOTE, NOTE, ...rest] : [NOTE, ...rest] };
        },
      })),
    },
    {
      id: "assemble-repeatable/one-less-each-time",
      about: "Each assemble takes the oldest message off what it is given, so the view melts with every model call of a turn.",
      recorded: "trace t1: the host obeys the assembled view and feeds it back before the next model call",
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const { estimatedTokens } = await engine.assemble(params);
          const rest = params.messages.slice(1);
          return { messages: rest[0]?.role === "toolResult" ? [] : rest, estimatedTokens };
        },
      })),
    },
    {
      id: "assemble-repeatable/sorted-by-role",
      about: "From the second call on messages are sorted by role, so that what belongs together by time comes apart.",
      recorded: "trace a1: assemble #2 is given what #1 returned",
      minimalSteps: 2,
      wrap: withMethods((engine, { memory }) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          const shown = JSON.stringify(params.messages);
          const again = params.messages.length > 0 && memory.get(params.sessionId) === shown;
          memory.set(params.sessionId, JSON.stringify(result.messages));
          const rank = (message: Shown) => (message.role === "user" ? 0 : 1);
          return again ? { ...result, messages: [...result.messages].sort((a, b) => rank(a) - rank(b)) } : result;
        },
      })),
    },
  ],
});
