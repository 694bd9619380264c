// Clauses that count and of which nothing can be said: why a run without a finding is inconclusive. Judges nothing.

import type { Report, ReportClause } from "../../src/define/index.js";

/** Twins of the case say nothing, since the engine does not do the same twice. */
export const isUnsteady = ({ verdict, reason }: Pick<ReportClause, "verdict" | "reason">): boolean =>
  verdict === "inconclusive" && reason?.startsWith("the engine differs from itself") === true;

/** "compact-effective under openclaw-2026.7, openclaw-2026.5; …", in the report's order; "" for none. */
function listed(clauses: readonly ReportClause[]): string {
  const found = new Map<string, string[]>();
  for (const { id, host } of clauses) found.set(id, [...(found.get(id) ?? []), host]);
  return [...found].map(([clause, hosts]) => `${clause} under ${hosts.join(", ")}`).join("; ");
}

/** What is open and what to do about it, a clause of a sentence each. A should is not among them: a report does not say whether the run was strict. */
export function openWords({ clauses }: Pick<Report, "clauses">): string[] {
  const open = clauses.filter(({ verdict, level }) => verdict === "inconclusive" && level !== "should");
  const unproven = listed(open.filter((clause) => !isUnsteady(clause)));
  const unsteady = listed(open.filter(isUnsteady));
  return [
    ...(unproven === "" ? [] : [`not exercised: ${unproven}; more cases may reach it: raise --cases`]),
    ...(unsteady === ""
      ? []
      : [
          `not judged: ${unsteady}; the engine does not do the same twice there, and more cases will not change that: see why below`,
        ]),
  ];
}
