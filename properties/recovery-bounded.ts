// Judges whole recoveries from an overflow: three compacts that all claim success have to lead to a view that fits, where one could.
// Whether a single claim is true is compact-honest's question. Refusing to compact, or failing cleanly, conforms.

import {
  type AssembleParams,
  type CompactParams,
  defineClause,
  type Finding,
  type History,
  type Step,
} from "../src/define/index.js";
import { type Compaction, type Index, indexOf, sizeOf, sizeOfText, type Turn, type View } from "../src/judge/index.js";
import { newestTurnsSize, ROOM_TOKENS } from "../src/judge/newest-turn.js";
import { asksToCompact } from "../src/judge/reach.js";
import { isCrowded } from "../src/judge/thread.js";
import { isDelegated } from "../src/judge/upsets.js";
import { sessionName, withMethods, wordsOf } from "./breaks/history-wraps.js";

/** Compacts a host grants one turn. */
const MOST = 3;

function flat(steps: readonly Step[]): Step[] {
  return steps.flatMap((step): Step[] => (step.kind === "overlap" ? step.steps : [step]));
}

const isRecovery = ({ call }: Compaction) => call.event.phase === "compact-overflow" || call.event.phase === "compact-precheck";

/** Tokens that view and prompt of this turn may have; undefined when overflows follow a script and not size. */
function limitOf(history: History, turn: Turn): number | undefined {
  const step = flat(history.case.steps).find((candidate) => candidate.id === turn.id);
  const { window, reserve } = history.case.settings;
  const bySize =
    (step?.kind === "turn" || step?.kind === "tick") && step.provider.mode === "by-size"
      ? (step.provider.limitTokens ?? window)
      : undefined;
  const recorded = turn.providers.find((event) => event.limitTokens !== undefined)?.limitTokens;
  const checked = turn.end?.status === "refused" ? window - reserve : undefined;
  const limits = [recorded ?? bySize, checked].filter((limit) => limit !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

const sizeOfView = (view: View) => sizeOf(view.messages) + sizeOfText(view.prompt ?? "");

/** Tokens that no compaction can save: the newest turns as delivered and supplied, this turn's own messages, its prompts, a summary's room. */
function unavoidable(index: Index, turn: Turn, protectedTail: number): number {
  const supplied = turn.views.reduce<readonly unknown[]>(
    (longest, view) => (view.supplied.length > longest.length ? view.supplied : longest),
    [],
  );
  const before = turn.end?.i ?? index.history.events.length;
  const newest = newestTurnsSize(index, { session: turn.session, before, turnId: turn.id, supplied, protectedTail });
  return newest + Math.max(0, ...turn.views.map((view) => sizeOfText(view.prompt ?? ""))) + ROOM_TOKENS;
}

/** An engine may believe the budget it is told: where the provider takes less, a view within that budget is all that can be asked. */
function recoveryFinding(index: Index, turn: Turn, protectedTail: number): Finding | undefined {
  const real = limitOf(index.history, turn);
  const compactions = turn.compactions.filter(isRecovery);
  const [first] = compactions;
  if (real === undefined || first === undefined || turn.end === undefined) return undefined;
  const told = compactions.map(({ call }) => call.event.params.tokenBudget).filter((budget) => typeof budget === "number");
  const limit = Math.max(real, ...told);
  if (isCrowded(index, { session: turn.session, turn: turn.start.turn, at: turn.start.i })) return undefined;
  if (turn.end.status !== "failed" && turn.end.status !== "refused") return undefined;
  const succeeded = compactions.filter((entry) => entry.outcome === "compacted");
  if (succeeded.length < MOST || succeeded.length < compactions.length) return undefined;
  if (compactions.some((entry) => entry.aborted || entry.summariser.some((event) => event.mode !== "healthy"))) return undefined;
  if (compactions.some((entry) => isDelegated(index, entry.call))) return undefined;
  const later = turn.views.filter((view) => view.at > first.call.end);
  if (later.length === 0 || later.some((view) => sizeOfView(view) <= limit)) return undefined;
  if (turn.providers.some((event) => event.i > first.call.end && event.sizeTokens <= limit)) return undefined;
  const needed = unavoidable(index, turn, protectedTail);
  if (needed > limit) return undefined;
  const smallest = Math.min(...later.map(sizeOfView));
  const last = later.at(-1);
  return {
    message: `In step ${turn.start.step} compact said compacted: true ${succeeded.length} times, and no view after it ever fitted.`,
    expected: `a view of at most ${limit} tokens with its prompt (the newest turn with room for a summary takes ${needed}), or compacted: false`,
    actual: `the smallest view after the first compact has ${smallest} tokens with its prompt; the turn ended as ${turn.end.status}`,
    at: turn.end.i,
    blame: [
      ...succeeded.flatMap((entry) => [entry.call.event.i, entry.call.end]),
      ...(last === undefined ? [] : [last.at]),
      turn.end.i,
    ].sort((a, b) => a - b),
  };
}

/** What an engine tells that took one message away. */
const ONE_LESS = { ok: true, compacted: true, reason: "dropped the oldest message" };

export default defineClause({
  id: "recovery-bounded",
  title: "Three compacts that say compacted: true in one overflowed turn lead to a view that fits, where the newest turn would",
  level: "must",
  who: "engine",
  family: "compaction",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "after an overflow the host compacts with force and tries again, at most three times; then the turn is lost",
    },
    {
      url: "https://github.com/openclaw/openclaw/pull/84248",
      says: "one overflowing heartbeat that never recovers poisoned every later one",
    },
    { url: "https://github.com/openclaw/openclaw/issues/150447", says: "attempts are spent on compactions that removed nothing" },
  ],
  bugs: ["lcm-false-compacted", "lcm-never-removes", "lcm-text-only-estimate"],
  applies: (_subject, facts) => asksToCompact(facts),
  check(history, _twins, subject) {
    const index = indexOf(history);
    return index.turns.flatMap((turn) => recoveryFinding(index, turn, subject.adapter.protectedTailMessages ?? 0) ?? []);
  },
  witness: (history) => indexOf(history).turns.filter((turn) => turn.compactions.some(isRecovery)).length,
  breaks: [
    {
      id: "recovery-bounded/one-at-a-time",
      about:
        "Each compact takes the oldest message out of the view and truthfully says so, whatever is missing to the budget it was given.",
      recorded: "trace f1: three compacts that all report success, and the same view overflows each time",
      minimalSteps: 4,
      wrap: withMethods((engine, { disk }) => ({
        compact: async (params: CompactParams) => {
          const { gone, left } = disk.read(sessionName(params), { gone: 0, left: 0 });
          if (left < 2) return { ok: true, compacted: false, reason: "nothing to drop" };
          disk.write(sessionName(params), { gone: gone + 1, left: left - 1 });
          return ONE_LESS;
        },
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          const { gone } = disk.read(sessionName(params), { gone: 0, left: 0 });
          const rest = result.messages.slice(gone);
          const start = rest.findIndex((message) => message.role !== "toolResult");
          const messages = start < 0 ? [] : rest.slice(start);
          disk.write(sessionName(params), { gone, left: messages.length });
          return { ...result, messages };
        },
      })),
    },
    {
      id: "recovery-bounded/text-only",
      about:
        "compact measures text alone, finds the session far below the budget and reports success; tool payloads stay as they are.",
      bugs: ["lcm-text-only-estimate"],
      minimalSteps: 3,
      wrap: withMethods((engine, { disk }) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          const texts = result.messages.filter((message) => message.role !== "toolResult").map(wordsOf);
          disk.write(sessionName(params), texts.join("").length / 4);
          return result;
        },
        compact: async (params: CompactParams) => {
          const inside = disk.read(sessionName(params), 0) <= (params.tokenBudget ?? 0);
          return inside ? { ok: true, compacted: true, reason: "under target" } : engine.compact(params);
        },
      })),
    },
  ],
});
