// Judges the size of views against the budgets hosts name, for engines that claim it: after a compaction, and for every budget of some
// size. Where the newest turns alone do not fit, nothing is demanded. What is left out to fit is the engine's choice.

import { type AssembleParams, type CompactParams, defineClause, type Finding } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { type Compaction, type Index, indexOf, sizeOf, sizeOfText, type View } from "../src/judge/index.js";
import { newestTurnsSize, ROOM_TOKENS } from "../src/judge/newest-turn.js";
import { claimed } from "../src/judge/reach.js";
import { firstViewAfter, threadOf } from "../src/judge/thread.js";
import { sessionName, withMethods } from "./breaks/history-wraps.js";

/** Estimates differ; up to this much over the budget is taken for the estimate's fault. */
const SLACK = 1.2;
/** Smaller budgets are judged only after a compaction. */
const LEAST_TOKENS = 1_000;

const sizeOfView = (view: View) => sizeOf(view.messages) + sizeOfText(view.systemPromptAddition);

/** There was room for the newest turns with a summary. */
function hadRoom(index: Index, view: View, budget: number, protectedTail: number): boolean {
  const { session, supplied } = view;
  const newest = { session, supplied, before: view.call.event.i, turnId: view.turn?.id, protectedTail };
  return newestTurnsSize(index, newest) + sizeOfText(view.prompt ?? "") + ROOM_TOKENS <= budget;
}

interface Bound {
  view: View;
  budget: number;
  /** The compaction whose budget it was; undefined: the view's own. */
  compaction: Compaction | undefined;
}

function healthy({ aborted, summariser }: Compaction): boolean {
  return !aborted && summariser.every((event) => event.mode === "healthy");
}

function boundsIn(index: Index, protectedTail: number): Bound[] {
  const bounds: Bound[] = [];
  for (const compaction of index.compactions) {
    const budget = compaction.call.event.params.tokenBudget;
    if (compaction.outcome !== "compacted" || !healthy(compaction) || typeof budget !== "number") continue;
    const view = firstViewAfter(index, threadOf(index, compaction.session), compaction.call.end);
    if (view !== undefined) bounds.push({ view, budget, compaction });
  }
  for (const view of index.views) {
    if (view.tokenBudget !== undefined && view.tokenBudget >= LEAST_TOKENS)
      bounds.push({ view, budget: view.tokenBudget, compaction: undefined });
  }
  return bounds.filter(({ view, budget }) => hadRoom(index, view, budget, protectedTail));
}

function overrun({ view, budget, compaction }: Bound): Finding | undefined {
  const size = sizeOfView(view);
  if (size <= SLACK * budget) return undefined;
  const { step } = view.call.event;
  const after =
    compaction === undefined ? "" : `, the first one after compact in step ${compaction.call.event.step} said compacted: true,`;
  return {
    message: `A view in step ${step}${after} is larger than its budget.`,
    expected: `at most ${budget} tokens (a fifth more for the estimate)`,
    actual: `about ${size} tokens in ${plural(view.messages.length, "message")}${view.systemPromptAddition === "" ? "" : " and systemPromptAddition"}`,
    at: view.at,
    blame: [...(compaction === undefined ? [] : [compaction.call.event.i, compaction.call.end]), view.call.event.i, view.at],
  };
}

export default defineClause({
  id: "assemble-budget",
  title: "Views stay within the token budget wherever the newest turn leaves room for it",
  level: "claim",
  who: "engine",
  family: "assemble",
  source: [
    { url: "https://docs.openclaw.ai/concepts/context-engine", says: "assemble returns messages that fit the token budget" },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/857",
      says: "views of 415K tokens for a budget of 272K, because tool payloads were not counted",
    },
    {
      url: "https://github.com/RobertoGongora/openclaw-graphiti-plugin/issues/80",
      says: "what goes into systemPromptAddition counts as well",
    },
  ],
  bugs: [
    "graphiti-ignores-budget",
    "ov-budget-unlimited",
    "lcm-text-only-estimate",
    "lcm-cjk",
    "lcm-never-removes",
    "tencent-assemble-no-key",
    "lcm-ignored-unbounded",
    "libravdb-small-budget",
  ],
  applies: (subject) => claimed(subject, "assemble-budget"),
  check(history, _twins, subject) {
    return boundsIn(indexOf(history), subject.adapter.protectedTailMessages ?? 0).flatMap((bound) => overrun(bound) ?? []);
  },
  witness: (history, _twins, subject) => boundsIn(indexOf(history), subject.adapter.protectedTailMessages ?? 0).length,
  breaks: [
    {
      id: "assemble-budget/facts-at-any-price",
      about: "A fixed number of facts goes into systemPromptAddition, whatever the budget is.",
      bugs: ["graphiti-ignores-budget"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          return { ...result, systemPromptAddition: "Fact: the quay has a crane. ".repeat(2_000) };
        },
      })),
    },
    {
      id: "assemble-budget/text-only",
      about: "Only text is measured: tool payloads cost nothing, so a view may hold any number of them.",
      bugs: ["lcm-text-only-estimate"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const tools = params.messages.some((message) => message.role === "toolResult");
          return engine.assemble(tools ? { ...params, tokenBudget: (params.tokenBudget ?? 0) + 1_000_000 } : params);
        },
      })),
    },
    {
      id: "assemble-budget/latin-only",
      about: "Every character counts a quarter of a token, so views of Chinese text come out four times as large as the budget.",
      bugs: ["lcm-cjk"],
      minimalSteps: 3,
      wrap: withMethods((engine, { memory }) => ({
        assemble: async (params: AssembleParams) => {
          const wide = /[\u4e00-\u9fff]/.test(JSON.stringify(params.messages)) || memory.has(sessionName(params));
          if (wide) memory.set(sessionName(params), true);
          return engine.assemble(wide ? { ...params, tokenBudget: 4 * (params.tokenBudget ?? 0) } : params);
        },
        compact: (params: CompactParams) => engine.compact(params),
      })),
    },
  ],
});
