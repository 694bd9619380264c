// A compact that failed or was aborted, beside the twin without it: the twins to play, and what differs afterwards.

import type { Case, Finding, History, StepOf, TwinPlay, TwinRequest } from "../define/index.js";
import { indexOf } from "./build.js";
import type { Compaction, Index, View } from "./facts.js";
import { faultOf } from "./faults.js";
import { leftOut } from "./leave-out.js";
import { normalText, textOf } from "./texts.js";
import { threadOf } from "./thread.js";
import { compareTwin, type TwinDifference } from "./twin-compare.js";
import { lastEventOf, withoutSteps, withStep } from "./twins.js";

export const hasFailed = ({ outcome }: Compaction): boolean => outcome === "failed" || outcome === "threw";

/** Compact steps of their own that failed, or were aborted without success. */
function brokenSteps(history: History): { step: StepOf<"compact">; aborted: boolean }[] {
  const index = indexOf(history);
  return history.case.steps.flatMap((step) => {
    if (step.kind !== "compact") return [];
    const mine = index.compactions.filter((entry) => entry.call.event.step === step.id);
    const aborted = mine.some((entry) => entry.aborted || entry.call.threw?.cause === "timeout");
    return mine.length > 0 && mine.every((entry) => hasFailed(entry) || (entry.aborted && entry.outcome === "nothing"))
      ? [{ step, aborted }]
      : [];
  });
}

/** The case without a failed compact; where it was aborted, the same with a healthy summariser as well. */
export function failedCompactTwins(history: History): TwinRequest[] {
  const broken = brokenSteps(history);
  const chosen = broken[Math.abs(history.case.seed) % Math.max(1, broken.length)];
  if (chosen === undefined) return [];
  const { step, aborted } = chosen;
  const without: TwinRequest = { name: `without ${step.id}`, theCase: withoutSteps(history.case, new Set([step.id])) };
  if (!aborted) return [without];
  const { abortAt: _, ...rest } = step;
  return [without, { name: `unaborted ${step.id}`, theCase: withStep(history.case, { ...rest, summariser: "healthy" }) }];
}

/** An engine may rest for a while after a failure; one that still refuses so much later has lost something. */
const REST_MS = 3_600_000;

/** What the host's clock shows at a step: its own time and the jumps before it, milliseconds. */
function clockAt({ steps }: Case, id: string): number {
  const place = steps.findIndex((step) => step.id === id);
  const jumps = steps.slice(0, place).reduce((sum, step) => sum + (step.kind === "clock" ? step.byMs : 0), 0);
  return (steps[place]?.at ?? 0) + jumps;
}

/** A compact that does nothing long after the step, though the same one of the twin did something. Two refusals may differ in their words. */
function isRefusal(index: Index, twin: History, stepId: string, { call }: TwinDifference): boolean {
  const { step, call: number } = call.event;
  const mine = index.compactions.find((entry) => entry.call.event.call === number);
  const refused = mine !== undefined && (mine.outcome === "nothing" || hasFailed(mine)) && faultOf(index, call) === undefined;
  const theirs = indexOf(twin).compactions.filter((entry) => entry.call.event.step === step);
  const done = theirs.length > 0 && theirs.every(({ outcome }) => outcome === "compacted");
  return refused && done && clockAt(index.history.case, step) - clockAt(index.history.case, stepId) >= REST_MS;
}

/** The first view of the session after the step that differs from the twin's; `compared` says how many were looked at. */
function viewsDiffer(history: History, twin: History, stepId: string): { compared: number; difference?: TwinDifference } {
  const index = indexOf(history);
  const session = index.compactions.find((entry) => entry.call.event.step === stepId)?.session;
  const after = lastEventOf(history, stepId);
  if (session === undefined || after === undefined) return { compared: 0 };
  const thread = threadOf(index, session);
  const scope = { session: (other: Compaction["session"]) => threadOf(index, other) === thread, after, notesMayDiffer: true };
  const { views, difference } = compareTwin(leftOut(history, stepId), leftOut(twin, stepId), scope);
  if (difference === undefined) return { compared: views };
  const counts = difference.call.event.method === "assemble" || isRefusal(index, twin, stepId, difference);
  return counts ? { compared: views, difference } : { compared: views };
}

/** What a failed or aborted compact changed, by the twin without it. */
export function failedCompactFinding(history: History, twins: TwinPlay[]): Finding | undefined {
  const without = twins.find((twin) => twin.name.startsWith("without "));
  if (without === undefined) return undefined;
  const stepId = without.name.slice("without ".length);
  const { difference } = viewsDiffer(history, without.history, stepId);
  const compaction = indexOf(history).compactions.find((entry) => entry.call.event.step === stepId);
  if (difference === undefined || compaction === undefined) return undefined;
  const whole = twins.find((twin) => twin.name.startsWith("unaborted "));
  const isView = difference.call.event.method === "assemble";
  if (whole !== undefined) {
    if (!isView) return undefined;
    const other = viewsDiffer(history, whole.history, stepId);
    if (other.difference === undefined) return undefined;
  }
  const { event, end } = compaction.call;
  return {
    message: `compact in step ${stepId} ${whole === undefined ? "failed" : "was aborted"}, yet ${isView ? "it changed what the session shows" : "long after it the session is refused a compact that works without it"}.`,
    expected: `as without step ${stepId}: ${difference.expected}`,
    actual: difference.actual,
    at: difference.at,
    blame: [event.i, end, ...difference.blame],
  };
}

/** Opening words of a summary by which it is known again in a text of the engine's. */
const HEAD = 40;

/**
 * A failed compact, directly: the summary it was given stands in the next view, and no summariser was asked since. Where the compact was part
 * of a turn there is no twin without it. One that was aborted may have gone all the way.
 */
export function keptSummaryFinding(index: Index, compaction: Compaction, last: View, next: View): Finding | undefined {
  const { event, end } = compaction.call;
  const isAborting = index.history.case.steps.some((step) => step.id === event.step && "abortAt" in step);
  if (compaction.outcome !== "failed" || compaction.aborted || isAborting) return undefined;
  if (index.summariser.some(({ i }) => i > end && i < next.at)) return undefined;
  // A summariser that repeats its input answers in the words of messages, which may stand in the view for themselves.
  const healthy = compaction.summariser.filter(({ mode }) => mode === "healthy");
  const heads = healthy.map(({ answer }) => normalText(answer ?? "").slice(0, HEAD));
  const holds = (view: View, head: string) =>
    [...view.messages.map(textOf), view.systemPromptAddition ?? ""].some((text) => normalText(text).includes(head));
  const kept = heads.find((head) => head.length === HEAD && holds(next, head) && !holds(last, head));
  if (kept === undefined) return undefined;
  return {
    message: `compact in step ${event.step} failed, yet a summary made in it stands in the next view.`,
    expected: "a failed compact leaves the session as it was",
    actual: `shown, and not before: ${kept}…`,
    at: next.at,
    blame: [last.at, event.i, end, next.call.event.i, next.at],
  };
}
