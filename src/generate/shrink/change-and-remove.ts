// Moves that buy a step with a change: alter one field and delete one step, or move one step and delete one. The number of steps always falls.
// A change may also strengthen (one overflow more, a larger text): two weak steps often do what one strong step does.

import type { Case, Step } from "../../define/index.js";
import { withSteps } from "./remove.js";
import { simplerSteps, weakerSteps } from "./simpler-step.js";

type Talking = Extract<Step, { kind: "turn" | "tick" }>;

function strongerTalk(step: Talking): Step[] {
  const { provider } = step;
  if (provider.mode === "by-size") return [];
  const { answers } = provider;
  const candidates: Step[] = [];
  if (answers.length < 4) {
    candidates.push({ ...step, provider: { mode: "scripted", answers: ["overflow", ...answers] } });
    candidates.push({ ...step, provider: { mode: "scripted", answers: [...answers, "error"] } });
  }
  if (step.reply !== "text") candidates.push({ ...step, reply: "text" });
  candidates.push({ ...step, replyTokens: Math.min(50_000, step.replyTokens * 2 + 8) });
  return candidates;
}

/** The step under every other alias of its kind. */
function elsewhere(step: Step, theCase: Case): Step[] {
  const { keys, lanes } = theCase.settings;
  const sessions = Object.keys(keys);
  const heartbeats = Object.keys(lanes).filter((alias) => lanes[alias]?.kind === "heartbeat");
  if (step.kind === "tick") return heartbeats.filter((alias) => alias !== step.lane).map((lane) => ({ ...step, lane }));
  if (step.kind === "spawn") return sessions.filter((alias) => alias !== step.parent).map((parent) => ({ ...step, parent }));
  if (!("session" in step)) return [];
  if (step.kind === "turn" && step.via === "cron") return [];
  const places = step.kind === "turn" ? [...sessions, ...heartbeats] : sessions;
  return places.filter((alias) => alias !== step.session).map((session) => ({ ...step, session }));
}

/** Other forms of a step: elsewhere, about another step, stronger, simpler. */
function alternatives(step: Step, theCase: Case): Step[] {
  const others = elsewhere(step, theCase);
  if (step.kind === "turn" || step.kind === "tick") others.push(...strongerTalk(step));
  if (step.kind === "turn")
    others.push({ ...step, text: { ...step.text, form: "plain", tokens: Math.min(200_000, step.text.tokens * 2 + 8) } });
  if (step.kind === "tick") others.push({ ...step, isolated: !step.isolated });
  if (step.kind === "late" && step.attempts < 3) others.push({ ...step, attempts: step.attempts + 1 });
  if (step.kind === "repeat" || step.kind === "late") {
    for (const target of theCase.steps) {
      if ((target.kind === "turn" || target.kind === "tick") && target.id !== step.delivery)
        others.push({ ...step, delivery: target.id });
    }
  }
  return [...others, ...simplerSteps(step).slice(0, 12), ...weakerSteps(step)];
}

/** One turn taking on what another did: its size, its answers, its tool rounds. */
function absorbed(step: Step, gone: Step): Step[] {
  if (step.kind !== "turn" || (gone.kind !== "turn" && gone.kind !== "tick")) return [];
  const size = step.text.tokens + step.replyTokens + gone.replyTokens + (gone.kind === "turn" ? gone.text.tokens : 0);
  const candidates: Step[] = [{ ...step, text: { ...step.text, form: "plain", tokens: Math.min(200_000, size) } }];
  if (step.provider.mode === "scripted" && gone.provider.mode === "scripted" && gone.provider.answers.length > 0) {
    const answers = [...step.provider.answers, ...gone.provider.answers].slice(0, 4);
    const tools = [...step.tools, ...gone.tools].slice(0, 4);
    candidates.push({ ...step, tools, provider: { mode: "scripted", answers } });
  }
  return candidates;
}

const LONG = 12;

const replaced = (steps: readonly Step[], i: number, other: Step, gone: number, theCase: Case): Case =>
  withSteps(
    theCase,
    steps.flatMap((kept, at) => (at === gone ? [] : at === i ? [other] : [kept])),
  );

/** One field of one step changed, one other step gone; in long cases only a neighbour. */
export function* changeOneRemoveOne(theCase: Case): Iterable<Case> {
  const { steps } = theCase;
  for (const [i, step] of steps.entries()) {
    const gone = steps.map((_, j) => j).filter((j) => j !== i && (steps.length <= LONG || Math.abs(i - j) === 1));
    if (gone.length === 0) continue;
    for (const j of gone.toReversed()) {
      const lost = steps[j];
      if (lost === undefined) continue;
      for (const whole of absorbed(step, lost)) yield replaced(steps, i, whole, j, theCase);
    }
    for (const other of alternatives(step, theCase)) {
      for (const j of gone.toReversed()) {
        yield replaced(steps, i, other, j, theCase);
      }
    }
  }
}

/** A step's time between its new neighbours, so that the virtual clock still runs forward. */
function timed(step: Step, before: Step | undefined, after: Step | undefined): Step {
  const low = before?.at ?? (after === undefined ? step.at : Math.max(0, after.at - 60_000));
  const at = after === undefined ? low + 60_000 : Math.floor((low + after.at) / 2);
  return step.kind === "overlap" ? { ...step, at, steps: step.steps.map((nested) => ({ ...nested, at })) } : { ...step, at };
}

/** One step moved to another place, one other step gone; only in short cases. */
export function* moveOneRemoveOne(theCase: Case): Iterable<Case> {
  const { steps } = theCase;
  if (steps.length > LONG) return;
  for (let gone = steps.length - 1; gone >= 0; gone--) {
    const left = steps.filter((_, i) => i !== gone);
    for (const [from, step] of left.entries()) {
      const rest = left.filter((_, i) => i !== from);
      for (let to = 0; to <= rest.length; to++) {
        if (to === from) continue;
        yield withSteps(theCase, [...rest.slice(0, to), timed(step, rest[to - 1], rest[to]), ...rest.slice(to)]);
      }
    }
  }
}
