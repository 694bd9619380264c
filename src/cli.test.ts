// The executable itself, as built: how it ends, and what Ctrl-C does.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

const CLI = fileURLToPath(new URL("../dist/src/cli.js", import.meta.url));

interface Started {
  child: ChildProcess;
  cwd: string;
  /** Text of stdout so far. */
  out(): string;
  ended: Promise<{ code: number | null; signal: string | null }>;
  /** Resolves when stdout holds the text, or at the end. */
  said(text: string): Promise<void>;
}

function start(args: string[]): Started {
  const cwd = mkdtempSync(path.join(tmpdir(), "ctxspec-bin-"));
  const child = spawn(process.execPath, [CLI, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
    rmSync(cwd, { recursive: true, force: true });
  });
  let out = "";
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  child.stdout?.on("data", (chunk: Buffer) => {
    out += chunk.toString("utf8");
  });
  const heard = (text: string) =>
    new Promise<void>((resolve) => {
      child.stdout?.on("data", () => {
        if (out.includes(text)) resolve();
      });
    });
  return { child, cwd, out: () => out, ended, said: (text) => Promise.race([heard(text), ended.then(() => {})]) };
}

describe("the executable", () => {
  test("ends with the exit code and without colour where it is no terminal", async () => {
    const run = start(["list", "hosts"]);
    expect(await run.ended).toEqual({ code: 0, signal: null });
    expect(run.out()).toContain("heartbeat-run-durable");
    expect(run.out()).not.toContain("\u001b[");
  });

  test("Ctrl-C stops a campaign cleanly, with a report of what was done", async () => {
    const run = start(["certify", "--cases", "100000", "--time", "30s", "--only", "contract-shape", "--workers", "1"]);
    await run.said("openclaw-2026.9  ");
    run.child.kill("SIGINT");
    run.child.kill("SIGINT"); // As npx does: it passes on what the terminal has sent already.
    const { code, signal } = await run.ended;
    expect(signal).toBeNull();
    const report = JSON.parse(readFileSync(path.join(run.cwd, "ctxspec-report/report.json"), "utf8")) as {
      truncated: boolean;
      exitCode: number;
    };
    expect(report.truncated).toBe(true);
    expect(code).toBe(report.exitCode);
    expect(run.out()).toContain("an interrupt ended it. The counts say what was done.");
  });
});
