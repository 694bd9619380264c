import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { dirSync } from "tmp-promise";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCase } from "./case-file.js";
import { certifyWith } from "./run.js";
import { caseText, prepareOut, saveReport, writeWhole } from "./save.js";
import { caseOf, limitClause, stubEngine, stubParts, turn } from "./stand-in.fixture.js";

let folder: string;
beforeEach(() => {
  folder = dirSync({ unsafeCleanup: true }).name;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  const full = path.join(folder, name);
  writeFileSync(full, text);
  return full;
};

describe("reading a case", () => {
  const theCase = caseOf([turn("s1", 1)]);

  it("gives back what was saved", () => {
    expect(readCase(file("a.case.json", caseText(theCase)))).toEqual(theCase);
  });

  it.each([
    ["a file that is not JSON", "{", "case-invalid", "is not JSON"],
    ["JSON of another kind", '{"a":1}', "case-invalid", "found no format"],
    ["JSON that is no object", "null", "case-invalid", "found no format"],
    ["a report", '{"format":"ctxspec-report/1"}', "case-invalid", "is a report, not a case"],
    ["a case of a newer format", '{"format":"ctxspec-case/2"}', "case-newer", "ctxspec-case/2"],
    ["a misshapen case", JSON.stringify({ ...theCase, steps: [{ id: "s1" }] }), "case-invalid", "at steps.0"],
    ["a case for an unknown host", JSON.stringify({ ...theCase, host: "x" }), "case-invalid", 'it is "x"'],
    [
      "a step of no known kind",
      JSON.stringify({ ...theCase, steps: [{ ...theCase.steps[0], kind: "trun" }] }),
      "case-invalid",
      'it is "trun"',
    ],
    [
      "a step id that is used twice",
      JSON.stringify({ ...theCase, steps: [theCase.steps[0], theCase.steps[0]] }),
      "case-invalid",
      "s1 is the id of another step, too",
    ],
  ])("says what is wrong with %s", (_name, text, code, message) => {
    expect(() => readCase(file("b.case.json", text))).toThrow(
      expect.objectContaining({ code, exitCode: 2, message: expect.stringContaining(message) }),
    );
  });

  it("says that there is no file", () => {
    expect(() => readCase(path.join(folder, "none.json"))).toThrow(
      expect.objectContaining({ code: "case-unreadable", exitCode: 2 }),
    );
  });
});

describe("saving a report", () => {
  it("writes the failing cases and report.json, and nothing half", async () => {
    const report = await certifyWith(stubParts([limitClause("limit", 52)]), { engine: stubEngine.adapter, cases: 20 });
    prepareOut(path.join(folder, "out"));
    const written = saveReport(path.join(folder, "out"), report);
    expect(written).toEqual([
      "cases/limit--openclaw-2026.9.case.json",
      "cases/limit--heartbeat-run-durable.case.json",
      "report.json",
    ]);
    expect(JSON.parse(readFileSync(path.join(folder, "out", "report.json"), "utf8"))).toMatchObject({ verdict: "violates" });
    const finding = report.clauses[0]?.findings[0];
    expect(readCase(path.join(folder, "out", written[0] ?? ""))).toEqual(finding?.case);
    expect(readdirSync(path.join(folder, "out")).sort()).toEqual(["cases", "report.json"]);
  });

  it("leaves the old file where the new one cannot be written", () => {
    const old = file("old.txt", "old");
    mkdirSync(`${old}.${process.pid}.tmp`);
    expect(() => writeWhole(old, "new")).toThrow();
    expect(readFileSync(old, "utf8")).toBe("old");
  });

  it("never puts a file in the place of a device, a pipe or a socket", async () => {
    const place = path.join(folder, "socket");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(place, resolve));
    try {
      expect(() => writeWhole(place, "text")).toThrow(expect.objectContaining({ code: "out-unwritable" }));
      expect(lstatSync(place).isSocket()).toBe(true);
      expect(readdirSync(folder)).toEqual(["socket"]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("finds out before the first case that the folder cannot be written", () => {
    const inTheWay = file("out", "a file");
    expect(() => prepareOut(inTheWay)).toThrow(expect.objectContaining({ code: "out-unwritable", exitCode: 2 }));
    expect(() => prepareOut(path.join(inTheWay, "deeper"))).toThrow(expect.objectContaining({ code: "out-unwritable" }));
  });

  it.skipIf(process.getuid?.() === 0)("a folder without permission", () => {
    chmodSync(folder, 0o500);
    expect(() => prepareOut(path.join(folder, "out"))).toThrow(expect.objectContaining({ code: "out-unwritable" }));
    expect(existsSync(path.join(folder, "out"))).toBe(false);
    chmodSync(folder, 0o700);
  });
});
