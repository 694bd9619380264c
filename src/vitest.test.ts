// Runs vitest on the example projects in docs/examples, as their authors would; they import the built package by its name.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";

interface Outcome {
  exitCode: number;
  tests: { name: string; status: string; message: string }[];
}

interface JsonReport {
  testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[];
}

const vitest = path.join(path.dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

function runExample(name: string, env: Record<string, string>): Promise<Outcome> {
  const folder = fileURLToPath(new URL(`../docs/examples/${name}`, import.meta.url));
  const scratch = mkdtempSync(path.join(tmpdir(), "ctxspec-vitest-"));
  onTestFinished(() => {
    for (const gone of [scratch, path.join(folder, "ctxspec-report")]) rmSync(gone, { recursive: true, force: true });
  });
  const results = path.join(scratch, "results.json");
  const { CTXSPEC_TEST_RESULTS: _, VITEST: _v, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [vitest, "run", "--reporter=json", `--outputFile=${results}`],
      { cwd: folder, env: { ...inherited, ...env } },
      (error, out, err) => {
        try {
          const report = JSON.parse(readFileSync(results, "utf8")) as JsonReport;
          const all = report.testResults.flatMap((file) => file.assertionResults);
          const tests = all.map(({ fullName, status, failureMessages }) => ({
            name: fullName,
            status,
            message: failureMessages.join("\n"),
          }));
          resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, tests });
        } catch (cause) {
          reject(new Error(`vitest wrote no results: ${out}${err}`, { cause }));
        }
      },
    );
  });
}

describe("describeConformance", () => {
  test("makes one test per clause and profile; what was not exercised fails, what does not apply is skipped", async () => {
    const { tests } = await runExample("vitest", { CONFORMANCE_CASES: "1" });
    const under = (profile: string) => tests.filter(({ name }) => name.startsWith(`conformance ${profile} `));
    expect(under("openclaw-2026.7").length).toBeGreaterThan(20);
    expect(under("openclaw-2026.5").length).toBe(under("openclaw-2026.7").length);
    expect(under("openclaw-2026.9")).toEqual([]);
    expect(tests.find(({ name }) => name.includes("openclaw-2026.7 contract-shape: "))?.status).toBe("passed");
    expect(tests.find(({ name }) => name.includes("openclaw-2026.7 history-commit-once: "))?.status).toBe("skipped");
    const failed = tests.filter(({ status }) => status === "failed");
    expect(failed.filter(({ message }) => !message.includes("is inconclusive: never exercised in 1 case"))).toEqual([]);
    expect(failed.length).toBeGreaterThan(0);
  });

  test("prints the requirement, the shrunk case drawn step by step, and the replay command", async () => {
    const { exitCode, tests } = await runExample("vitest-failing", {});
    expect(exitCode).toBe(1);
    expect(tests.map(({ status }) => status)).toEqual(["failed"]);
    const message = tests[0]?.message ?? "";
    expect(message).toContain("Required: An isolated run shows nothing of another run of its lane");
    expect(message).toMatch(/^ {5}s\d+ {2}isolated heartbeat tick of hb/m);
    expect(message).toMatch(/^ \(2\) +assemble /m);
    expect(message).toContain(
      "Play it again: npx ctxspec replay ctxspec-report/cases/isolation-tick--openclaw-2026.7.case.json ./engine.ts",
    );
  });
});
