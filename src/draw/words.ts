// Names and short forms that drawings, reports and messages share: what a step is called, how ids and texts are cut.

import type { Event, SessionRef, Step, StepOf, TextSpec } from "../define/index.js";
import { plural } from "../define/plural.js";

/** The first eight characters of an id. */
export const shortId = (id: string): string => (id.length > 10 ? `${id.slice(0, 8)}…` : id);

export const shortText = (text: string, width = 48): string => {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > width ? `${flat.slice(0, width - 1)}…` : flat;
};

const form = (text: TextSpec): string => {
  if (text.form === "empty") return "an empty text";
  const kind = text.form === "plain" ? "" : `${text.form} `;
  const same = text.same ? `, the text of ${text.same}` : "";
  return `${kind}text of about ${plural(text.tokens, "token")}${same}`;
};

function scripted(step: Extract<Step, { kind: "turn" | "tick" }>): string {
  const parts: string[] = [];
  if (step.tools.length > 0) parts.push(plural(step.tools.length, "tool round"));
  if (step.provider.mode === "by-size") parts.push("the model overflows by size");
  else {
    const odd = step.provider.answers.filter((answer) => answer !== "ok" && answer !== "tool");
    if (odd.length > 0) parts.push(`the model answers ${step.provider.answers.join(", ")}`);
  }
  if (step.summariser && step.summariser !== "healthy") parts.push(`summariser: ${step.summariser}`);
  if (step.abortAt !== undefined) parts.push(`compaction aborted at summariser call ${step.abortAt}`);
  return parts.length > 0 ? `; ${parts.join("; ")}` : "";
}

/** Messages that one imported thing makes, where they are several: a tool exchange is a call and its result. */
const MESSAGES_OF: Partial<Record<string, number>> = { tool: 2, "tool-early": 2, "tool-late": 3, "tool-crossed": 4 };

const importedMessages = ({ messages }: StepOf<"import">): number =>
  messages.reduce((sum, { role }) => sum + (MESSAGES_OF[role] ?? 1), 0);

/** One step in words. */
export function stepWords(step: Step): string {
  switch (step.kind) {
    case "turn":
      return `${step.via === "cron" ? "cron run" : step.via === "chat" ? "chat turn" : "turn"} in ${step.session}: ${form(step.text)}${scripted(step)}`;
    case "tick": {
      const wake = {
        none: "no key",
        base: "the base key",
        heartbeat: "the :heartbeat key",
        "heartbeat-twice": "a :heartbeat:heartbeat key",
      };
      const reply = step.reply === "ack" ? "silent acknowledgement" : step.reply === "empty" ? "empty reply" : "a real reply";
      return `${step.isolated ? "isolated" : "shared"} heartbeat tick of ${step.lane}, woken by ${wake[step.wakeKey]}; ${reply}${scripted(step)}`;
    }
    case "compact":
      return `${step.trigger} compaction of ${step.session}${step.summariser && step.summariser !== "healthy" ? `; summariser: ${step.summariser}` : ""}`;
    case "reset":
      return `reset of ${step.session}`;
    case "restart":
      return step.mode === "soft" ? "restart: new engine instances over the same directories" : "restart: a new process";
    case "kill":
      return step.point.where === "boundary"
        ? "the process is killed"
        : `the process is killed at ${step.point.method} #${step.point.nth} of ${step.point.step} (${step.point.when.moment})`;
    case "late":
      return `the commit of ${step.delivery} fails ${plural(step.attempts, "time")} (${step.fault})`;
    case "repeat":
      return `the delivery of ${step.delivery} is made once more`;
    case "spawn":
      return `${step.parent} spawns a subagent (${step.contextMode})${step.fails ? ", which is rolled back" : ""}`;
    case "import":
      return `${step.session} begins with a history of ${plural(importedMessages(step), "message")} the engine never saw`;
    case "damage":
      return `the transcript file of ${step.session} is ${step.fault}`;
    case "clock":
      return `the host clock jumps by ${step.byMs} ms`;
    case "overlap":
      return `at the same time: ${step.steps.map((inner) => `${inner.id} ${stepWords(inner)}`).join(" | ")}`;
  }
}

export const sessionWords = (session: SessionRef): string => `${session.key}, session ${shortId(session.sessionId)}`;

/** Plain text of a message of unknown make. */
export function textOfMessage(message: unknown): string {
  if (message === null || typeof message !== "object") return String(message);
  const { content, summary } = message as { content?: unknown; summary?: unknown };
  if (typeof summary === "string") return summary;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part: { type?: unknown; text?: unknown; thinking?: unknown; name?: unknown } | null) => {
      if (part?.type === "text") return String(part.text ?? "");
      if (part?.type === "thinking") return String(part.thinking ?? "");
      if (part?.type === "toolCall") return `[calls ${String(part.name)}]`;
      return part?.type === "image" ? "[image]" : "";
    })
    .join("");
}

export type CallEventLike = Extract<Event, { kind: "call" }>;
