// One JSON object a line, for streams and log search: run, host, clause, finding, harness, end. The histories of findings stay in report.json;
// durations and dates too, so that the same run gives the same bytes.

import { defineReport, type Report, type ReportClause } from "../src/define/index.js";

export default defineReport({
  id: "ndjson",
  about: "one JSON event a line: run, host, clause, finding, end",
  file: "report.ndjson",
  render: (report) =>
    `${eventsOf(report)
      .map((event) => JSON.stringify(event))
      .join("\n")}\n`,
});

export const NDJSON_FORMAT = "ctxspec-events/1";

type Line = { event: "run" | "host" | "skipped-host" | "clause" | "finding" | "harness" | "unexercised" | "end" } & Record<
  string,
  unknown
>;

function eventsOf(report: Report): Line[] {
  const { engine, run, tool, coverage } = report;
  const { hosts, skippedHosts, durationMs: _took, startedAt: _when, ...counts } = run;
  return [
    { event: "run", format: NDJSON_FORMAT, tool, engine, ...counts },
    ...hosts.map((host): Line => ({ event: "host", ...host })),
    ...skippedHosts.map((host): Line => ({ event: "skipped-host", ...host })),
    ...report.clauses.flatMap(clauseEvents),
    ...report.harness.map((check): Line => ({ event: "harness", ...check })),
    ...Object.entries(coverage.unexercised).map(([host, obligations]): Line => ({ event: "unexercised", host, obligations })),
    {
      event: "end",
      verdict: report.verdict,
      exitCode: report.exitCode,
      truncated: report.truncated,
      ...(report.truncatedBy === undefined ? {} : { truncatedBy: report.truncatedBy }),
      ...(report.failureRateBound === undefined ? {} : { failureRateBound: report.failureRateBound }),
      ...(report.error === undefined ? {} : { error: report.error }),
      unsettled: coverage.unsettled,
      notJudged: report.notJudged,
    },
  ];
}

function clauseEvents({ findings, ...clause }: ReportClause): Line[] {
  return [
    { event: "clause", ...clause },
    ...findings.map(
      ({ events: _history, ...finding }): Line => ({ event: "finding", clause: clause.id, host: clause.host, ...finding }),
    ),
  ];
}
