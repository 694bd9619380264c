// Judges what compact said against what the engine showed next. Whether it should have compacted is compact-effective's question,
// whether failing ones lose anything compact-atomic's.

import {
  type AssembleParams,
  type CompactParams,
  defineClause,
  type Finding,
  type History,
  type StepOf,
  type TwinPlay,
} from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { holdsMoreThan, isSmaller, leftOutOf, type Measures, measuresOf } from "../src/judge/completeness.js";
import {
  type Compaction,
  canariesIn,
  compareTwin,
  type Index,
  indexOf,
  lastEventOf,
  messageKey,
  sizeOf,
  type View,
  withoutSteps,
} from "../src/judge/index.js";
import { leftOut } from "../src/judge/leave-out.js";
import { multisetOf } from "../src/judge/multiset.js";
import { endsUnanswered } from "../src/judge/newest-accepted.js";
import { asksToCompact } from "../src/judge/reach.js";
import { isRecord } from "../src/judge/shapes.js";
import { firstViewAfter, isCrowded, lastViewBefore, ownMessages, threadOf, wasSaid } from "../src/judge/thread.js";
import { isDelegated, upsetBetween, wasDamaged } from "../src/judge/upsets.js";
import { sessionName, withMethods } from "./breaks/history-wraps.js";

function numbersFinding(index: Index, compaction: Compaction): Finding | undefined {
  const { event, returned, end } = compaction.call;
  const result = isRecord(returned?.result) ? returned.result.result : undefined;
  if (!isRecord(result)) return undefined;
  const { tokensBefore, tokensAfter } = result;
  if (typeof tokensBefore !== "number" || typeof tokensAfter !== "number" || tokensAfter < tokensBefore) return undefined;
  // The host's own compaction, to which the engine delegated, made these numbers.
  if (isDelegated(index, compaction.call)) return undefined;
  return {
    message: `compact in step ${event.step} said compacted: true, but by its own numbers nothing became smaller.`,
    expected: "tokensAfter < tokensBefore, or compacted: false",
    actual: `tokensBefore ${tokensBefore}, tokensAfter ${tokensAfter}`,
    at: end,
    blame: [event.i, end],
  };
}

/** The compaction was asked for because a prompt was too large, or the last view was larger than every budget named. */
function wasNeeded(compaction: Compaction, last: View): boolean {
  const { phase, params } = compaction.call.event;
  if (phase === "compact-overflow" || phase === "compact-precheck") return true;
  const budgets = [params.tokenBudget, last.tokenBudget].filter((budget) => typeof budget === "number");
  return budgets.length > 0 && sizeOf(last.messages) > Math.max(...budgets);
}

/** The next view's messages less what the host first said, or showed again, since the last view, extra copies included. */
function comparable(index: Index, last: View, next: View): View["messages"] {
  const thread = threadOf(index, next.session);
  // The history of the attempt before, not what came back to the engine within it.
  const begun = index.views.findLast(
    ({ at, call, session }) => at <= last.at && call.event.phase === "assemble-first" && threadOf(index, session) === thread,
  );
  const shown = multisetOf((begun ?? last).supplied);
  const again = new Map([...multisetOf(next.supplied)].map(([key, count]) => [key, Math.max(0, count - (shown.get(key) ?? 0))]));
  const since = index.deliveries.filter(({ at, session }) => at > last.at && at < next.at && threadOf(index, session) === thread);
  for (const [key, count] of multisetOf(since.flatMap(({ messages }) => messages)))
    again.set(key, Math.max(again.get(key) ?? 0, count));
  const old = new Map<string, number>();
  for (const list of [last.supplied, last.messages]) {
    for (const [key, count] of multisetOf(list)) old.set(key, Math.max(old.get(key) ?? 0, count));
  }
  return next.messages.filter((message) => {
    const key = messageKey(message);
    const left = old.get(key) ?? 0;
    const anew = again.get(key) ?? 0;
    if (anew > 0) {
      again.set(key, anew - 1);
      return false;
    }
    if (left > 0) {
      old.set(key, left - 1);
      return true;
    }
    return !wasSaid(index, next.session, message, next.at);
  });
}

