import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { caseText } from "../campaign/save.js";
import { PROFILE_IDS, type Report } from "../define/index.js";
import { reportSchema } from "../define/schemas.js";
import { clauseIds, engineNames, reportNames } from "../discover.js";
import { caseFor } from "../generate/index.js";
import { scratchFolder, typed } from "./terminal.fixture.js";
import { coloured } from "./terminal.js";

const QUICK = ["--host", "openclaw-2026.9", "--only", "contract-shape", "--cases", "1", "--workers", "0"];

const reportIn = (folder: string): Report =>
  reportSchema.parse(JSON.parse(readFileSync(path.join(folder, "ctxspec-report/report.json"), "utf8")));

describe("list", () => {
  test.each([
    ["clauses", clauseIds()],
    ["hosts", [...PROFILE_IDS]],
    ["engines", engineNames()],
    ["reports", reportNames()],
  ])("%s, one a line", async (what, names) => {
    const { exitCode, out } = await typed(["list", what], scratchFolder());
    expect(exitCode).toBe(0);
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => line.split(/\s/)[0]),
    ).toEqual(names);
  });
});

describe("wrong usage", () => {
  test.each([
    [["certify", "--sed", "3"], 'did you mean "--seed"'],
    [["list", "clause"], 'did you mean "clauses"'],
    [["list"], "ctxspec list --help"],
    [["explain", "isolation-tik"], 'did you mean "isolation-tick"'],
    [["certfy"], 'did you mean "certify"'],
    [["help", "explian"], 'did you mean "explain"'],
    [["check-trace", "x.json"], "ctxspec --help lists those that are"],
    [["certify", "--host", "openclaw-2026.9", "openclaw-2026.7", "x"], "separated by commas"],
    [["certify", "--profile", "openclaw-2026.9"], 'did you mean "--host"?'],
    [["selftest", "isolation-tick", "key-distinct/x"], "did you mean ctxspec selftest --only isolation-tick,key-distinct/x?"],
    [["certify", "--only", "isolation-tik"], 'did you mean "isolation-tick"'],
    [["certify", "--node", "no/such/node"], "path of a Node executable"],
    [["selftest", "--only", "isolation-tik"], 'did you mean "isolation-tick"'],
    [["selftest", "--cases", "few"], "ctxspec selftest --help"],
  ])("%j: three lines, exit 2, nothing written", async (line, hint) => {
    const folder = scratchFolder();
    const { exitCode, out, err } = await typed(line, folder);
    expect(exitCode).toBe(2);
    expect(out).toBe("");
    expect(
      err
        .trimEnd()
        .split("\n")
        .map((one) => one.slice(0, 6)),
    ).toEqual(["error:", "  why:", "  try:"]);
    expect(err).toContain(hint);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("an --out that cannot be written is found before the first case", async () => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, "taken"), "a file");
    const { exitCode, err } = await typed(["certify", "--out", "taken/report", ...QUICK], folder);
    expect(exitCode).toBe(2);
    expect(err).toContain("cannot write to");
    expect(readFileSync(path.join(folder, "taken"), "utf8")).toBe("a file");
  });
});

describe("certify", () => {
  test("writes report.json, prints a line per profile and the text report, and answers the verdict's exit code", async () => {
    const folder = scratchFolder();
    const { exitCode, out, err } = await typed(["certify", ...QUICK], folder);
    const report = reportIn(folder);
    expect(report).toMatchObject({ verdict: "conforms", exitCode: 0, run: { cases: 1, seed: 1 } });
    expect(exitCode).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^openclaw-2026\.9 +1 case, \d+ engine calls.*: no violation$/m);
    expect(out).toContain("contract-shape");
    expect(out).toContain("Report: ctxspec-report/report.json");
    expect(out).not.toContain("\u001b[");
  });

  test("--quiet leaves the lines per profile out, and formats go where they are told", async () => {
    const folder = scratchFolder();
    const { out } = await typed(["certify", "--quiet", "--report", "text=notes/r.txt,json=-", "--out", "o", ...QUICK], folder);
    expect(JSON.parse(out)).toMatchObject({ format: "ctxspec-report/1", verdict: "conforms" });
    expect(readFileSync(path.join(folder, "notes/r.txt"), "utf8")).toContain("contract-shape");
    expect(existsSync(path.join(folder, "o/report.json"))).toBe(true);
  });

  test("no case at all is inconclusive", async () => {
    const { exitCode } = await typed(["certify", ...QUICK.slice(0, 4), "--cases", "0", "--workers", "0"], scratchFolder());
    expect(exitCode).toBe(4);
  });

  test("an engine that does not exist: three lines, exit 3, and a report that says so", async () => {
    const folder = scratchFolder();
    const { exitCode, out, err } = await typed(["certify", "./nowhere.ts", "--workers", "0"], folder);
    expect(exitCode).toBe(3);
    expect(err.trimEnd().split("\n")).toHaveLength(3);
    expect(err).toContain('the engine "./nowhere.ts" does not exist');
    expect(out).toBe("Report: ctxspec-report/report.json\n");
    expect(reportIn(folder)).toMatchObject({ verdict: "error", exitCode: 3, error: { code: "engine-not-found" } });
  });

  test("says that cases of an earlier run still lie in the folder, and leaves them there", async () => {
    const folder = scratchFolder();
    mkdirSync(path.join(folder, "ctxspec-report/cases"), { recursive: true });
    const older = path.join(folder, "ctxspec-report/cases/old.case.json");
    writeFileSync(older, "{}");
    const { out } = await typed(["certify", "./nowhere.ts", "--workers", "0"], folder);
    expect(out).toContain("1 case file of earlier runs is still in ctxspec-report/cases\n");
    expect(existsSync(older)).toBe(true);
  });

  test.each([
    ["export default 5;", "engine-no-factory"],
    ["export default () => { throw new Error('no store'); };", "engine-factory-threw"],
    ["export default () => undefined;", "engine-factory-result"],
    ["export default () => ({ info: { id: 'x', name: 'x' } });", "engine-factory-result"],
    ["export default { register() {} };", "engine-nothing-registered"],
    ["import nothing from './missing.js';", "engine-import"],
  ])("an engine %s is %s, exit 3", async (content, code) => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, "engine.mjs"), content);
    const { exitCode, err } = await typed(["certify", "./engine.mjs", "--workers", "0"], folder);
    expect(err).toContain(code);
    expect(exitCode).toBe(3);
    expect(reportIn(folder).error?.code).toBe(code);
  });
});

