// Workflow commands that GitHub Actions turns into annotations: an error or a warning per violated clause, a notice with the verdict.
// Printed to stdout, where GitHub reads them. Nothing an engine wrote can end a line or start a command.

import { defineReport, type Report } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { cutText, visible } from "../src/draw/visible.js";
import { byClause, type Violation, violationsOf } from "./facts/violations.js";
import { baselineWords, meaningOf } from "./words/baseline.js";
import { fileOf } from "./words/engine-file.js";

export default defineReport({
  id: "annotations",
  about: "GitHub annotations: an error or warning per violated clause",
  render: (report) => `${linesOf(report).join("\n")}\n`,
});

/** GitHub cuts longer messages. */
const MOST_MESSAGE = 3_000;
const COMMAND = { counts: "error", flaky: "error", warning: "warning", excused: "notice" } as const;

function linesOf(report: Report): string[] {
  const file = fileOf(report.engine.source);
  const where = file === undefined ? {} : { file };
  const lines = byClause(violationsOf(report)).map((group) => lineOf(group, where));
  const { engine, verdict, run, error } = report;
  for (const { state, clause, host, text } of baselineWords(report).filter(
    (one) => one.state === "stale" || one.state === "expired",
  ))
    lines.push(command("error", { title: `ctxspec: ${state} entry of the baseline` }, `${clause} under ${host}: ${text}`));
  if (error !== undefined)
    lines.push(command("error", { ...where, title: `ctxspec: ${error.code}` }, `${error.message}\nTry: ${error.hint}`));
  const words = `${engine.name || engine.source} ${engine.version}`.trim();
  const counts = `${plural(run.cases, "case")} under ${plural(run.hosts.length, "profile")}, seed ${run.seed}`;
  lines.push(command("notice", { title: `ctxspec: ${verdict}` }, `${words}: ${meaningOf(report)} (${counts})`));
  return lines;
}

function lineOf(group: readonly Violation[], where: Record<string, string>): string {
  const first = group[0];
  if (first === undefined) return "";
  const { clause, finding, weight } = first;
  const hosts = [...new Set(group.map((one) => one.clause.host))];
  const message = [
    finding.message,
    `required: ${clause.title}`,
    `expected: ${finding.expected}`,
    `actual: ${finding.actual}`,
    `under: ${hosts.join(", ")}`,
    `play it again: ${finding.replay}`,
  ].join("\n");
  return command(
    COMMAND[weight],
    { ...where, title: `${clause.id} (${clause.level})${weight === "flaky" ? ", flaky" : ""}` },
    message,
  );
}

function command(name: "error" | "warning" | "notice", properties: Record<string, string>, message: string): string {
  const written = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(visible(value))}`);
  return `::${name} ${written.join(",")}::${escaped(visible(cutText(message, MOST_MESSAGE)))}`;
}

const escaped = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapedProperty = (text: string): string => escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
