// SARIF 2.1.0 for code scanning: a rule per clause, a result per violation, the blame chain as a code flow. Findings have no line of source;
// they point to the file the engine was asked for by, or to package.json where it came as a package.

import { defineReport, type Report } from "../src/define/index.js";
import { visible } from "../src/draw/visible.js";
import { violationsOf } from "./facts/violations.js";
import { resultOf } from "./sarif/result.js";
import { createRule, type Rule } from "./sarif/rule.js";
import { fileOf } from "./words/engine-file.js";

export default defineReport({
  id: "sarif",
  about: "SARIF 2.1.0 for code scanning",
  file: "report.sarif",
  render: (report) => `${JSON.stringify(logOf(report), null, 2)}\n`,
});

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

function logOf(report: Report): unknown {
  const { tool, engine, run } = report;
  const rules = rulesOf(report);
  const uri = encodeURI(fileOf(engine.source) ?? "package.json");
  const properties = {
    engine: `${engine.name} ${engine.version}`.trim(),
    source: engine.source,
    digest: engine.digest,
    seed: run.seed,
    cases: run.cases,
    verdict: report.verdict,
  };
  return {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: tool.name, version: tool.version, rules } },
        invocations: [{ executionSuccessful: report.error === undefined, exitCode: report.exitCode, ...notices(report) }],
        results: violationsOf(report).map((violation) =>
          resultOf(violation, { uri, ruleIndex: rules.findIndex((rule) => rule.id === violation.clause.id) }),
        ),
        columnKind: "utf16CodeUnits",
        properties,
      },
    ],
  };
}

function rulesOf(report: Report): Rule[] {
  const rules = new Map<string, Rule>();
  for (const clause of report.clauses) if (!rules.has(clause.id)) rules.set(clause.id, createRule(clause));
  return [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** An error that ended the run, and clauses nothing could be said about. */
function notices({ error, clauses }: Report): Record<string, unknown> {
  const missing = clauses.filter((clause) => clause.verdict === "inconclusive" && clause.level !== "should");
  const list = [
    ...(error === undefined ? [] : [{ level: "error", message: { text: visible(`${error.message} Try: ${error.hint}`) } }]),
    ...missing.map((clause) => ({
      level: "warning",
      message: { text: visible(`${clause.id} under ${clause.host}: ${clause.reason ?? "never exercised"}`) },
      associatedRule: { id: clause.id },
    })),
  ];
  return list.length === 0 ? {} : { toolExecutionNotifications: list };
}
