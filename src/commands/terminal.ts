// Where a command writes: stdout, stderr, with or without colour, how wide, live or not. Commands get it as a value, so that they can be
// run without a terminal. The only file of the commands that looks at the real one.

import pc from "picocolors";
import { type Paint, PLAIN } from "../draw/lines.js";

export interface Terminal {
  cwd: string;
  /** Writes text as it is to stdout. */
  out(text: string): void;
  err(text: string): void;
  /** For stdout. */
  paint: Paint;
  errPaint: Paint;
  colour: boolean;
  /** Columns of stdout. */
  width: number;
  /** A line on stderr that is drawn over; undefined when stderr is no terminal. */
  live: LiveLine | undefined;
}

export interface LiveLine {
  columns: number;
  show(line: string): void;
  /** Takes the line away, so that other text can be written. */
  clear(): void;
}

const DEFAULT_WIDTH = 120;
const LEAST_WIDTH = 60;

/** Colour only where a person looks, and not where NO_COLOR is set. */
export function coloured(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
}

export function paintFor(colour: boolean): Paint {
  if (!colour) return PLAIN;
  const { bold, dim, red, green, yellow } = pc.createColors(true);
  return { bold, dim, red, green, yellow };
}

async function liveLine(stream: NodeJS.WriteStream): Promise<LiveLine | undefined> {
  if (stream.isTTY !== true || process.env.TERM === "dumb") return undefined;
  const { createLogUpdate } = await import("log-update");
  const update = createLogUpdate(stream, { showCursor: true });
  return { columns: stream.columns ?? DEFAULT_WIDTH, show: (line) => update(line), clear: () => update.clear() };
}

/** The terminal this process runs in. */
export async function realTerminal(): Promise<Terminal> {
  const { stdout, stderr } = process;
  const colour = coloured(stdout, process.env);
  return {
    cwd: process.cwd(),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    colour,
    paint: paintFor(colour),
    errPaint: paintFor(coloured(stderr, process.env)),
    width: Math.max(LEAST_WIDTH, stdout.columns ?? DEFAULT_WIDTH),
    live: await liveLine(stderr),
  };
}
