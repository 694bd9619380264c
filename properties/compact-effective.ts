// Judges whether a forced compact gets anywhere when there is plenty to compact. What it says is believed here; compact-honest checks it.
// A must for engines that own compaction, a should for others that neither delegate nor pass messages through.

import {
  APPLIES,
  type Applicability,
  type CompactParams,
  defineClause,
  type Facts,
  type Finding,
  type Message,
  notApplicable,
  type Subject,
} from "../src/define/index.js";
import { faultOf } from "../src/judge/faults.js";
import { type Compaction, canariesIn, type Index, indexOf, messageKey, sizeOf } from "../src/judge/index.js";
import { asksToCompact, never } from "../src/judge/reach.js";
import { isCrowded, threadOf } from "../src/judge/thread.js";
import { upsetBetween } from "../src/judge/upsets.js";
import { withMethods } from "./breaks/history-wraps.js";

const MANY_MESSAGES = 64;
const MANY_BUDGETS = 4;
const NEWEST_TURNS = 8;

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

/** The part of a list that is older than its newest turns and the declared tail, each text once. */
function materialOf(index: Index, list: readonly Message[], own: Own, protectedTail: number): Material {
  const users = list.flatMap((message, at) => (message.role === "user" ? [at] : []));
  const end = Math.min(users.at(-NEWEST_TURNS) ?? 0, Math.max(0, list.length - protectedTail));
  const old = new Map(list.slice(0, end).map((message) => [messageKey(message), message]));
  const counted = [...old.values()].filter((message) => isOrdinary(index, message, own));
  return { messages: counted.length, tokens: sizeOf(counted) };
}

interface Chance {
  compaction: Compaction;
  /** Where the material was last seen whole: the last view's call, or the last delivery. */
  seenAt: number;
  material: Material;
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
function chancesIn(index: Index, protectedTail: number): Chance[] {
  const aborting = new Set(index.history.case.steps.filter((step) => "abortAt" in step).map((step) => step.id));
  return index.compactions.flatMap((compaction): Chance[] => {
    const { call, session, turn } = compaction;
    const { force, tokenBudget } = call.event.params;
    if (compaction.aborted || aborting.has(call.event.step)) return [];
    if (force !== true || isCrowded(index, { session, turn, at: call.event.i }) || faultOf(index, call) !== undefined) return [];
    const held = undigested(index, compaction);
    if (held === undefined || upsetBetween(index, session, held.seenAt, call.event.i)) return [];
    // Who compacted it had it.
    const own = compaction.outcome === "compacted" ? undefined : madeItsOwn(index, compaction);
    const material = materialOf(index, held.list, own, protectedTail);
    const plenty =
      material.messages > MANY_MESSAGES || (typeof tokenBudget === "number" && material.tokens > MANY_BUDGETS * tokenBudget);
    return plenty ? [{ compaction, seenAt: held.seenAt, material }] : [];
  });
}

function applies(subject: Subject, facts: Facts): Applicability {
  const asked = asksToCompact(facts);
  if (!asked.applies || subject.claims.includes("compact-effective")) return asked;
  if (never(facts, "view.dropped"))
    return notApplicable("the engine neither owns compaction nor drops anything: it passes messages through");
  const itself = !never(facts, "compact.true") && never(facts, "note.host-compaction");
  if (never(facts, "summariser.call") && !itself)
    return notApplicable("the engine does not own compaction and never compacts by itself");
  return APPLIES;
}

/** The answer of an engine that finds nothing to do. */
const NOTHING = { ok: true, compacted: false, reason: "no-messages" };

export default defineClause({
  id: "compact-effective",
  title: "A forced compact of a long session makes progress with nothing but the parameters the contract requires",
  level: "claim",
  unclaimed: "should",
  who: "engine",
  family: "compaction",
  pair: "compact-honest",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "who owns compaction is the only one to compact; a compact that does nothing is unsafe even in an engine that does not",
    },
    {
      url: "https://github.com/RobertoGongora/openclaw-graphiti-plugin/issues/15",
      says: "compact looked for messages that no host sends, and skipped",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/351",
      says: "currentTokenCount may be absent; forced recovery gave up without it",
    },
  ],
  bugs: [
    "graphiti-compact-noop",
    "lcm-overflow-needs-count",
    "tencent-compact-no-key",
    "lcm-forced-noop",
    "lcm-progress-punished",
    "lcm-ignored-unbounded",
  ],
  applies,
  check(history, _twins, subject) {
    const index = indexOf(history);
    const owns = subject.claims.includes("compact-effective");
    return chancesIn(index, subject.adapter.protectedTailMessages ?? 0).flatMap(({ compaction, seenAt, material }): Finding[] => {
      const { call, outcome } = compaction;
      if (outcome !== "nothing" && outcome !== "failed") return [];
      const answer = JSON.stringify(call.returned?.result) ?? "nothing";
      const finding: Finding = {
        message: `A forced compact in step ${call.event.step} did nothing, although the session is long.`,
        expected: `compacted: true; ${material.messages} messages (about ${material.tokens} tokens) are older than the newest ${NEWEST_TURNS} turns`,
        actual: answer.slice(0, 200),
        at: call.end,
        blame: [seenAt, call.event.i, call.end],
      };
      return [owns ? finding : { ...finding, level: "should" }];
    });
  },
  witness(history, _twins, subject) {
    return chancesIn(indexOf(history), subject.adapter.protectedTailMessages ?? 0).length;
  },
  breaks: [
    {
      id: "compact-effective/wants-messages",
      about: "compact works on params.messages, which hosts do not send, and skips when it is absent.",
      bugs: ["graphiti-compact-noop"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        compact: async (params: CompactParams & { messages?: unknown }) =>
          params.messages === undefined ? NOTHING : engine.compact(params),
      })),
    },
    {
      id: "compact-effective/wants-a-count",
      about:
        "Without currentTokenCount there is no telling whether compaction is needed, so compact returns early, forced or not.",
      bugs: ["lcm-overflow-needs-count"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        compact: async (params: CompactParams) => (params.currentTokenCount === undefined ? NOTHING : engine.compact(params)),
      })),
    },
    {
      id: "compact-effective/wants-a-key",
      about: "State is found by session key alone; a host that was told not to send one is refused.",
      bugs: ["tencent-compact-no-key"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        info: { ...engine.info, acceptedHostParams: ["prompt", "runtimeContext", "abortSignal"] },
        compact: async (params: CompactParams) =>
          params.sessionKey === undefined
            ? { ok: false, compacted: false, reason: "no_session_manager" }
            : engine.compact(params),
      })),
    },
  ],
});
