// A case drawn step by step, with the calls the engine got and the blame chain marked. Data first (lines with marks), so that every
// renderer can dress it: the text report, replay, explain and the vitest message.

import type { Case, Event } from "../define/index.js";
import { plural } from "../define/plural.js";
import { sessionWords, shortText, stepWords, textOfMessage } from "./words.js";

export interface DrawnLine {
  kind: "step" | "skipped" | "call" | "host" | "model" | "gap";
  /** Without indentation. */
  text: string;
  /** 1, 2, … along the blame chain; the last is the finding itself. */
  mark?: number;
  /** What the mark means. */
  note?: string;
}

export interface Drawable {
  case: Case;
  events: readonly Event[];
  at: number;
  blame: readonly number[];
}

/** Calls that say nothing unless they are to blame. */
const QUIET = new Set(["factory", "dispose", "bootstrap", "maintain"]);

export function drawCase(drawable: Drawable): DrawnLine[] {
  const marks = markOf(drawable);
  const byStep = groupByStep(drawable.events);
  const lines: DrawnLine[] = [];
  for (const step of drawable.case.steps) {
    const nested = step.kind === "overlap" ? step.steps : [];
    const events = [step, ...nested].flatMap(({ id }) => byStep.get(id) ?? []).sort((a, b) => a.i - b.i);
    const skipped = events.find((event) => event.kind === "skipped");
    const session = events.find((event) => event.kind === "host" && event.what === "turn-start");
    const where = session?.kind === "host" && session.what === "turn-start" ? `   (${sessionWords(session.session)})` : "";
    lines.push({ kind: skipped ? "skipped" : "step", text: `${step.id}  ${stepWords(step)}${where}` });
    if (skipped?.kind === "skipped") lines.push({ kind: "host", text: `skipped: ${skipped.reason}` });
    for (const { line, of } of stepLines(events, drawable.events, marks)) {
      lines.push(nested.length === 0 ? line : { ...line, text: `${of}: ${line.text}` });
    }
  }
  const after = byStep.get("") ?? [];
  lines.push(...stepLines(after, drawable.events, marks).map(({ line }) => line));
  return lines;
}

/** Event index → mark; a return is marked at its call. */
function markOf(drawable: Drawable): Map<number, number> {
  const chain = [...new Set([...drawable.blame, drawable.at])].filter((i) => i >= 0);
  return new Map(chain.map((i, n) => [i, n + 1]));
}

function groupByStep(events: readonly Event[]): Map<string, Event[]> {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const group = groups.get(event.step);
    if (group) group.push(event);
    else groups.set(event.step, [event]);
  }
  return groups;
}

/** Each line with the step it belongs to, which in an overlap is one of several. */
function stepLines(events: Event[], all: readonly Event[], marks: Map<number, number>): { line: DrawnLine; of: string }[] {
  return events.flatMap((event) => {
    const line = lineFor(event, all, marks);
    return line === undefined ? [] : [{ line, of: event.step }];
  });
}

function lineFor(event: Event, all: readonly Event[], marks: Map<number, number>): DrawnLine | undefined {
  switch (event.kind) {
    case "call": {
      const answer = all.find((other) => (other.kind === "return" || other.kind === "throw") && other.call === event.call);
      const mark = marks.get(event.i) ?? (answer ? marks.get(answer.i) : undefined);
      if (QUIET.has(event.method) && mark === undefined && answer?.kind !== "throw") return undefined;
      return {
        kind: "call",
        text: `${event.method.padEnd(12)} ${statusWords(event, answer)}${callWords(event)}${answerWords(event, answer)}`,
        ...marked(mark),
      };
    }
    case "provider":
      if (event.answer === "ok" || event.answer === "tool")
        return marks.has(event.i)
          ? { kind: "model", text: `the model answers ${event.answer}`, ...marked(marks.get(event.i)) }
          : undefined;
      return { kind: "model", text: `the model answers: ${event.answer}`, ...marked(marks.get(event.i)) };
    case "summariser":
      return {
        kind: "model",
        text: `the summariser (${event.mode}) ${event.answer === undefined ? "gives no answer" : `answers "${shortText(event.answer)}"`}`,
        ...marked(marks.get(event.i)),
      };
    case "host":
      return hostLine(event, marks.get(event.i));
    case "return":
    case "throw":
    case "skipped":
      return undefined;
  }
}

