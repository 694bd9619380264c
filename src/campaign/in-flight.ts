// What a worker is doing at this moment, in a small file that outlives the process: which task, which call of which step. The worker
// overwrites one record (about 2 µs, no message is sent); the supervisor reads it when it looks for hangs and after a process died.

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { ENGINE_METHODS } from "../define/index.js";

const SIZE = 96;
const STEP_BYTES = 40;
const METHODS = ["", "factory", ...ENGINE_METHODS] as const;
/**
 * loading: an engine is being loaded. starting: it gets a process of its own. playing: between two calls. calling: the engine has not
 * answered yet. judging: only ctxspec runs. trial-end: the instance that was made to see what the engine declares is disposed of.
 */
export const PHASES = ["idle", "loading", "starting", "playing", "calling", "judging", "trial-end"] as const;
export type Phase = (typeof PHASES)[number];

export interface InFlight {
  /** Grows with every write: unchanged means that nothing has moved. */
  sequence: number;
  task: number;
  phase: Phase;
  /** Number of the last call started in this play, from 1; 0 for none. */
  call: number;
  method: string;
  step: string;
  /** A call with the longer limit (compact, maintain) is among those not answered yet. */
  slow: boolean;
}

const SLOW_METHODS = ["compact", "maintain"];

export class InFlightWriter {
  private readonly fd: number;
  private readonly record = Buffer.alloc(SIZE);
  private sequence = 0;
  /** Calls that overlap in time are not told apart when they are answered: only their number is known. */
  private open = 0;

  constructor(file: string) {
    this.fd = openSync(file, "w");
    this.write("idle");
  }

  /** A new task, or a new play within one: no call has been made yet. */
  begin(task: number, phase: Phase): void {
    this.record.fill(0);
    this.record.writeUInt32LE(task, 4);
    this.open = 0;
    this.write(phase);
  }

  /** A call is about to be made. */
  before(call: { call: number; method: string; step: string }): void {
    this.record.writeUInt32LE(call.call, 8);
    this.record[13] = Math.max(0, (METHODS as readonly string[]).indexOf(call.method));
    this.record.fill(0, 16, 16 + STEP_BYTES);
    this.record.write(call.step, 16, STEP_BYTES, "utf8");
    this.open += 1;
    if (SLOW_METHODS.includes(call.method)) this.record[14] = 1;
    this.write("calling");
  }

  /** A call was answered. */
  after(): void {
    this.open = Math.max(0, this.open - 1);
    if (this.open === 0) this.record[14] = 0;
    this.write(this.open > 0 ? "calling" : "playing");
  }

  write(phase: Phase): void {
    this.sequence = (this.sequence + 1) >>> 0;
    this.record.writeUInt32LE(this.sequence, 0);
    this.record[12] = PHASES.indexOf(phase);
    writeSync(this.fd, this.record, 0, SIZE, 0);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** The last record; undefined when the worker has not come so far as to write one. */
export function readInFlight(file: string): InFlight | undefined {
  let record: Buffer;
  try {
    record = readFileSync(file);
  } catch {
    return undefined;
  }
  if (record.length < SIZE) return undefined;
  const step = record.subarray(16, 16 + STEP_BYTES);
  const end = step.indexOf(0);
  return {
    sequence: record.readUInt32LE(0),
    task: record.readUInt32LE(4),
    phase: PHASES[record[12] ?? 0] ?? "idle",
    call: record.readUInt32LE(8),
    method: METHODS[record[13] ?? 0] ?? "",
    slow: record[14] === 1,
    step: step.subarray(0, end < 0 ? undefined : end).toString("utf8"),
  };
}