/** A text of the engine's own in the next view carries content that the last view never had: the sizes cannot be compared. */
function coversNews(index: Index, last: View, next: View): boolean {
  const known = canariesIn([...last.supplied, ...last.messages, last.systemPromptAddition], index.planted);
  const own = canariesIn([...ownMessages(index, next), next.systemPromptAddition], index.planted);
  return [...own].some((canary) => !known.has(canary));
}

function viewFinding(index: Index, compaction: Compaction): Finding | undefined {
  const { event, end } = compaction.call;
  const thread = threadOf(index, compaction.session);
  const last = lastViewBefore(index, thread, event.i);
  const next = firstViewAfter(index, thread, end);
  if (last === undefined || next === undefined || upsetBetween(index, compaction.session, last.at, next.at)) return undefined;
  if (wasDamaged(index, compaction.session, event.i) || endsUnanswered(index, compaction.session, event.i)) return undefined;
  const { session, turn } = compaction;
  if (isCrowded(index, { session, turn, at: event.i }) || isCrowded(index, last) || isCrowded(index, next)) return undefined;
  if (!wasNeeded(compaction, last) || coversNews(index, last, next)) return undefined;
  if (leftOutOf(index, last).length > 0 || holdsMoreThan(index, last)) return undefined;
  const rest = comparable(index, last, next);
  const bare: [Measures, Measures] = [measuresOf(rest), measuresOf(last.messages)];
  const whole: [Measures, Measures] = [
    measuresOf(rest, next.systemPromptAddition),
    measuresOf(last.messages, last.systemPromptAddition),
  ];
  if (isSmaller(...bare) || isSmaller(...whole)) return undefined;
  const size = (count: number, measures: Measures) =>
    `${plural(count, "message")}, about ${Math.ceil(measures.text)} tokens of text`;
  const before = `less than the last view (${size(last.messages.length, bare[1])}), or compacted: false`;
  return {
    message: `compact in step ${event.step} said compacted: true, but the next view is no smaller than the one before.`,
    expected: last.messages.length === 0 ? "compacted: false, for the last view was empty already" : before,
    actual: `${size(rest.length, bare[0])}, what was new since then not counted`,
    at: next.at,
    blame: [last.at, event.i, end, next.call.event.i, next.at],
  };
}

/** Compact steps in which the engine said that nothing was done: they can be left out without changing anything. */
function idleSteps(history: History): StepOf<"compact">[] {
  const index = indexOf(history);
  const said = new Map<string, Compaction["outcome"][]>();
  for (const { call, outcome } of index.compactions) said.set(call.event.step, [...(said.get(call.event.step) ?? []), outcome]);
  return history.case.steps.filter((step): step is StepOf<"compact"> => {
    const outcomes = step.kind === "compact" ? said.get(step.id) : undefined;
    return outcomes?.every((outcome) => outcome === "nothing" || outcome === "failed") === true;
  });
}

function twinFinding(history: History, twin: TwinPlay): Finding | undefined {
  const stepId = twin.name.slice("without ".length);
  const index = indexOf(history);
  const compaction = index.compactions.find((entry) => entry.call.event.step === stepId);
  const after = lastEventOf(history, stepId);
  if (compaction === undefined || after === undefined) return undefined;
  const thread = threadOf(index, compaction.session);
  const { difference } = compareTwin(leftOut(history, stepId), twin.history, {
    session: (session) => threadOf(index, session) === thread,
    after,
    notesMayDiffer: true,
  });
  if (difference === undefined || difference.call.event.method !== "assemble") return undefined;
  const { event, end } = compaction.call;
  return {
    message: `compact in step ${stepId} said that nothing was done, yet a later view of the session differs from that of a run without it.`,
    expected: `as without step ${stepId}: ${difference.expected}`,
    actual: difference.actual,
    at: difference.at,
    blame: [event.i, end, ...difference.blame],
  };
}