const marked = (mark: number | undefined): { mark?: number } => (mark === undefined ? {} : { mark });

function callWords(event: Extract<Event, { kind: "call" }>): string {
  if (event.deliveredFrom !== undefined && event.messages) {
    const fresh = event.messages.slice(event.deliveredFrom);
    return `delivers ${fresh.map((message) => `${message.role} "${shortText(textOfMessage(message), 28)}"`).join(", ") || "nothing"}`;
  }
  if (event.method === "assemble")
    return `gets ${plural(event.messages?.length ?? 0, "message")}, budget ${String(event.params.tokenBudget)}`;
  if (event.method === "compact") return `${event.phase.replace("compact-", "")}, budget ${String(event.params.tokenBudget)}`;
  return event.phase;
}

/** What commitTurn answered, before what it was given: that may be long. */
function statusWords({ method }: Extract<Event, { kind: "call" }>, answer: Event | undefined): string {
  if (method !== "commitTurn" || answer?.kind !== "return") return "";
  const { status } = (answer.result ?? {}) as { status?: unknown };
  return `→ ${typeof status === "string" ? status : shortText(JSON.stringify(answer.result) ?? "undefined", 40)}; `;
}

/** What compact answered, in short; as it is where it has not the contract's shape. */
function compactWords(result: unknown): string {
  const { ok, compacted, reason, result: details } = (result ?? {}) as Record<string, unknown>;
  if (typeof ok !== "boolean" || typeof compacted !== "boolean") return shortText(JSON.stringify(result) ?? "undefined", 70);
  const said = `ok: ${ok}, compacted: ${compacted}`;
  const why = typeof reason === "string" && reason !== "" ? `, reason "${shortText(reason, 60)}"` : "";
  const { tokensBefore, tokensAfter, sessionId } = (details ?? {}) as Record<string, unknown>;
  const tokens = tokensBefore === undefined && tokensAfter === undefined ? "" : `, tokens ${tokensBefore} to ${tokensAfter}`;
  const successor = typeof sessionId === "string" ? `, goes on as session ${shortText(sessionId, 12)}` : "";
  return `${said}${why}${tokens}${successor}`;
}

function answerWords(event: Extract<Event, { kind: "call" }>, answer: Event | undefined): string {
  if (answer?.kind === "throw")
    return `  → ${answer.cause === "timeout" ? "no answer in time" : `throws ${answer.error.name}: ${shortText(answer.error.message)}`}`;
  if (answer?.kind !== "return") return "  → no answer recorded";
  if (answer.view) {
    const shown = answer.view.slice(0, 6).map((message) => `${String(message?.role)} "${shortText(textOfMessage(message), 24)}"`);
    const more = answer.view.length > 6 ? `, and ${answer.view.length - 6} more` : "";
    const count = answer.view.length > 2 ? `${answer.view.length} messages: ` : "";
    return `  → shows ${answer.view.length === 0 ? "nothing" : count + shown.join(", ") + more}`;
  }
  if (event.method === "compact") return `  → ${compactWords(answer.result)}`;
  return "";
}

function hostLine(event: Extract<Event, { kind: "host" }>, mark: number | undefined): DrawnLine | undefined {
  switch (event.what) {
    case "plant":
      return mark === undefined
        ? undefined
        : { kind: "host", text: `the text ${event.canary} is made (${event.part})`, ...marked(mark) };
    case "turn-start":
      return undefined;
    case "turn-end":
      return event.status === "accepted"
        ? undefined
        : { kind: "host", text: `the turn ends: ${event.status}${event.reason ? ` (${event.reason})` : ""}`, ...marked(mark) };
    default:
      return { kind: "host", text: `host: ${event.what.replaceAll("-", " ")}`, ...marked(mark) };
  }
}
