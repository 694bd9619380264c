// What a clause's verdict is to a CI server: passed, warned, skipped, failure or error. Follows the exit code: what made the run fail
// fails here, and nothing else does.

import type { Report, ReportClause } from "../../src/define/index.js";
import { plural } from "../../src/define/plural.js";
import { cutText, oneLine } from "../../src/draw/visible.js";
import { weightOf } from "../facts/violations.js";
import { failsByBaselineAlone } from "../words/baseline.js";
import { findingText } from "../words/finding.js";
import { CLAUSE_WORDS } from "../words/verdicts.js";

export type Outcome =
  | { kind: "passed" }
  | { kind: "warned"; text: string }
  | { kind: "skipped"; message: string }
  | { kind: "failure" | "error"; type: string; message: string; text: string };

export interface CaseResult {
  name: string;
  classname: string;
  outcome: Outcome;
}

const MOST_TEXT = 60_000;
const MOST_MESSAGE = 1_000;

/** A should fails a run only when it was strict, which shows where nothing else explains the exit code. */
function shouldCounts(report: Report): boolean {
  return (
    report.verdict === "violates" &&
    !failsByBaselineAlone(report) &&
    !report.clauses.some((clause) => weightOf(clause) === "counts")
  );
}

export function outcomeOf(clause: ReportClause, report: Report): Outcome {
  const binding = clause.level !== "should";
  switch (clause.verdict) {
    case "passed":
      return { kind: "passed" };
    case "violated": {
      const text = clause.findings.map((finding) => findingText(clause, finding)).join("\n\n");
      const said = cutText(text || `${clause.id} was violated in ${plural(clause.violations, "case")}`, MOST_TEXT);
      if (!binding && !shouldCounts(report)) return { kind: "warned", text: `Warning: ${said}` };
      return {
        kind: "failure",
        type: clause.id,
        message: oneLine(clause.findings[0]?.message ?? clause.title, MOST_MESSAGE),
        text: said,
      };
    }
    case "flaky":
    case "inconclusive": {
      const message = reasonOf(clause);
      return binding
        ? { kind: "error", type: clause.verdict, message, text: `${clause.title}\n${message}` }
        : { kind: "skipped", message };
    }
    case "excused":
    case "not-applicable":
      return { kind: "skipped", message: reasonOf(clause) };
  }
}

const reasonOf = ({ verdict, reason }: ReportClause): string =>
  oneLine(`${CLAUSE_WORDS[verdict].word}${reason === undefined ? "" : `: ${reason}`}`, MOST_MESSAGE);

export function countsOf(cases: readonly CaseResult[]): { tests: number; failures: number; errors: number; skipped: number } {
  const count = (kind: Outcome["kind"]): number => cases.filter(({ outcome }) => outcome.kind === kind).length;
  return { tests: cases.length, failures: count("failure"), errors: count("error"), skipped: count("skipped") };
}
