// The write-ahead trace of a play: each event is on disk before the next engine call, so the history survives whatever ends the process.
// Used only where a process was lost before: when that case is played again, confirmed and shrunk.

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { Case, Event } from "../define/index.js";
import { caseSchema } from "../define/schemas.js";

export class TraceWriter {
  private readonly fd: number;
  constructor(file: string) {
    this.fd = openSync(file, "w");
  }
  /** A play begins: what stood in the file before belongs to an earlier one. */
  begin(theCase: Case): void {
    writeSync(this.fd, `${JSON.stringify({ begin: theCase })}\n`);
  }
  event(event: Event): void {
    writeSync(this.fd, `${JSON.stringify(event)}\n`);
  }
  close(): void {
    closeSync(this.fd);
  }
}

/** The last play in the file. A line that was cut short by the end of the process is left out. */
export function readTrace(file: string): { theCase: Case; events: Event[] } | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const lines = text.split("\n").slice(0, -1);
  const start = lines.findLastIndex((line) => line.startsWith('{"begin":'));
  if (start < 0) return undefined;
  const begin = caseSchema.safeParse((JSON.parse(lines[start] ?? "") as { begin: unknown }).begin);
  if (!begin.success) return undefined;
  return { theCase: begin.data, events: lines.slice(start + 1).map((line) => JSON.parse(line) as Event) };
}
