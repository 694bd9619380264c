// Test only: the recordings that come with the source, and copies of them with one thing changed.

import { tracesIn } from "./folder.js";
import { readTrace, type Trace } from "./trace.js";

export const TRACES = "src/data/host-traces";

export async function ownTraces(): Promise<Trace[]> {
  return (await tracesIn(TRACES)).map((found) => {
    if ("error" in found) throw new Error(found.error);
    return found.trace;
  });
}

export async function ownTrace(name: string): Promise<Trace> {
  const trace = (await ownTraces()).find((candidate) => candidate.name === name);
  if (trace === undefined) throw new Error(`no trace ${name}`);
  return trace;
}

type Loose = Record<string, unknown>;

/** A trace of the given records, as a file would hold it. */
export function traceOf(records: Loose[], head: Loose = {}, path = "openclaw-2026.9/z1.json"): Trace {
  return readTrace({ id: "z1", engine: { durable: true, owns: true }, records, ...head }, path);
}

/** A copy in which the n-th call (from 1) is changed. */
export function altered(trace: Trace, call: number, change: (record: Loose) => void): Trace {
  const copy = structuredClone(trace);
  const calls = copy.records.filter((entry) => entry.kind === "call");
  const target = calls[call - 1];
  if (target === undefined) throw new Error(`${trace.name} has no call ${call}`);
  change(target.record as Loose);
  return copy;
}
