// Draws what happens inside a turn: the reply, tool rounds, the fake model's script, reported usage, and faults of the summariser.
// One script holds at most four entries. A summariser that waits for an abort always gets one, or a call would wait for its limit.

import type { ProviderAnswer, ProviderSpec, Settings, StepOf, SummariserMode, ToolSpec } from "../define/index.js";
import type { Habits } from "./habits.js";
import type { Draw } from "./random.js";

/** The fields that turns and ticks share. */
export type Talk = Pick<StepOf<"turn">, "reply" | "replyTokens" | "tools" | "provider" | "usage" | "summariser" | "abortAt">;

const TOOL_NAMES = ["read_file", "search", "shell", "calendar_list"] as const;

export function drawTools(draw: Draw, habits: Habits): ToolSpec[] {
  const rounds = draw.weighted([
    [1, 5],
    [2, 3],
    [3, 1],
    [4, 1],
  ]);
  return Array.from({ length: rounds }, () => ({
    name: draw.pick(TOOL_NAMES),
    calls: draw.pick([1, 1, 1, 2, 3]),
    ids: draw.chance(habits.reusedIds) ? "reused" : "unique",
    argTokens: draw.int(1, 24),
    resultTokens: draw.chance(0.15) ? draw.int(100, 900) : draw.int(4, 60),
    isError: draw.chance(0.12),
  }));
}

function drawAnswers(draw: Draw, habits: Habits, toolRounds: number): ProviderAnswer[] {
  const answers: ProviderAnswer[] = [];
  if (toolRounds > 0 && draw.chance(0.4)) answers.push("tool");
  if (draw.chance(habits.overflow)) {
    const overflows = draw.weighted([
      [1, 8],
      [2, 3],
      [3, 2],
      [4, 2],
    ]);
    for (let i = 0; i < overflows && answers.length < 4; i++) answers.push("overflow");
    if (toolRounds > answers.filter((answer) => answer === "tool").length && answers.length < 4 && draw.chance(0.2))
      answers.push("tool");
  }
  if (answers.length < 4 && draw.chance(habits.failure)) answers.push(draw.pick(["error", "error", "abort"]));
  return answers.every((answer) => answer === "tool") ? [] : answers;
}

/** `contentTokens`: what the session holds by now, for limits that this turn just meets or just misses. */
function drawProvider(draw: Draw, habits: Habits, toolRounds: number, contentTokens: number): ProviderSpec {
  if (!draw.chance(habits.bySize)) return { mode: "scripted", answers: drawAnswers(draw, habits, toolRounds) };
  if (draw.chance(0.5)) return { mode: "by-size" };
  return { mode: "by-size", limitTokens: Math.max(160, contentTokens + draw.pick([-1, 0, 1, 40, 200, -60])) };
}

/** Mode and abort of one compaction's summariser; nothing means the case's own. */
export function drawSummariser(draw: Draw, habits: Habits): { summariser?: SummariserMode; abortAt?: number } {
  if (!draw.chance(habits.faultySummariser)) return {};
  const summariser = draw.weighted<SummariserMode>([
    ["healthy", 3],
    ["empty", 4],
    ["error", 4],
    ["same", 4],
    ["longer", 4],
    ["falters", 2],
    ["hang", 0.5],
    ["late", 0.5],
  ]);
  if (summariser === "hang" || summariser === "late") return { summariser, abortAt: 1 };
  return draw.chance(0.15) ? { summariser, abortAt: draw.int(1, 3) } : { summariser };
}

/** Everything about a turn or tick but who speaks where. */
export function drawTalk(draw: Draw, habits: Habits, settings: Settings, contentTokens: number, acknowledge: number): Talk {
  const tools = draw.chance(habits.tools) ? drawTools(draw, habits) : [];
  const reply = draw.chance(acknowledge) ? "ack" : draw.chance(habits.emptyReply) ? "empty" : "text";
  const provider = drawProvider(draw, habits, tools.length, contentTokens);
  const mayCompact = provider.mode === "by-size" || provider.answers.includes("overflow");
  const usage = draw.chance(habits.usage) ? Math.floor(settings.window * draw.pick([0.5, 0.94, 0.96, 1, 1.1])) : undefined;
  return {
    reply,
    replyTokens: draw.chance(0.08) ? draw.int(60, 400) : draw.int(6, Math.max(8, habits.textTokens)),
    tools,
    provider,
    ...(usage === undefined ? {} : { usage }),
    ...(mayCompact || usage !== undefined ? drawSummariser(draw, habits) : {}),
  };
}
