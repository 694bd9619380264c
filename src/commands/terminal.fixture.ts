// A terminal that keeps what is written to it, and a folder that is removed after the test.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { PLAIN } from "../draw/lines.js";
import { runCommandLine } from "./program.js";
import type { Terminal } from "./terminal.js";

export interface Run {
  exitCode: number;
  out: string;
  err: string;
}

export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ctxspec-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command line as if typed in `cwd`, stdout and stderr no terminals; `answers` are a person's, in the order of the questions. */
export async function typed(line: string[], cwd: string, answers?: readonly string[]): Promise<Run> {
  let out = "";
  let err = "";
  const left = [...(answers ?? [])];
  const asked = async (question: string): Promise<string> => {
    out += question;
    const answer = left.shift();
    if (answer === undefined) throw new Error(`nobody answers: ${question}`);
    out += `${answer}\n`;
    return answer;
  };
  const terminal: Terminal = {
    cwd,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    paint: PLAIN,
    errPaint: PLAIN,
    colour: false,
    width: 120,
    live: undefined,
    ask: answers === undefined ? undefined : asked,
  };
  const exitCode = await runCommandLine(line, terminal);
  return { exitCode, out, err };
}
