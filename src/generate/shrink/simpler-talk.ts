// Simpler forms of what happens inside a step: texts, replies, tools, the fake model's script, the summariser.
// Each move goes towards one fixed plainest form, so that a chain of moves ends.

import type { ProviderSpec, StepOf, TextSpec, ToolSpec } from "../../define/index.js";
import { PLAIN_TEXT } from "../text-draw.js";

/** Smaller numbers to try, the goal first, then halfway and a little less. */
export function smaller(value: number, goal: number): number[] {
  if (value <= goal) return [];
  const tries = [goal, goal + Math.floor((value - goal) / 2), goal + Math.floor(((value - goal) * 7) / 8)];
  if (value - goal <= 8) tries.push(value - 1);
  return [...new Set(tries)].filter((n) => n < value);
}

/** Shorter lists: none, halves, all but one; never the list itself, never under `least`. */
export function shorter<T>(list: readonly T[], least = 0): T[][] {
  const half = Math.floor(list.length / 2);
  const lists = [list.slice(0, least), list.slice(0, half), list.slice(half)];
  for (let size = Math.floor(half / 2); size >= 2; size = Math.floor(size / 2)) {
    for (let end = list.length; end > 0; end -= size) lists.push([...list.slice(0, Math.max(0, end - size)), ...list.slice(end)]);
  }
  for (let i = list.length - 1; i >= 0; i--) lists.push([...list.slice(0, i), ...list.slice(i + 1)]);
  return lists.filter((shorterList) => shorterList.length < list.length && shorterList.length >= least);
}

/** Simpler texts; `same` is dropped first, sizes last. */
export function simplerTexts(text: TextSpec): TextSpec[] {
  const { same, ...own } = text;
  const texts: TextSpec[] = [];
  if (same !== undefined) texts.push(own);
  if (text.form !== "plain" || text.tokens > PLAIN_TEXT.tokens)
    texts.push(same === undefined ? PLAIN_TEXT : { ...PLAIN_TEXT, same });
  if (text.form !== "plain" && text.form !== "empty") texts.push({ ...text, form: "plain" });
  for (const tokens of smaller(text.tokens, PLAIN_TEXT.tokens)) texts.push({ ...text, tokens });
  return texts;
}

const PLAIN_ROUND = { calls: 1, ids: "unique", argTokens: 4, resultTokens: 8 } as const;

/** Simpler rounds; `isError` is a boolean and weakened elsewhere. */
function simplerRounds(round: ToolSpec): ToolSpec[] {
  const rounds: ToolSpec[] = [];
  const plain = { ...round, ...PLAIN_ROUND, name: "read_file" };
  if (JSON.stringify(plain) !== JSON.stringify(round)) rounds.push(plain);
  if (round.name !== "read_file") rounds.push({ ...round, name: "read_file" });
  if (round.ids === "reused") rounds.push({ ...round, ids: "unique" });
  for (const calls of smaller(round.calls, 1)) rounds.push({ ...round, calls });
  for (const argTokens of smaller(round.argTokens, PLAIN_ROUND.argTokens)) rounds.push({ ...round, argTokens });
  for (const resultTokens of smaller(round.resultTokens, PLAIN_ROUND.resultTokens)) rounds.push({ ...round, resultTokens });
  return rounds;
}

function simplerTools(tools: readonly ToolSpec[]): ToolSpec[][] {
  const fewer = shorter(tools);
  const plainer = tools.flatMap((round, i) => simplerRounds(round).map((r) => [...tools.slice(0, i), r, ...tools.slice(i + 1)]));
  return [...fewer, ...plainer];
}

export function simplerProviders(provider: ProviderSpec): ProviderSpec[] {
  if (provider.mode === "scripted") return shorter(provider.answers).map((answers) => ({ mode: "scripted", answers }));
  const plain: ProviderSpec[] = [
    { mode: "scripted", answers: [] },
    { mode: "scripted", answers: ["overflow"] },
  ];
  if (provider.limitTokens === undefined) return plain;
  const round = Math.ceil(provider.limitTokens / 100) * 100;
  return [
    ...plain,
    { mode: "by-size" },
    ...(round === provider.limitTokens ? [] : [{ mode: "by-size" as const, limitTokens: round }]),
  ];
}

/** Fields that turns, ticks and compactions may have beside their usual ones. */
type Optional = "usage" | "summariser" | "abortAt";

/** Without one optional field; a summariser that waits for an abort keeps it. */
export function withoutOptional<S extends StepOf<"turn"> | StepOf<"tick"> | StepOf<"compact">>(step: S): S[] {
  const waits = step.summariser === "hang" || step.summariser === "late";
  const names = (["summariser", "usage", "abortAt"] as Optional[]).filter(
    (name) => name in step && !(name === "abortAt" && waits),
  );
  const candidates = names.map((name) => {
    const copy: Record<string, unknown> = { ...step };
    delete copy[name];
    return copy as S;
  });
  const { abortAt } = step;
  return abortAt === undefined ? candidates : [...candidates, ...smaller(abortAt, 1).map((n) => ({ ...step, abortAt: n }))];
}

/** The script without the tool calls for which no round is left. */
function scriptFor(provider: ProviderSpec, rounds: number): ProviderSpec {
  if (provider.mode !== "scripted") return provider;
  let left = rounds;
  const answers = provider.answers.filter((answer) => answer !== "tool" || left-- > 0);
  return answers.length === provider.answers.length ? provider : { mode: "scripted", answers };
}

/** Simpler talks of a turn or tick, one field changed in each (a tool round goes with its call in the script). */
export function simplerTalk<S extends StepOf<"turn"> | StepOf<"tick">>(step: S): S[] {
  const candidates: S[] = [];
  for (const provider of simplerProviders(step.provider)) candidates.push({ ...step, provider });
  for (const tools of simplerTools(step.tools))
    candidates.push({ ...step, tools, provider: scriptFor(step.provider, tools.length) });
  candidates.push(...withoutOptional(step));
  if (step.reply !== "text") candidates.push({ ...step, reply: "text" });
  for (const replyTokens of smaller(step.replyTokens, 12)) candidates.push({ ...step, replyTokens });
  return candidates;
}
