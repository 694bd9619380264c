// What steps that talk to the model have in common: the provider records of one section as the script of the fake model,
// tool rounds, kind of reply. Calls the host itself makes for a summary are not the turn's and are left out.

import type { ProviderAnswer, ProviderSpec, Step, TextSpec, ToolSpec } from "../define/index.js";
import type { Section, SectionRecord } from "./sections.js";
import { type TextBook, tokensOf } from "./text-sizes.js";
import type { ProviderRecord, TraceMessage } from "./trace.js";
import { DELIVERIES, endsWordless, heavyUsageOf } from "./world-facts.js";

/** A step's own fields, without what every step has. */
export type StepFields<K extends Step["kind"]> = Omit<Extract<Step, { kind: K }>, "id" | "at" | "kind">;

export interface Talk {
  reply: "text" | "ack" | "empty";
  replyTokens: number;
  tools: ToolSpec[];
  provider: ProviderSpec;
  usage?: number;
}

/** Notes name provider records that could not be told. */
export function talkOf(section: Section, texts: TextBook, window: number): { talk: Talk; notes: string[] } {
  const kinds = turnAnswers(section.records);
  // A slow answer is an answer; only where the turn did not end well did nobody wait for it.
  const endedWell = section.status === "ok" || section.calls.some(({ call }) => call === "commitTurn");
  const told = (kind: string) => (endedWell && section.cut === undefined && isSlow(kind) ? "ok" : answerOf(kind));
  const notes = kinds.filter((kind) => told(kind) === undefined);
  const answers = kinds.map((kind) => told(kind) ?? "ok");
  if (section.cut === "abort") answers.splice(answers.at(-1) === "ok" ? -1 : answers.length, 1, "abort");
  const fresh = texts.takeNew(section);
  const names = kinds.filter((kind) => answerOf(kind) === "tool").map((kind) => kind.slice("tool:".length));
  const rounds = resultsOf(section);
  const heavy = heavyUsageOf(section, window);
  const talk: Talk = {
    reply: endsWordless(section) ? "empty" : replyOf(kinds.at(-1)),
    replyTokens: tokensOf(fresh.findLast((message) => message.role === "assistant")),
    tools: names.map((name, i) => toolOf(name, rounds[i] ?? [])),
    provider: { mode: "scripted", answers },
    ...(heavy?.of === "this turn" ? { usage: heavy.tokens } : summarisedAtTheEnd(section) ? { usage: window } : {}),
  };
  return { talk, notes: notes.map((kind) => `provider answer "${kind}" is not known; played as an ordinary reply`) };
}

function replyOf(kind: string | undefined): Talk["reply"] {
  if (kind === "ack") return "ack";
  return kind?.startsWith("empty") ? "empty" : "text";
}

const isSlow = (kind: string): boolean => /^(slow|hang|timeout)/.test(kind);

function answerOf(kind: string): ProviderAnswer | undefined {
  if (kind === "reply" || kind === "ack" || kind.startsWith("empty")) return "ok";
  if (kind.startsWith("tool:")) return "tool";
  if (kind.startsWith("overflow")) return "overflow";
  if (kind.startsWith("error")) return "error";
  return kind.startsWith("abort") || isSlow(kind) ? "abort" : undefined;
}

/** The results that followed one another in each tool round of what was delivered last. */
export function resultsOf({ calls }: Section): TraceMessage[][] {
  const delivered = calls.findLast(({ call, messages }) => /^(commitTurn|afterTurn)$/.test(call) && messages !== undefined);
  const from = delivered?.call === "commitTurn" ? 0 : newIn(calls);
  const rounds: TraceMessage[][] = [];
  const messages = delivered?.messages ?? [];
  for (const [i, message] of messages.entries()) {
    if (i < from || message.role !== "toolResult") continue;
    if (i > from && messages[i - 1]?.role === "toolResult") rounds.at(-1)?.push(message);
    else rounds.push([message]);
  }
  return rounds;
}

