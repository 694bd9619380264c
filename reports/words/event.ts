// Events of a history in words: what the host asked of the engine and what came back. Whatever an engine wrote comes out as it is; whoever
// prints these words escapes them.

import type { AnyMessage, Event } from "../../src/define/index.js";
import { plural } from "../../src/define/plural.js";
import { textOfMessage } from "../../src/draw/words.js";
import { thousands } from "./verdicts.js";

export type CallEvent = Extract<Event, { kind: "call" }>;
export type Answer = Extract<Event, { kind: "return" | "throw" }>;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** What a delivery brings, what an assemble is given; [] for other calls. */
export function givenIn(event: CallEvent): AnyMessage[] {
  const messages: unknown = event.messages;
  return Array.isArray(messages) ? messages.slice(event.deliveredFrom ?? 0) : [];
}

/** The view that an answer shows, if it shows one. */
export function shownIn(answer: Answer | undefined): AnyMessage[] | undefined {
  return answer?.kind === "return" && Array.isArray(answer.view) ? answer.view : undefined;
}

const budgetOf = (event: CallEvent): string =>
  typeof event.params?.tokenBudget === "number" ? `, budget ${thousands(event.params.tokenBudget)} tokens` : "";

/** "is given 2 new messages". */
export function askedWords(event: CallEvent): string {
  const { method, phase, turn } = event;
  if (event.deliveredFrom !== undefined) {
    const brought = plural(givenIn(event).length, "message");
    if (phase === "commit-late") return `is given the turn ${turn?.id ?? ""} late: ${brought}`;
    if (phase === "repeat") return `is given the turn ${turn?.id ?? ""} once more: ${brought}`;
    return `is given ${brought}`;
  }
  switch (method) {
    case "assemble":
      return `is asked for the view${phase === "assemble-again" ? " again" : ""}: ${plural(givenIn(event).length, "message")} supplied${budgetOf(event)}`;
    case "compact":
      return `is asked to compact (${phase.replace("compact-", "")})${budgetOf(event)}`;
    case "prepareSubagentSpawn":
      return phase === "spawn-rollback" ? "is told that the spawn is rolled back" : "is told of a subagent to come";
    case "onSubagentEnded":
      return `is told that a subagent ended (${String(event.params?.reason)})`;
    case "factory":
      return `makes instance ${event.engine}`;
    case "bootstrap":
      return "opens the session";
    case "maintain":
      return "may tidy up";
    case "dispose":
      return `drops instance ${event.engine}`;
    default:
      return `is called (${phase})`;
  }
}

/** "shows 3 messages"; "" where the answer says nothing. */
export function answerWords(event: CallEvent, answer: Answer | undefined): string {
  if (answer === undefined) return "no answer recorded";
  if (answer.kind === "throw") {
    if (answer.cause === "timeout") return "no answer in time";
    if (answer.cause === "process") return "the process ended in the call";
    return `throws ${answer.error.name}: ${answer.error.message}`;
  }
  const view = shownIn(answer);
  if (view !== undefined) return view.length === 0 ? "shows nothing" : `shows ${plural(view.length, "message")}`;
  const { result } = answer;
  if (event.method === "assemble") return "answers without a list of messages";
  if (event.method === "compact") return compactWords(result);
  if (event.method === "commitTurn") return isRecord(result) ? String(result.status) : String(result);
  return "";
}

function compactWords(result: unknown): string {
  if (!isRecord(result)) return String(result);
  const reason = typeof result.reason === "string" ? ` (${result.reason})` : "";
  const { tokensBefore, tokensAfter } = isRecord(result.result) ? result.result : {};
  const sizes =
    typeof tokensBefore === "number" && typeof tokensAfter === "number"
      ? `, ${thousands(tokensBefore)} → ${thousands(tokensAfter)} tokens by its own count`
      : "";
  return `compacted: ${String(result.compacted)}${sizes}${reason}`;
}

const NOTES: Partial<Record<string, string>> = {
  reset: "the session is reset",
  restart: "restart: new instances over the same directories",
  killed: "the process is killed",
  quarantine: "the host quarantines the engine",
  "quarantine-lifted": "the quarantine is lifted",
  successor: "the session goes on under the successor id",
  "host-compaction": "the host compacts its own transcript",
  "commit-not-sent": "the commit is not sent",
  "commit-answer-lost": "the answer to the commit is lost",
  "commit-queued": "the commit waits for another try",
  "history-emptied": "the host empties the history",
  import: "a history the engine never saw is put in place",
  damage: "the transcript file is damaged",
  clock: "the host clock jumps",
  spawned: "the subagent is spawned",
  "child-rolled-back": "the spawn is rolled back",
  rewrite: "transcript entries are rewritten",
  unsettled: "the engine's background work is still running",
};

/** What happened at the host. */
export function hostWords(event: Extract<Event, { kind: "host" }>): string {
  switch (event.what) {
    case "plant":
      return `the text ${event.canary} is made (${event.part})`;
    case "turn-start":
      return `the turn ${event.turn.id} begins`;
    case "turn-end":
      return `the turn ends: ${event.status}${event.reason ? ` (${event.reason})` : ""}`;
    default:
      return NOTES[event.what] ?? String(event.what).replaceAll("-", " ");
  }
}

/** Role and text of a message of unknown make. */
export function messageWords(message: AnyMessage): { role: string; text: string } {
  if (message === null || typeof message !== "object")
    return { role: "not a message", text: JSON.stringify(message) ?? String(message) };
  return { role: typeof message.role === "string" ? message.role : "no role", text: textOfMessage(message) };
}