/** An answer with convincing numbers. */
const DONE = { ok: true, compacted: true, result: { tokensBefore: 1_000, tokensAfter: 400 } };

export default defineClause({
  id: "compact-honest",
  title: "compact says compacted: true exactly when the session became smaller",
  level: "must",
  who: "engine",
  family: "compaction",
  pair: "compact-effective",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "the host tries an overflowed turn again only after ok and compacted, at most three times",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/1177",
      says: "compacted: true for a round that did nothing spends one of the host's attempts",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/203",
      says: "summaries were made but the originals stayed in the view",
    },
  ],
  bugs: ["lcm-false-compacted", "lcm-false-under-target", "lcm-never-removes", "lcm-empty-leaf-growth"],
  applies: (_subject, facts) => asksToCompact(facts),
  twins(theCase, history) {
    const idle = idleSteps(history);
    const step = idle[Math.abs(theCase.seed) % Math.max(1, idle.length)];
    return step === undefined ? [] : [{ name: `without ${step.id}`, theCase: withoutSteps(theCase, new Set([step.id])) }];
  },
  check(history, twins, subject) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const compaction of index.compactions) {
      if (compaction.outcome !== "compacted") continue;
      const recalls = subject.adapter.recall !== undefined;
      const found = numbersFinding(index, compaction) ?? (recalls ? undefined : viewFinding(index, compaction));
      if (found !== undefined) findings.push(found);
    }
    for (const twin of twins) {
      const found = twinFinding(history, twin);
      if (found !== undefined) findings.push(found);
    }
    return findings;
  },
  witness: (history) => indexOf(history).compactions.filter(({ outcome }) => outcome !== "threw" && outcome !== "gone").length,
  breaks: [
    {
      id: "compact-honest/empty-round",
      about:
        "A forced compact counts a round over the protected tail as work: compacted: true, tokensBefore equal to tokensAfter.",
      bugs: ["lcm-false-compacted"],
      minimalSteps: 1,
      wrap: withMethods(() => ({
        compact: async (_params: CompactParams) => ({
          ok: true,
          compacted: true,
          result: { tokensBefore: 700, tokensAfter: 700 },
        }),
      })),
    },
    {
      id: "compact-honest/originals-stay",
      about: "A summary is counted as progress, but the messages it was made from stay in every later view.",
      bugs: ["lcm-never-removes"],
      minimalSteps: 1,
      wrap: withMethods(() => ({ compact: async (_params: CompactParams) => DONE })),
    },
    {
      id: "compact-honest/silent-work",
      about: "compact does its work and reports that the session was already under its target.",
      bugs: ["lcm-false-under-target"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        compact: async (params: CompactParams) => {
          await engine.compact(params);
          return { ok: true, compacted: false, reason: "already under target" };
        },
      })),
    },
    {
      id: "compact-honest/empty-sources",
      about: "Nothing is left to compact, so a summary of nothing is put before the history, and that counts as compacted.",
      bugs: ["lcm-empty-leaf-growth"],
      minimalSteps: 1,
      wrap: withMethods((engine, { disk }) => ({
        compact: async (params: CompactParams) => {
          const answer = await engine.compact(params);
          if (answer.compacted) return answer;
          disk.write(
            sessionName(params),
            "Summary of 0 messages: no content was available, a fallback text stands in its place.",
          );
          return DONE;
        },
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          const content = disk.read(sessionName(params), "");
          const note = { role: "user", content, timestamp: 0 };
          const stands = result.messages.some((message) => (message as { content?: unknown }).content === content);
          return content === "" || stands ? result : { ...result, messages: [note, ...result.messages] };
        },
      })),
    },
  ],
});
