// A worker process that was lost, turned into what clauses can judge: the history as far as it is known, ended by a throw event that says
// how the process ended. Also the finding itself, for the case that no clause of the run says it.

import type { CallEvent, CallPhase, Case, Event, Finding, History, ThrowEvent } from "../define/index.js";
import { caseSchema } from "../define/schemas.js";
import type { Lost } from "./protocol.js";

/** The clause that every lost process violates. */
export const LOSS_CLAUSE = "contract-results";

const PHASE_OF: Record<string, CallPhase> = {
  factory: "factory",
  bootstrap: "bootstrap",
  assemble: "assemble-first",
  afterTurn: "deliver-final",
  ingest: "deliver-final",
  ingestBatch: "deliver-final",
  commitTurn: "commit",
  maintain: "commit-maintain",
  compact: "compact-overflow",
  prepareSubagentSpawn: "spawn-prepare",
  onSubagentEnded: "spawn-ended",
  dispose: "dispose",
};

/** One sentence: what became of the process. */
export function whatHappened(lost: Lost): string {
  const { call } = lost;
  const where =
    call === undefined ? "before the first call" : `${call.inFlight ? "in" : "after"} ${call.method} of step ${call.step}`;
  switch (lost.how) {
    case "timeout":
      return `the engine's process hung ${where}: ${lost.detail}`;
    case "memory":
      return `the engine's process ran out of memory ${where} (${lost.detail})`;
    case "exit":
    case "signal":
      return `the engine's process ended ${where} (${lost.detail})`;
  }
}

/** The case that was being played when the process was lost: the twin's own where a twin was. */
export function lostCase(lost: Lost, planned: Case): Case {
  const traced = caseSchema.safeParse(lost.theCase);
  return traced.success ? traced.data : planned;
}

/** What is known of the history, ended by a throw of the call in flight, or of the last call before. */
export function rebuiltHistory(lost: Lost, planned: Case): History {
  const events = [...((lost.events ?? []) as unknown as Event[])];
  let call = events.findLast((event): event is CallEvent => event.kind === "call");
  if (call === undefined && lost.call !== undefined) {
    call = callFromRecord(lost.call, events.length);
    events.push(call);
  }
  if (call !== undefined) {
    const message = whatHappened(lost);
    const threw: ThrowEvent = {
      i: events.length,
      step: call.step,
      kind: "throw",
      call: call.call,
      error: { name: lost.how === "timeout" ? "CallTimeout" : "ProcessEnded", message, isError: true },
      cause: lost.how === "timeout" ? "timeout" : "process",
    };
    events.push(threw);
  }
  return { case: lostCase(lost, planned), events, probes: [] };
}

function callFromRecord(call: NonNullable<Lost["call"]>, i: number): CallEvent {
  const method = call.method as CallEvent["method"];
  return {
    i,
    step: call.step,
    kind: "call",
    call: call.number,
    engine: 1,
    process: 1,
    method,
    phase: PHASE_OF[method] ?? "factory",
    names: [],
    params: {},
  };
}

/** The finding where no clause of the run has one of its own. */
export function lossFinding(lost: Lost, history: History): Finding {
  const at = Math.max(0, history.events.length - 1);
  const call = history.events.findLastIndex((event) => event.kind === "call");
  return {
    message: whatHappened(lost),
    expected: "every call returns or rejects within the call limit, and the process survives it",
    actual: `${lost.detail}${outputOf(lost)}`,
    at,
    blame: call < 0 ? [] : [call],
  };
}

function outputOf(lost: Lost): string {
  const said = lost.output.trim();
  return said === "" ? "" : `; the process wrote: ${said.slice(-400)}`;
}