/** Where the first delivery of a section begins with what is new. */
const newIn = (calls: Section["calls"]): number => calls.find(({ call }) => call === "afterTurn")?.prePromptMessageCount ?? 0;

/** A case has no more calls in a round. */
const MOST_CALLS = 3;

const toolOf = (name: string, results: TraceMessage[]): ToolSpec => ({
  name,
  calls: Math.min(Math.max(results.length, 1), MOST_CALLS),
  ids: "unique",
  argTokens: 4,
  resultTokens: tokensOf(results[0]),
  isError: false,
});

const isDone = (kind: string): boolean => answerOf(kind) === "ok";

/** An answer right after the turn's last one, to a system and one user message: the host's summary, for usage was near the window. */
function isSummaryAfter(before: SectionRecord | undefined, { provider, roles }: ProviderRecord): boolean {
  return before?.kind === "provider" && isDone(before.record.provider) && provider === "reply" && roles.join() === "system,user";
}

const summarisedAtTheEnd = ({ records }: Section): boolean =>
  records.some((entry, i) => entry.kind === "provider" && isSummaryAfter(records[i - 1], entry.record));

/**
 * Kinds of the answers the turn itself got. After an overflow with no engine call in between the host asks for summaries first:
 * replies to a system and one user message, with another answer to come.
 */
export function turnAnswers(records: SectionRecord[]): string[] {
  const kinds: string[] = [];
  let between: "turn" | "host compaction" = "turn";
  records.forEach((entry, i) => {
    if (entry.kind === "call") {
      between = "turn";
      return;
    }
    if (isSummaryAfter(records[i - 1], entry.record)) return;
    const { provider, roles } = entry.record;
    const more = records[i + 1]?.kind === "provider";
    if (between === "host compaction" && provider === "reply" && roles.join() === "system,user" && more) return;
    kinds.push(provider);
    between = provider.startsWith("overflow") ? "host compaction" : "turn";
  });
  return kinds;
}

/** What a model said before the host asked once more: it was done, went on to answer again, and nothing of the first could be seen. */
export function unseenIn(section: Section): "" | "NO_REPLY" | undefined {
  const done = turnAnswers(section.records).filter(isDone);
  if (done.length < 2) return undefined;
  const delivered = section.calls.filter(({ call }) => DELIVERIES.has(call));
  const said = delivered.flatMap(({ message, messages }) => messages ?? (message ? [message] : []));
  const isSaid = (length: number) => said.some((one) => one.role === "assistant" && one.length === length);
  if (isSaid(0)) return "";
  return section.action.kind === "turn" && done[0] === "ack" && isSaid("NO_REPLY".length) ? "NO_REPLY" : undefined;
}

/** A turn that spawns a subagent, with the child's turn and the announcement. */
export function spawnFields(
  section: Section,
  parent: string,
  text: TextSpec,
  fresh: TraceMessage[],
): { fields: StepFields<"spawn">; notes: string[] } {
  const prepared = section.calls.find((call) => call.call === "prepareSubagentSpawn");
  const ended = section.calls.filter((call) => call.call === "onSubagentEnded");
  const reason = ended.at(-1)?.reason;
  const kinds = section.providers.map((answer) => answer.provider);
  const after = kinds.slice(kinds.indexOf("tool:sessions_spawn") + 1);
  const other = kinds.filter((kind) => kind !== "reply" && kind !== "tool:sessions_spawn");
  return {
    fields: {
      parent,
      contextMode: prepared?.contextMode === "fork" ? "fork" : "isolated",
      // A child that ran was answered, and so was its parent.
      fails: after.length < 2,
      text,
      childText: { form: "plain", tokens: tokensOf(fresh.filter((message) => message.role === "user")[1]) },
      childReplyTokens: tokensOf(fresh.findLast((message) => message.role === "assistant")),
      ended: reason === "deleted" || reason === "swept" || reason === "released" ? reason : "completed",
      endedTwice: ended.length > 1,
    },
    notes: other.map((kind) => `provider answer "${kind}" in a turn that spawns is played as a reply`),
  };
}
