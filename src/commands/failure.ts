// An error as the user sees it: what happened, why, what to try. Whatever is not an error of ours on purpose is a fault of ctxspec, and is
// said to be one, and so is where to report it.

import { CtxspecError, ERROR_CODES, EXIT, type ExitName } from "../define/errors.js";
import type { Paint } from "../draw/lines.js";

const WHERE = "the issue tracker of ctxspec, with what --verbose shows";

/** What a kind of error means for the run, where the error names no cause of its own. */
const MEANING: Record<Extract<ExitName, "usage" | "engine" | "internal">, string> = {
  usage: "ctxspec was asked for something it cannot do; nothing was run",
  engine: "the engine could not be loaded, or its adapter is broken; no verdict on it",
  internal: "a fault of ctxspec itself, not of the engine; no verdict on the engine",
};

/** Any thrown value as one of ours. */
export function asCtxspecError(thrown: unknown): CtxspecError {
  if (thrown instanceof CtxspecError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new CtxspecError("internal", `ctxspec failed: ${message}`, `please report it in ${WHERE}`, thrown);
}

/** The first line of a cause, without the stack. */
function causeLine(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  const text = cause instanceof Error ? cause.message : String(cause);
  return text
    .split("\n")
    .find((line) => line.trim() !== "")
    ?.trim();
}

export interface Problem {
  code: CtxspecError["code"];
  message: string;
  hint: string;
  cause?: unknown;
}

/** Three lines, and the stack when asked for. */
export function failureText(problem: Problem, paint: Paint, verbose: boolean): string {
  const { code, message, hint, cause } = problem;
  const kind = ERROR_CODES[code];
  const said = code === "internal" ? undefined : causeLine(cause);
  const meaning = code === "out-unwritable" ? "what belongs there could not be kept" : MEANING[kind];
  const why = said === undefined || message.includes(said) ? meaning : said;
  const lines = [
    `${paint.red(paint.bold("error:"))} ${message}`,
    `  why: ${why} (${code}, exit ${EXIT[kind]})`,
    `  try: ${hint}`,
  ];
  if (code === "internal" && !hint.includes(WHERE)) lines[2] = `  try: ${hint} Where: ${WHERE}`;
  if (verbose) lines.push("", stackOf(cause ?? problem));
  return `${lines.join("\n")}\n`;
}

function stackOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.stack ?? thrown.message;
  return typeof thrown === "string" ? thrown : JSON.stringify(thrown, null, 2);
}

export function isVerbose(flag: boolean | undefined): boolean {
  return flag === true || (process.env.DEBUG ?? "") !== "";
}
