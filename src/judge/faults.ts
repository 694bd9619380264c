// Which fault of the host's own making may explain that an engine call failed: a rejection under an injected fault is no finding.
// Generous on purpose: a fault in the same step excuses too, because background work may carry it into the next call.

import { indexOf } from "./build.js";
import type { Call, Index } from "./facts.js";
import { domainOf } from "./session.js";

/** summariser: it answered unhealthily. abort: the host's signal fired. damage: the transcript file was cut or removed. kill: the process died inside a call. */
export type Fault = "summariser" | "abort" | "damage" | "kill";

/** The injected fault that may have made this call fail; undefined when the host did nothing to it. */
export function faultOf(index: Index, call: Call): Fault | undefined {
  for (const event of index.summariser) {
    if (event.i > call.end && event.call !== call.event.call) continue;
    if (event.call !== call.event.call && event.step !== call.event.step) continue;
    if (event.aborted === true) return "abort";
    if (event.mode !== "healthy") return "summariser";
  }
  if (damaged(index, call)) return "damage";
  return killedInside(index, call.event.i) ? "kill" : undefined;
}

/** The session's transcript file was damaged before the call and not replaced by a reset since. */
function damaged(index: Index, call: Call): boolean {
  const { session } = call.event;
  const lastReset = new Map<string, number>();
  for (const note of index.notes) {
    if (note.i > call.event.i || note.session === undefined) continue;
    const domain = domainOf(index, note.session);
    if (note.what === "reset") lastReset.set(domain, note.i);
    if (note.what !== "damage") continue;
    if (session === undefined || domainOf(index, session) === domain) lastReset.set(`${domain}/damaged`, note.i);
  }
  return [...lastReset].some(
    ([name, at]) => name.endsWith("/damaged") && at > (lastReset.get(name.slice(0, -"/damaged".length)) ?? -1),
  );
}

/** A kill inside an engine call came before: a store may be half written. Kills between steps excuse nothing. */
function killedInside(index: Index, before: number): boolean {
  if (!index.notes.some((note) => note.what === "killed" && note.i <= before)) return false;
  return index.history.case.steps.some((step) => step.kind === "kill" && step.point.where === "call");
}

/** The host itself ended the process in this call: a case's kill was aimed at it, and the process died. */
export function killedByHost(index: Index, call: Call): boolean {
  const aimed = index.history.case.steps.some(
    (step) =>
      step.kind === "kill" &&
      step.point.where === "call" &&
      step.point.step === call.event.step &&
      step.point.method === call.event.method,
  );
  return aimed && index.notes.some((note) => note.what === "killed" && note.i > call.event.i);
}

/** Rejections of the engine's own (no timeout, no dead process) that no injected fault explains. */
export function plainThrows(index: Index): Call[] {
  return index.calls.filter((call) => call.threw?.cause === "engine" && faultOf(index, call) === undefined);
}

/** The history of a call list, for callers that hold only the history. */
export const plainThrowsOf = (history: Index["history"]): Call[] => plainThrows(indexOf(history));
