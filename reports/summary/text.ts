// What a person reads after several engines: one line each, with its verdict and its families of clauses. The findings are in each engine's
// own report.

import pc from "picocolors";
import { defineSummary, type SummaryEntry, type Verdict } from "../../src/define/index.js";
import { type Paint, PLAIN } from "../../src/draw/lines.js";
import { visible } from "../../src/draw/visible.js";
import { cellCount, comparisonOf, type EngineRow } from "../facts/engines.js";
import type { CellState, FamilyCell } from "../facts/matrix.js";

export default defineSummary({
  id: "text",
  about: "engines by clause families, for a terminal",
  render: (entries, { colour }) => `${linesOf(entries, colour ? pc.createColors(true) : PLAIN).join("\n")}\n`,
});

/** Beside a count that is not full. */
const MARK: Record<CellState, string> = {
  passed: "",
  violated: " VIOLATED",
  warning: " warning",
  flaky: " FLAKY",
  inconclusive: " open",
  excused: " excused",
  "not-applicable": "",
};

function linesOf(entries: readonly SummaryEntry[], paint: Paint): string[] {
  const { families, rows } = comparisonOf(entries);
  const head = ["engine", "verdict", ...families];
  const cells = rows.map((row) => [visible(row.engine), row.report.verdict, ...row.cells.map(wordsOf)]);
  const widths = head.map((text, at) => Math.max(text.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (texts: string[], dress: (text: string, at: number) => string) =>
    texts
      .map((text, at) => dress(text.padEnd(widths[at] ?? 0), at))
      .join("  ")
      .trimEnd();
  return [
    paint.bold(line(head, (text) => text)),
    ...rows.map((row, at) => line(cells[at] ?? [], (text, column) => dressed(row, column, paint)(text))),
    "",
    ...rows.flatMap(moreOf),
    paint.dim("Clauses passed of those that apply, all profiles together."),
  ];
}

const wordsOf = (cell: FamilyCell): string => `${cellCount(cell)}${MARK[cell.state]}`;

function dressed(row: EngineRow, column: number, paint: Paint): (text: string) => string {
  if (column === 0) return (text) => text;
  if (column === 1) return verdictPaint(row.report.verdict, paint);
  return statePaint(row.cells[column - 2]?.state ?? "not-applicable", paint);
}

const verdictPaint = (verdict: Verdict, paint: Paint) => (verdict === "conforms" ? paint.green : paint.red);

function statePaint(state: CellState, paint: Paint): (text: string) => string {
  switch (state) {
    case "passed":
      return paint.green;
    case "violated":
    case "flaky":
      return paint.red;
    case "warning":
    case "inconclusive":
    case "excused":
      return paint.yellow;
    case "not-applicable":
      return paint.dim;
  }
}

/** What was violated, why there is no verdict, and where to look. */
function moreOf({ engine, report, violated, file }: EngineRow): string[] {
  const said = [
    ...(violated.length > 0 ? [`violates ${violated.join(", ")}`] : []),
    ...(report.error === undefined ? [] : [visible(report.error.message)]),
    ...(report.truncated ? ["cut short"] : []),
    ...(file === undefined ? [] : [`see ${file}`]),
  ];
  return said.length === 0 ? [] : [`${visible(engine)}: ${said.join("; ")}`];
}
