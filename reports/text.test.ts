// The text a person reads in a terminal: what an engine says cannot steer it, and an inconclusive run says what is missing.

import { describe, expect, it } from "vitest";
import type { Report } from "../src/define/index.js";
import { hostile, passing } from "./fixtures/reports.fixture.js";
import text from "./text.js";
import { meaningOf } from "./words/baseline.js";

const render = (report: Report): string => text.render(report, { colour: false, width: 120 });

describe("text", () => {
  it("shows what would steer a terminal or a CI server, and lets none of it work", () => {
    const shown = render(hostile());
    expect(shown).toContain("⟨U+202E⟩");
    expect(shown).toContain("::error::owned");
    expect(shown).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(shown.split("\n").filter((line) => line.trimStart().startsWith("::"))).toEqual([]);
  });

  it("names what an inconclusive run never exercised, and no should", () => {
    const report = passing();
    const [first, second] = report.clauses.filter(({ level }) => level === "must");
    const should = report.clauses.find(({ level }) => level === "should");
    for (const clause of [first, second, should]) Object.assign(clause ?? {}, { verdict: "inconclusive" });
    const unsure: Report = { ...report, verdict: "inconclusive", exitCode: 4 };
    for (const said of [render(unsure).replace(/\s+/g, " "), meaningOf(unsure)]) {
      const listed = /not exercised: (.*?)[;.] more cases/i.exec(said)?.[1] ?? "";
      expect(listed).toContain(`${first?.id} under ${first?.host}`);
      expect(listed).toContain(`${second?.id} under ${second?.host}`);
      expect(listed).not.toContain(should?.id);
    }
  });
});
