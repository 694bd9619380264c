// The summaries of several engines: every engine with its verdict and families, and engine text that stays text.

import { describe, expect, it } from "vitest";
import type { SummaryEntry } from "../src/define/index.js";
import { summaryFormats } from "../src/discover.js";
import { comparisonOf } from "./facts/engines.js";
import { broken, failing, hostile, MARKUP, motley, passing } from "./fixtures/reports.fixture.js";
import { STYLE } from "./html/style.js";

const ENTRIES: SummaryEntry[] = [
  { engine: "reference", report: passing(), files: ["reference/report.html", "reference/report.json"] },
  { engine: "./kept-by-key.mjs", report: failing(), files: ["kept by key/report.json"] },
  { engine: "./nowhere.ts", report: broken(), files: [] },
  { engine: `./${MARKUP} | x`, report: hostile(), files: [] },
  { engine: "./motley.ts", report: motley(), files: [] },
];
const formats = await summaryFormats();
const rendered = (id: string, colour = false): string =>
  formats.find((format) => format.id === id)?.render(ENTRIES, { colour, width: 120 }) ?? "";

describe("engines by families", () => {
  it("counts a clause once, as passed where it passed under every profile that judges it", () => {
    const { families, rows } = comparisonOf(ENTRIES);
    expect(families).toContain("isolation");
    for (const { report, cells, violated } of rows) {
      expect(cells).toHaveLength(families.length);
      const judged = report.clauses.filter((clause) => clause.verdict !== "not-applicable");
      expect(cells.reduce((sum, cell) => sum + cell.judged, 0)).toBe(new Set(judged.map(({ id }) => id)).size);
      const failed = new Set(judged.filter((clause) => clause.verdict !== "passed").map(({ id }) => id));
      expect(cells.reduce((sum, cell) => sum + cell.judged - cell.passed, 0)).toBe(failed.size);
      expect(violated.length > 0).toBe(judged.some((one) => one.verdict === "violated" && one.level !== "should"));
    }
  });

  it("is given as text, Markdown and HTML", () => {
    expect(formats.map(({ id, file }) => [id, file])).toEqual([
      ["html", "summary.html"],
      ["markdown", "summary.md"],
      ["text", undefined],
    ]);
  });
});

describe("every format", () => {
  it("text: a line per engine, its columns under their heads", () => {
    const lines = rendered("text").split("\n");
    const column = lines[0]?.indexOf("isolation") ?? -1;
    expect(lines[0]).toMatch(/^engine +verdict +/);
    expect(lines[1]).toMatch(/^reference +conforms /);
    expect(lines[2]?.slice(column)).toMatch(/^\d+\/\d+ VIOLATED/);
    expect(lines[3]).toMatch(/^\.\/nowhere\.ts +error +–/);
    expect(rendered("text")).toContain("./nowhere.ts: no engine at ./nowhere.ts");
    expect(rendered("text")).not.toContain("\u001b[");
    expect(rendered("text", true)).toContain("\u001b[");
  });

  it("markdown: a table row per engine with as many cells as the head, and no markup of engines", () => {
    const table = rendered("markdown")
      .split("\n")
      .filter((line) => line.startsWith("| "));
    const cells = table.map((line) => line.replaceAll("\\|", "").split("|").length);
    expect(new Set(cells).size).toBe(1);
    expect(table).toHaveLength(ENTRIES.length + 2);
    expect(rendered("markdown")).not.toContain("<script>");
    expect(rendered("markdown")).not.toMatch(/@everyone/);
  });

  it("html: a row per engine, links to what is there, nothing fetched, no markup of engines", () => {
    const page = rendered("html");
    expect(page.split("<tr>")).toHaveLength(ENTRIES.length + 2);
    expect(page).toContain('href="./reference/report.html"');
    expect(page).toContain('href="./kept%20by%20key/report.json"');
    expect(page).toContain("<h1>1 of 5 engines conforms</h1>");
    expect(page).not.toContain(MARKUP);
    const markup = page.replace(STYLE, "");
    expect(markup).not.toMatch(/<(?:script|link|img|iframe|object|embed|base)\b/);
    expect(markup).not.toMatch(/\s(?:src|style|on\w+)="/);
  });
});
