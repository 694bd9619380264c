// What a person reads: the verdict, a table clause × profile, and for every violation the requirement, the shrunk case drawn step by
// step with the blame chain marked, and the command that plays it again.

import pc from "picocolors";
import { defineReport, type Event, type Report, type ReportClause, type ReportFinding } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { briefly } from "../src/draw/brief.js";
import { drawCase } from "../src/draw/case-drawing.js";
import { drawnText, type Paint, PLAIN, wrap } from "../src/draw/lines.js";
import { allVisible, withoutCommands } from "../src/draw/visible.js";
import { isUnsteady, openWords } from "./facts/unproven.js";
import { reasonsOf } from "./facts/violations.js";
import { baselineWords, failsByBaselineAlone, meaningOf } from "./words/baseline.js";
import { cutWords } from "./words/cut.js";

const MARK: Record<ReportClause["verdict"], string> = {
  passed: "ok",
  violated: "VIOLATED",
  inconclusive: "not exercised",
  flaky: "FLAKY",
  excused: "excused",
  "not-applicable": "-",
};

const markOf = (clause: Pick<ReportClause, "verdict" | "reason">): string =>
  isUnsteady(clause) ? "not judged" : MARK[clause.verdict];

const VERDICT_WORDS: Record<Report["verdict"], string> = {
  conforms: "conforms: no must clause that applies was violated, and each was exercised",
  violates: "violates: at least one clause that counts was violated",
  inconclusive:
    "inconclusive: a must clause that applies was never exercised or could not be judged, so nothing can be said for it",
  flaky: "flaky: a violation was seen that did not come again when its case was replayed",
  error: "error: no verdict on the engine",
};

const LEVEL_SAID: Record<ReportClause["level"], string> = {
  must: "must",
  should: "should",
  claim: "a must, for the engine or what it declares claims it",
};

export default defineReport({
  id: "text",
  about: "what a person reads: verdict, table, violations drawn step by step",
  render: (report, options) => render(allVisible(report), paintFor(options.colour), options.width),
});

function paintFor(colour: boolean): Paint {
  if (!colour) return PLAIN;
  const c = pc.createColors(true);
  return { bold: c.bold, dim: c.dim, red: c.red, green: c.green, yellow: c.yellow };
}

function render(report: Report, paint: Paint, width: number): string {
  const lines = [
    ...head(report, paint),
    ...errorLines(report, paint),
    ...table(report, paint),
    ...violations(report, paint, width),
    ...baseline(report, paint, width),
    ...foot(report, paint),
  ];
  return `${withoutCommands(lines.join("\n"))}\n`;
}

function whyInconclusive(report: Report): string {
  if (report.verdict !== "inconclusive") return "";
  if (report.run.cases + report.run.extraCases === 0) return "no case was played";
  if (report.clauses.every(({ verdict }) => verdict === "not-applicable")) return "none of the clauses that were chosen applies";
  return openWords(report).join("; ");
}

function head(report: Report, paint: Paint): string[] {
  const { engine, run } = report;
  const colour = report.verdict === "conforms" ? paint.green : paint.red;
  return [
    `${paint.bold(`${engine.name || engine.source} ${engine.version}`.trim())}  (${engine.source})`,
    colour(
      paint.bold(failsByBaselineAlone(report) ? `violates the baseline: ${meaningOf(report)}` : VERDICT_WORDS[report.verdict]),
    ),
    ...wrap(whyInconclusive(report), 140, "  "),
    `${plural(run.cases, "case")}${run.extraCases > 0 ? ` and ${run.extraCases} saved` : ""}, ${plural(run.steps, "step")}, ${plural(run.engineCalls, "engine call")}; seed ${run.seed}, ${(run.durationMs / 1000).toFixed(1)} s${report.truncated ? paint.yellow("; cut short, see below") : ""}`,
    ...run.hosts.map((host) => `  ${host.id.padEnd(24)} ${plural(host.cases, "case")}  (${host.reason})`),
    ...run.skippedHosts.map((host) => paint.dim(`  ${host.id.padEnd(24)} left out: ${host.reason}`)),
    "",
  ];
}

function errorLines(report: Report, paint: Paint): string[] {
  if (!report.error) return [];
  return [paint.red(report.error.message), `  try: ${report.error.hint}`, ""];
}

function table(report: Report, paint: Paint): string[] {
  const hosts = report.run.hosts.map((host) => host.id).filter((id) => report.clauses.some((clause) => clause.host === id));
  const ids = [...new Set(report.clauses.map((clause) => clause.id))];
  if (ids.length === 0) return [];
  const wide = Math.max(...ids.map((id) => id.length), 10) + 2;
  const lines = [`${"".padEnd(wide + 8)}${hosts.map((host) => host.replace("openclaw-", "").padEnd(23)).join("")}`];
  for (const id of ids) {
    const rows = report.clauses.filter((clause) => clause.id === id);
    const cells = hosts.map((host) =>
      cell(
        rows.find((row) => row.host === host),
        paint,
      ),
    );
    // Where only its weaker part is violated, a clause is a should under that profile; the column names what it is at its strongest.
    const level = rows.find((row) => row.level !== "should")?.level ?? rows[0]?.level ?? "";
    lines.push(`${id.padEnd(wide)}${level.padEnd(8)}${cells.join("")}`.trimEnd());
  }
  return [...lines, "", ...reasons(report, paint)];
}

