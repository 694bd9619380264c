// Several engines in one run: each as if it were alone, then the summary.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../define/index.js";
import { foldersFor } from "./certify-several.js";
import { scratchFolder, typed } from "./terminal.fixture.js";

const QUICK = ["--host", "openclaw-2026.9", "--only", "contract-results", "--cases", "2", "--workers", "0"];
const GOOD = `export default () => ({
  info: { id: "good", name: "Good" },
  ingest: async () => ({ ingested: false }),
  assemble: async ({ messages }) => ({ messages, estimatedTokens: 0 }),
  compact: async () => ({ ok: true, compacted: false }),
});`;
const BAD = GOOD.replace("({ messages, estimatedTokens: 0 })", "7");

function project(): string {
  const folder = scratchFolder();
  writeFileSync(path.join(folder, "good.mjs"), GOOD);
  writeFileSync(path.join(folder, "bad.mjs"), BAD);
  return folder;
}

const reportIn = (folder: string): Report => JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8")) as Report;

describe("several engines", () => {
  test("are certified in turn, each in its folder; the summary follows, and the worst exit code counts", async () => {
    const folder = project();
    const line = [
      "certify",
      "./good.mjs",
      "./bad.mjs",
      "./nowhere.mjs",
      ...QUICK,
      "--host",
      "openclaw-2026.5",
      "--report",
      "text,html",
    ];
    const { exitCode, out } = await typed(line, folder);
    expect(exitCode).toBe(3);
    const made = path.join(folder, "ctxspec-report");
    expect(readdirSync(made).sort()).toEqual(["bad", "good", "nowhere", "summary.html", "summary.md"]);
    expect(["good", "bad", "nowhere"].map((name) => reportIn(path.join(made, name)).exitCode)).toEqual([0, 1, 3]);
    expect(reportIn(path.join(made, "bad")).clauses.flatMap(({ findings }) => findings)[0]?.replay).toContain(
      "ctxspec-report/bad/cases/",
    );
    expect(out.indexOf("./good.mjs (1 of 3)")).toBeLessThan(out.indexOf("./bad.mjs (2 of 3)"));
    expect(out).toMatch(/^engine +verdict +contract$/m);
    expect(out).toMatch(/^\.\/good\.mjs +conforms +1\/1$/m);
    expect(out).toMatch(/^\.\/bad\.mjs +violates +0\/1 VIOLATED$/m);
    expect(out).toMatch(/^\.\/nowhere\.mjs +error +–$/m);
    expect(out).toContain("./bad.mjs: violates contract-results; see bad/report.html");
    expect(out).toContain("Summary: ctxspec-report/summary.html, ctxspec-report/summary.md");
    expect(readFileSync(path.join(made, "summary.md"), "utf8")).toContain("| ./good.mjs | ✅ conforms | ✅ 1/1 |");
    expect(readFileSync(path.join(made, "summary.html"), "utf8")).toContain('href="./bad/report.html"');
  });

  test("one engine is as it always was", async () => {
    const folder = project();
    const { exitCode, out } = await typed(["certify", "./good.mjs", ...QUICK, "--host", "openclaw-2026.5"], folder);
    expect(exitCode).toBe(0);
    expect(existsSync(path.join(folder, "ctxspec-report/report.json"))).toBe(true);
    expect(readdirSync(path.join(folder, "ctxspec-report"))).toEqual(["report.json"]);
    expect(out).not.toContain("Summary");
  });

  test.each([
    [["./good.mjs", "./good.mjs"], "the engine ./good.mjs is named twice"],
    [["./good.mjs", "./bad.mjs", "--report", "html=one.html"], "--report html=one.html names one file"],
    [["./good.mjs", "isolation-tick"], "isolation-tick stands among the engines, but is a clause"],
    [["./good.mjs", "./bad.mjs", "--out", "good.mjs"], "cannot write to"],
  ])("%j is refused before the first engine", async (line, words) => {
    const folder = project();
    const { exitCode, out, err } = await typed(["certify", ...line], folder);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(err).toContain(words);
    expect(readdirSync(folder).sort()).toEqual(["bad.mjs", "good.mjs"]);
  });

  test("get folders after what they are called, and none twice", () => {
    expect(foldersFor(["./a/engine.ts", "b/engine.mjs", "@scope/name", "reference", ".", "./x y/é!"])).toEqual([
      "engine",
      "engine-2",
      "scope-name",
      "reference",
      "engine-3",
      "engine-4",
    ]);
  });
});

describe("--report", () => {
  test("may be given several times, each with its path", async () => {
    const folder = project();
    const wishes = ["--report", "text=a.txt", "--report", "html=pages/b.html,junit", "--report", "ndjson=-"];
    const { out } = await typed(["certify", "reference", ...QUICK, ...wishes], folder);
    expect(
      out
        .trim()
        .split("\n")
        .map((one) => (JSON.parse(one) as { event: string }).event),
    ).toContain("run");
    for (const file of ["a.txt", "pages/b.html", "ctxspec-report/junit.xml", "ctxspec-report/report.json"])
      expect(existsSync(path.join(folder, file)), file).toBe(true);
  });

  test.each([
    ["text=a.txt,markdown=a.txt", "--report writes markdown over text"],
    ["html=ctxspec-report/report.json", "--report writes html over report.json"],
  ])("%s: two formats in one file are refused", async (wish, words) => {
    const folder = project();
    const { exitCode, err } = await typed(["certify", "reference", ...QUICK, "--report", wish], folder);
    expect(exitCode).toBe(2);
    expect(err).toContain(words);
    expect(readdirSync(folder).sort()).toEqual(["bad.mjs", "good.mjs"]);
  });
});
