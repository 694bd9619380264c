// The summary for GitHub's job page or a comment: verdict, matrix, every violation with its drawn case. Kept below the size GitHub takes;
// what does not fit is named with its file. Engine text cannot become markup: it stands in code or is escaped.

import { defineReport, type Report } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { matrixOf, stateOf } from "./facts/matrix.js";
import { byClause, reasonsOf, type Violation, violationsOf } from "./facts/violations.js";
import { escapedMarkdown as md, table } from "./markdown/escape.js";
import { violationLines } from "./markdown/violation.js";
import { baselineWords, meaningOf } from "./words/baseline.js";
import { cutWords } from "./words/cut.js";
import { SIGN, VERDICT_SIGN } from "./words/signs.js";
import { CLAUSE_WORDS, percent, thousands, VERDICT_WORDS } from "./words/verdicts.js";

export default defineReport({
  id: "markdown",
  about: "a summary in Markdown, for GitHub's job page",
  file: "summary.md",
  render: (report) => `${linesOf(report).join("\n")}\n`,
});

/** GitHub takes 1 MiB a step. */
const MOST_CHARACTERS = 700_000;

function linesOf(report: Report): string[] {
  return [
    ...head(report),
    ...matrix(report),
    ...violations(byClause(violationsOf(report))),
    ...baseline(report),
    ...reasons(report),
    ...foot(report),
  ];
}

function head(report: Report): string[] {
  const { engine, run, verdict, error, failureRateBound } = report;
  const name = `${engine.name || engine.source} ${engine.version}`.trim();
  const lines = [`## ${VERDICT_SIGN[verdict]} ${md(name)}: ${VERDICT_WORDS[verdict].word}`, "", meaningOf(report)];
  if (error !== undefined) lines.push("", `**${md(error.message)}** Try: ${md(error.hint)}`);
  const counts = [plural(run.cases, "case"), plural(run.steps, "step"), plural(run.engineCalls, "engine call")];
  lines.push(
    "",
    `${counts.map((words) => words.replace(/^\d+/, (digits) => thousands(Number(digits)))).join(", ")}; seed ${run.seed}, preset ${run.preset}.`,
  );
  if (failureRateBound !== undefined && verdict === "conforms")
    lines.push(`With 95% confidence at most ${percent(failureRateBound)} of such cases fail.`);
  if (report.truncated) lines.push("", `**Cut short**: ${cutWords(report)}.`);
  return [...lines, ""];
}

function matrix(report: Report): string[] {
  const { hosts, families } = matrixOf(report);
  if (families.length === 0) return [];
  const heads = hosts.map((host) => host.replace("openclaw-", ""));
  const sums = families.map(({ family, cells }) => [
    family,
    ...cells.map((cell) => (cell.judged === 0 ? SIGN["not-applicable"] : `${SIGN[cell.state]} ${cell.passed}/${cell.judged}`)),
  ]);
  const rows = families.flatMap(({ rows: clauses }) =>
    clauses.map((row) => [
      `\`${row.id}\` ${row.level}`,
      ...row.cells.map((cell) => {
        if (cell === undefined) return "";
        const count =
          cell.verdict === "passed"
            ? ` ${thousands(cell.witnessed)}×`
            : cell.verdict === "violated"
              ? ` in ${cell.violations}`
              : "";
        return `${SIGN[stateOf(cell)]}${count}`;
      }),
    ]),
  );
  return [
    ...table(["clauses passed", ...heads], sums),
    "",
    "<details><summary>Every clause</summary>",
    "",
    ...table(["clause", ...heads], rows),
    "",
    "</details>",
    "",
  ];
}

function violations(groups: Violation[][]): string[] {
  if (groups.length === 0) return [];
  const lines = ["### Violations", ""];
  let size = 0;
  for (const group of groups) {
    const written = violationLines(group);
    size += written.join("\n").length;
    const first = group[0];
    if (size <= MOST_CHARACTERS) lines.push(...written);
    else if (first !== undefined) lines.push(`- \`${first.clause.id}\`: no room for it here; see ${md(first.finding.caseFile)}`);
  }
  return [...lines, ""];
}

function baseline(report: Report): string[] {
  if (report.baseline === undefined) return [];
  const lines = baselineWords(report).map(
    ({ state, fails, clause, host, text }) => `- ${fails ? `**${state}**` : state} \`${clause}\` under ${host}: ${md(text)}`,
  );
  return [`### Baseline ${md(report.baseline.file)}`, "", ...(lines.length > 0 ? lines : ["no entries"]), ""];
}

function reasons(report: Report): string[] {
  const lines = reasonsOf(report).map(
    ({ verdict, reason, clauses }) =>
      `- ${CLAUSE_WORDS[verdict].word}: ${md(reason)} (${clauses.map((id) => `\`${id}\``).join(", ")})`,
  );
  return lines.length === 0 ? [] : ["<details><summary>Clauses without a verdict</summary>", "", ...lines, "", "</details>", ""];
}

function foot({ notJudged, tool, run, engine }: Report): string[] {
  return [
    ...run.skippedHosts.map((host) => `- ${host.id} left out: ${md(host.reason)}`),
    ...(run.skippedHosts.length > 0 ? [""] : []),
    `Not judged: ${notJudged.map(md).join("; ")}.`,
    "",
    `<sub>${tool.name} ${tool.version}, generator ${md(tool.generator)}, engine ${md(engine.source)}, Node ${md(run.node)}</sub>`,
  ];
}