function cell(row: ReportClause | undefined, paint: Paint): string {
  if (!row) return "".padEnd(23);
  const count = row.verdict === "passed" ? ` ${row.witnessed}×` : row.verdict === "violated" ? ` in ${row.violations}` : "";
  const mark = row.verdict === "violated" && row.level === "should" ? "warning" : markOf(row);
  const text = `${mark}${count}`.padEnd(23);
  switch (row.verdict) {
    case "passed":
      return paint.green(text);
    case "violated":
      return row.level === "should" ? paint.yellow(text) : paint.red(text);
    case "flaky":
      return paint.red(text);
    case "inconclusive":
    case "excused":
      return paint.yellow(text);
    case "not-applicable":
      return paint.dim(text);
  }
}

function reasons(report: Report, paint: Paint): string[] {
  const lines = reasonsOf(report).flatMap(({ verdict, reason, clauses }) => {
    const mark = verdict === "not-applicable" ? "not applicable" : markOf({ verdict, reason });
    return wrap(`${mark}: ${reason} (${clauses.join(", ")})`, 140, "  ").map(paint.dim);
  });
  return lines.length > 0 ? [...lines, ""] : [];
}

function violations(report: Report, paint: Paint, width: number): string[] {
  return report.clauses.flatMap((clause) => clause.findings.flatMap((finding) => violation(clause, finding, paint, width)));
}

function violation(clause: ReportClause, finding: ReportFinding, paint: Paint, width: number): string[] {
  const shrunk = finding.steps === finding.shrunkFrom ? "" : `, shrunk from ${finding.shrunkFrom}`;
  const proven = finding.minimal ? "; without any one of them it does not happen" : "";
  const level = finding.level === "should" ? "a warning" : LEVEL_SAID[clause.level];
  return [
    paint.red(paint.bold(`${clause.id} under ${clause.host} (${level})`)),
    ...wrap(`Required: ${clause.title}`, width, "  "),
    ...wrap(`What happened: ${finding.message}`, width, "  "),
    ...wrap(`expected: ${finding.expected}`, width, "    "),
    ...wrap(`actual:   ${finding.actual}`, width, "    "),
    ...written(finding, width),
    "",
    `  The case: ${plural(finding.steps, "step")}${shrunk}${proven}. The numbers in the margin lead to the finding.`,
    ...drawnText(briefly(drawn(finding), finding.minimal), paint, Math.max(80, width)),
    "",
    `  Play it again: ${finding.replay}`,
    "",
  ];
}

const drawn = ({ case: theCase, events, at, blame }: ReportFinding) =>
  drawCase({ case: theCase, events: events as unknown as Event[], at, blame });

/** What became of each known violation, and what to do. */
function baseline(report: Report, paint: Paint, width: number): string[] {
  if (report.baseline === undefined) return [];
  const lines = baselineWords(report).flatMap(({ state, fails, clause, host, text }) =>
    wrap(`${fails ? state.toUpperCase() : state} ${clause} under ${host}: ${text}`, width, "  ").map(
      fails ? paint.red : paint.dim,
    ),
  );
  return [paint.bold(`Baseline ${report.baseline.file}`), ...(lines.length > 0 ? lines : ["  no entries"]), ""];
}

/** What the engine wrote, each line quoted: nothing of it may steer a terminal. */
function written({ output }: ReportFinding, width: number): string[] {
  const lines = (output ?? "").split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-5).flatMap((line) => wrap(`it wrote: ${JSON.stringify(line)}`, width, "    "));
}

function foot(report: Report, paint: Paint): string[] {
  const lines: string[] = [];
  if (report.truncated)
    lines.push(...wrap(`Cut short: ${cutWords(report)}. The counts say what was done.`, 140).map(paint.yellow));
  if (report.coverage.unsettled > 0)
    lines.push(`After ${plural(report.coverage.unsettled, "step")} the engine's background work was still running.`);
  for (const [host, missing] of Object.entries(report.coverage.unexercised))
    if (missing.length > 0) lines.push(...wrap(`Not exercised under ${host}: ${missing.join(", ")}`, 140).map(paint.dim));
  for (const note of report.engine.notes) lines.push(paint.dim(`note: ${note}`));
  if (report.failureRateBound !== undefined && report.verdict === "conforms")
    lines.push(
      `No violation in ${plural(report.run.cases, "case")}: with 95% confidence at most ${(report.failureRateBound * 100).toFixed(3)}% of such cases fail.`,
    );
  lines.push(paint.dim(`Not judged: ${report.notJudged.join("; ")}.`));
  return lines;
}