describe("replay", () => {
  const saved = (content: string): string => {
    const folder = scratchFolder();
    mkdirSync(path.join(folder, "cases"));
    writeFileSync(path.join(folder, "cases/x.case.json"), content);
    return folder;
  };

  test("says that a case violates nothing, and draws it", async () => {
    const theCase = caseFor(1, 0, "openclaw-2026.9");
    const { exitCode, out } = await typed(
      ["replay", "cases/x.case.json", "--workers", "0", "--only", "contract-shape"],
      saved(caseText(theCase)),
    );
    expect(exitCode).toBe(0);
    expect(out).toContain("violates no clause");
    for (const step of theCase.steps) expect(out).toContain(`${step.id}  `);
  });

  test.each([
    ["not JSON", "case-invalid", "is not JSON"],
    ['{"format": "ctxspec-case/9"}', "case-newer", "this ctxspec knows"],
    ['{"format": "ctxspec-report/1"}', "case-invalid", "is a report"],
    ['{"format": "ctxspec-case/1", "steps": 3}', "case-invalid", "is not a valid case at "],
  ])("a file with %s is %s", async (content, code, message) => {
    const { exitCode, err } = await typed(["replay", "cases/x.case.json"], saved(content));
    expect(exitCode).toBe(2);
    expect(err).toContain(code);
    expect(err).toContain(message);
  });

  test("a file that is not there is case-unreadable", async () => {
    const { exitCode, err } = await typed(["replay", "cases/x.case.json"], scratchFolder());
    expect(exitCode).toBe(2);
    expect(err).toContain("case-unreadable");
  });
});

describe("doctor", () => {
  test("says how the engine was loaded, what it declares, and what applies to it", async () => {
    const { exitCode, out } = await typed(["doctor", "reference"], scratchFolder());
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^engine +Reference engine/m);
    expect(out).toMatch(/^ownsCompaction +true$/m);
    expect(out).toMatch(/^Warnings\n {2}none$/m);
    for (const id of PROFILE_IDS) expect(out).toMatch(new RegExp(`^  ${id.replaceAll(".", "\\.")} +`, "m"));
    expect(out).toMatch(/^ {4}history-commit-once: not applicable: /m);
  });

  test("warns of what is probably not meant so", async () => {
    const folder = scratchFolder();
    const engine = `export default () => ({ info: { id: "x", name: "X", acceptedHostParams: ["promt"] }, ingest() {}, assemble() {}, compact() {} });`;
    writeFileSync(path.join(folder, "engine.mjs"), engine);
    const { exitCode, out } = await typed(["doctor", "./engine.mjs"], folder);
    expect(exitCode).toBe(0);
    expect(out).toContain('did you mean "prompt"?');
  });
});

describe("selftest", () => {
  test("prints which break is killed, and when", async () => {
    const { exitCode, out } = await typed(["selftest", "--only", "key-fresh-per-tick", "--workers", "1"], scratchFolder());
    expect(out).toMatch(/^key-fresh-per-tick\/[\w-]+ +host +killed +k=\d+/m);
    expect(out).toMatch(/^(\d+) of \1 breaks killed by the clause they aim at/m);
    expect(exitCode).toBe(0);
  });
});

describe("help", () => {
  test("lists every option of certify", async () => {
    const { exitCode, out } = await typed(["certify", "--help"], scratchFolder());
    expect(exitCode).toBe(0);
    for (const flag of [
      "--host",
      "--cases",
      "--time",
      "--seed",
      "--only",
      "--skip",
      "--strict",
      "--workers",
      "--shard",
      "--call-timeout",
    ])
      expect(out).toContain(flag);
    for (const flag of [
      "--shrink-time",
      "--out",
      "--report",
      "--quiet",
      "--config",
      "--node",
      "--bail",
      "--preset",
      "--engine-id",
    ])
      expect(out).toContain(flag);
  });
});

test("colour only on a terminal, and not where NO_COLOR is set", () => {
  expect(coloured({ isTTY: true }, {})).toBe(true);
  expect(coloured({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(coloured({}, {})).toBe(false);
});
