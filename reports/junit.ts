// JUnit XML as CI servers read it: a suite per host profile, a case per clause. What decides the verdict fails; a warning is told in the
// output of its case; what was not judged is skipped. Times are zero, so that the same run gives the same bytes.

import { defineReport, type Report, type ReportClause } from "../src/define/index.js";
import { type CaseResult, countsOf, type Outcome, outcomeOf } from "./junit/outcome.js";
import { baselineWords } from "./words/baseline.js";
import { attributes, xmlText } from "./words/xml.js";

export default defineReport({
  id: "junit",
  about: "JUnit XML for CI servers: a suite per profile, a case per clause",
  file: "junit.xml",
  render,
});

interface Suite {
  name: string;
  cases: CaseResult[];
}

function render(report: Report): string {
  const suites = suitesOf(report);
  const all = countsOf(suites.flatMap((suite) => suite.cases));
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites${attributes({ name: "ctxspec", tests: all.tests, failures: all.failures, errors: all.errors, time: 0 })}>
${suites.map((suite) => suiteXml(suite, report)).join("\n")}
</testsuites>
`;
}

function suitesOf(report: Report): Suite[] {
  const suites = report.run.hosts
    .map((host) => ({
      name: `ctxspec ${host.id}`,
      cases: report.clauses.filter((clause) => clause.host === host.id).map((clause) => caseOf(clause, report)),
    }))
    .filter((suite) => suite.cases.length > 0);
  const { error } = report;
  if (error === undefined && suites.length > 0) return [...suites, ...baselineSuites(report)];
  const text = error === undefined ? "No case ran, so no clause was judged." : `${error.message}\nTry: ${error.hint}`;
  const outcome: Outcome = { kind: "error", type: error?.code ?? "inconclusive", message: error?.message ?? text, text };
  return [...suites, { name: "ctxspec", cases: [{ name: "the run", classname: "ctxspec.run", outcome }] }];
}

/** Entries of a baseline that no longer hold fail the run, so they fail here. */
function baselineSuites(report: Report): Suite[] {
  const cases = baselineWords(report)
    .filter(({ state }) => state === "stale" || state === "expired")
    .map(({ state, clause, host, text }): CaseResult => {
      const outcome: Outcome = {
        kind: "failure",
        type: `baseline-${state}`,
        message: text,
        text: `${clause} under ${host}: ${text}`,
      };
      return { name: `${clause}: ${state}`, classname: `ctxspec.baseline.${host.replaceAll(".", "_")}`, outcome };
    });
  return cases.length === 0 ? [] : [{ name: "ctxspec baseline", cases }];
}

const caseOf = (clause: ReportClause, report: Report): CaseResult => ({
  name: clause.id,
  classname: `ctxspec.${clause.host.replaceAll(".", "_")}.${clause.family}`,
  outcome: outcomeOf(clause, report),
});

function suiteXml({ name, cases }: Suite, { engine, run, tool }: Report): string {
  const { tests, failures, errors, skipped } = countsOf(cases);
  const properties = {
    engine: `${engine.name} ${engine.version}`.trim(),
    "engine source": engine.source,
    "engine digest": engine.digest,
    seed: run.seed,
    preset: run.preset,
    tool: `${tool.name} ${tool.version}`,
  };
  return `  <testsuite${attributes({ name, tests, failures, errors, skipped, time: 0 })}>
    <properties>
${Object.entries(properties)
  .map(([key, value]) => `      <property${attributes({ name: key, value })}/>`)
  .join("\n")}
    </properties>
${cases.map(caseXml).join("\n")}
  </testsuite>`;
}

function caseXml({ name, classname, outcome }: CaseResult): string {
  const open = `    <testcase${attributes({ name, classname, time: 0 })}`;
  switch (outcome.kind) {
    case "passed":
      return `${open}/>`;
    case "warned":
      return `${open}>\n      <system-out>${xmlText(outcome.text)}</system-out>\n    </testcase>`;
    case "skipped":
      return `${open}>\n      <skipped${attributes({ message: outcome.message })}/>\n    </testcase>`;
    case "failure":
    case "error":
      return `${open}>\n      <${outcome.kind}${attributes({ type: outcome.type, message: outcome.message })}>${xmlText(outcome.text)}</${outcome.kind}>\n    </testcase>`;
  }
}
