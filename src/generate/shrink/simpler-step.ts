// Simpler forms of one step, a field at a time. Booleans come last of all, and so stand apart.

import type { Step } from "../../define/index.js";
import { shorter, simplerTalk, simplerTexts, smaller, withoutOptional } from "./simpler-talk.js";

const HOUR_MS = 3_600_000;

type Imported = Extract<Step, { kind: "import" }>;

function simplerImports(step: Imported): Step[] {
  const candidates: Step[] = shorter(step.messages, 1).map((messages) => ({ ...step, messages }));
  const change = (i: number, message: Imported["messages"][number]): Step => ({
    ...step,
    messages: [...step.messages.slice(0, i), message, ...step.messages.slice(i + 1)],
  });
  const plain = step.messages.map((message) => ({ ...message, text: simplerTexts(message.text)[0] ?? message.text }));
  if (plain.some((message, i) => message.text !== step.messages[i]?.text)) candidates.push({ ...step, messages: plain });
  if (step.messages.length > 12) return candidates;
  for (const [i, message] of step.messages.entries()) {
    if (message.role !== "user" && message.role !== "assistant") candidates.push(change(i, { ...message, role: "user" }));
    for (const text of simplerTexts(message.text)) candidates.push(change(i, { ...message, text }));
  }
  return candidates;
}

function simplerKills(step: Extract<Step, { kind: "kill" }>): Step[] {
  const { point } = step;
  if (point.where === "boundary") return [];
  const candidates: Step[] = [{ ...step, point: { where: "boundary" } }];
  for (const nth of smaller(point.nth, 1)) candidates.push({ ...step, point: { ...point, nth } });
  if (point.when.moment !== "after") candidates.push({ ...step, point: { ...point, when: { moment: "after" } } });
  if (point.when.moment === "write") {
    for (const n of smaller(point.when.n, 1)) candidates.push({ ...step, point: { ...point, when: { moment: "write", n } } });
  }
  return candidates;
}

/** The step with one field simpler, most promising first; booleans untouched. */
export function simplerSteps(step: Step): Step[] {
  switch (step.kind) {
    case "turn":
      return [
        ...simplerTexts(step.text).map((text) => ({ ...step, text })),
        ...simplerTalk(step),
        ...(step.via === "chat" ? [{ ...step, via: "rpc" as const }] : []),
      ];
    case "tick": {
      const { event, ...bare } = step;
      return [
        ...(event === undefined ? [] : [bare, ...simplerTexts(event).map((text) => ({ ...step, event: text }))]),
        ...simplerTalk(step),
        ...(step.wakeKey === "none" ? [] : [{ ...step, wakeKey: "none" as const }]),
      ];
    }
    case "compact":
      return [...withoutOptional(step), ...(step.trigger === "manual" ? [] : [{ ...step, trigger: "manual" as const }])];
    case "kill":
      return simplerKills(step);
    case "late":
      return smaller(step.attempts, 1).map((attempts) => ({ ...step, attempts }));
    case "spawn":
      return [
        ...simplerTexts(step.text).map((text) => ({ ...step, text })),
        ...simplerTexts(step.childText).map((childText) => ({ ...step, childText })),
        ...smaller(step.childReplyTokens, 12).map((childReplyTokens) => ({ ...step, childReplyTokens })),
        ...(step.ended === "completed" ? [] : [{ ...step, ended: "completed" as const }]),
      ];
    case "import":
      return simplerImports(step);
    case "damage":
      return step.fault === "missing" ? [] : [{ ...step, fault: "missing" }];
    case "clock":
      return step.byMs === HOUR_MS
        ? []
        : smaller(Math.abs(step.byMs), HOUR_MS).map((ms) => ({ ...step, byMs: Math.sign(step.byMs) * ms }));
    case "overlap": {
      const nested = step.steps.flatMap((inner, i) =>
        simplerSteps(inner).map((simpler) => ({
          ...step,
          steps: [...step.steps.slice(0, i), simpler as typeof inner, ...step.steps.slice(i + 1)],
        })),
      );
      return [...shorter(step.order).map((order) => ({ ...step, order })), ...nested];
    }
    case "reset":
    case "restart":
    case "repeat":
      return [];
    default:
      return step satisfies never;
  }
}

/** The step with one boolean (or what acts as one) weaker. */
export function weakerSteps(step: Step): Step[] {
  switch (step.kind) {
    case "tick":
    case "turn": {
      const tools = step.tools.flatMap((round, i) =>
        round.isError
          ? [{ ...step, tools: [...step.tools.slice(0, i), { ...round, isError: false }, ...step.tools.slice(i + 1)] }]
          : [],
      );
      return step.kind === "tick" && step.isolated ? [...tools, { ...step, isolated: false }] : tools;
    }
    case "spawn":
      return [
        ...(step.endedTwice ? [{ ...step, endedTwice: false }] : []),
        ...(step.fails ? [{ ...step, fails: false }] : []),
        ...(step.contextMode === "fork" ? [{ ...step, contextMode: "isolated" as const }] : []),
      ];
    case "restart":
      return step.mode === "hard" ? [{ ...step, mode: "soft" }] : [];
    case "late":
      return step.fault === "answer-lost" ? [{ ...step, fault: "not-sent" }] : [];
    case "overlap":
      return step.steps.flatMap((inner, i) =>
        weakerSteps(inner).map((weaker) => ({
          ...step,
          steps: [...step.steps.slice(0, i), weaker as typeof inner, ...step.steps.slice(i + 1)],
        })),
      );
    default:
      return [];
  }
}
