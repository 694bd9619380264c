// Where a command writes: stdout, stderr, with or without colour, how wide, live or not. Commands get it as a value, so that they can be
// run without a terminal. The only file of the commands that looks at the real one.

import pc from "picocolors";
import { CtxspecError } from "../define/errors.js";
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
  /** Asks a person; undefined where nobody sits. Throws usage-option when the input ends without an answer. */
  ask?: ((question: string) => Promise<string>) | undefined;
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

async function questioner(): Promise<Terminal["ask"]> {
  const { stdin, stdout } = process;
  if (stdin.isTTY !== true || stdout.isTTY !== true) return undefined;
  const { createInterface } = await import("node:readline");
  return (question) =>
    new Promise((resolve, reject) => {
      const reader = createInterface({ input: stdin, output: stdout });
      let answered = false;
      reader.on("close", () => {
        if (!answered) reject(new CtxspecError("usage-option", "a question was left without an answer", "--yes asks nothing"));
      });
      reader.question(question, (answer) => {
        answered = true;
        reader.close();
        resolve(answer.trim());
      });
    });
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
    ask: await questioner(),
  };
}
