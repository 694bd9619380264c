// Several engines in one table, for GitHub's job page: engines by clause families, each engine's verdict and its violated clauses.
// Text of engines cannot become markup.

import { defineSummary, type SummaryEntry } from "../../src/define/index.js";
import { plural } from "../../src/define/plural.js";
import { cellCount, comparisonOf, type EngineRow } from "../facts/engines.js";
import { code, escapedMarkdown as md, table } from "../markdown/escape.js";
import { cutWords } from "../words/cut.js";
import { SIGN, VERDICT_SIGN } from "../words/signs.js";
import { VERDICT_WORDS } from "../words/verdicts.js";

export default defineSummary({
  id: "markdown",
  about: "engines by clause families, in Markdown",
  file: "summary.md",
  render: (entries) => `${linesOf(entries).join("\n")}\n`,
});

function linesOf(entries: readonly SummaryEntry[]): string[] {
  const { families, rows } = comparisonOf(entries);
  const cells = rows.map(({ engine, report, cells: counts }) => [
    md(engine),
    `${VERDICT_SIGN[report.verdict]} ${report.verdict}`,
    ...counts.map((cell) => (cell.judged === 0 ? SIGN["not-applicable"] : `${SIGN[cell.state]} ${cellCount(cell)}`)),
  ]);
  return [
    "## Engines by clause families",
    "",
    ...table(["engine", "verdict", ...families], cells),
    "",
    "Clauses passed of those that apply, all profiles together.",
    "",
    ...rows.map(aboutRow),
  ];
}

function aboutRow({ engine, name, report, violated, file }: EngineRow): string {
  const { run, error } = report;
  const said = [
    VERDICT_WORDS[report.verdict].meaning,
    ...(violated.length > 0 ? [`Violated: ${violated.map((id) => `\`${id}\``).join(", ")}.`] : []),
    ...(error === undefined ? [] : [`${md(error.message)} Try: ${md(error.hint)}`]),
    ...(report.truncated ? [`**Cut short**: ${cutWords(report)}.`] : []),
    `${plural(run.cases, "case")}, seed ${run.seed}.`,
    ...(file === undefined ? [] : [`See ${code(file)}.`]),
  ];
  return `- **${md(engine)}** (${md(name)}): ${said.join(" ")}`;
}
