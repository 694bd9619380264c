// JUnit XML is valid by the schema CI servers use, counts right, and fails what the exit code fails.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import type { Report } from "../src/define/index.js";
import { broken, failing, hostile, motley, passing } from "./fixtures/reports.fixture.js";
import junit from "./junit.js";

const schema = readFileSync(new URL("./fixtures/junit.xsd", import.meta.url), "utf8");
const render = (report: Report): string => junit.render(report, { colour: false, width: 120 });
const count = (xml: string, tag: string): number => xml.split(`<${tag}`).length - 1;

describe("junit", () => {
  const reports: [string, () => Report][] = Object.entries({ passing, failing, hostile, motley, broken });
  it.each(reports)("is valid: %s", async (_name, make) => {
    const result = await validateXML({
      xml: [{ fileName: "junit.xml", contents: render(make()) }],
      schema: [{ fileName: "junit.xsd", contents: schema }],
    });
    expect(result.errors).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it("has a suite per profile and a case per clause", () => {
    const report = passing();
    const xml = render(report);
    expect(count(xml, "testsuite ")).toBe(report.run.hosts.length);
    expect(count(xml, "testcase ")).toBe(report.clauses.length);
    expect(count(xml, "failure")).toBe(0);
    expect(count(xml, "error")).toBe(0);
  });

  it("fails the clauses that count, and only warns of the others", () => {
    const report = failing();
    const counting = report.clauses.filter((clause) => clause.verdict === "violated" && clause.level !== "should");
    const warnings = report.clauses.filter((clause) => clause.verdict === "violated" && clause.level === "should");
    const xml = render(report);
    expect(counting.length).toBeGreaterThan(2);
    expect(warnings.length).toBeGreaterThan(0);
    expect(count(xml, "failure ")).toBe(counting.length);
    expect(xml).toContain(`failures="${counting.length}"`);
    expect(count(xml, "system-out")).toBe(warnings.length);
    expect(xml).toContain("Warning: isolation-reset under");
  });

  it("fails a violated should where nothing else explains the exit code", () => {
    const report = failing();
    const clauses = report.clauses.filter((clause) => clause.verdict !== "violated" || clause.level === "should");
    const left = clauses.filter((clause) => clause.verdict === "violated").length;
    expect(count(render({ ...report, clauses }), "failure ")).toBe(left);
  });

  it("is an error where the run ended in one", () => {
    const xml = render(broken());
    expect(xml).toContain(`tests="1" failures="0" errors="1"`);
    expect(xml).toContain("no engine at ./nowhere.ts");
  });

  it("gives the same bytes for the same run at another time", () => {
    const report = failing();
    const later = { ...report, run: { ...report.run, durationMs: 999, startedAt: "2031-05-05T05:05:05.000Z" } };
    expect(render(later)).toBe(render(report));
  });
});
