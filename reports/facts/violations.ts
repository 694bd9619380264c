// The violations of a report in the order a reader should meet them, each with the weight it has in the verdict. Judges nothing.

import type { Report, ReportClause, ReportFinding } from "../../src/define/index.js";

/** counts: it decides the verdict. warning: of a should. flaky: it did not come again. excused: declared as known. */
export type Weight = "counts" | "warning" | "flaky" | "excused";
const ORDER: readonly Weight[] = ["counts", "flaky", "warning", "excused"];

export interface Violation {
  clause: ReportClause;
  finding: ReportFinding;
  weight: Weight;
  /** Unique in the report; safe as an id in HTML and XML. */
  anchor: string;
}

/** Of an entry as a whole; undefined where nothing was violated. A should weighs as a warning: a report does not say whether the run was strict. */
export function weightOf(clause: ReportClause): Weight | undefined {
  switch (clause.verdict) {
    case "violated":
      return clause.level === "should" ? "warning" : "counts";
    case "flaky":
    case "excused":
      return clause.verdict;
    case "passed":
    case "inconclusive":
    case "not-applicable":
      return undefined;
  }
}

export function violationsOf(report: Report): Violation[] {
  const all = report.clauses.flatMap((clause) => {
    const weight = weightOf(clause);
    if (weight === undefined) return [];
    return clause.findings.map((finding, n) => ({
      clause,
      finding,
      weight: weight === "counts" && finding.level === "should" ? ("warning" as const) : weight,
      anchor: `v-${clause.id}-${clause.host}${n === 0 ? "" : `-${n + 1}`}`.replace(/[^\w-]/g, "-"),
    }));
  });
  return all.sort((a, b) => ORDER.indexOf(a.weight) - ORDER.indexOf(b.weight));
}

/** Violations of one clause together: clauses in the order of their first violation. */
export function byClause(violations: readonly Violation[]): Violation[][] {
  const groups = new Map<string, Violation[]>();
  for (const violation of violations) groups.set(violation.clause.id, [...(groups.get(violation.clause.id) ?? []), violation]);
  return [...groups.values()];
}

export interface Reason {
  verdict: ReportClause["verdict"];
  reason: string;
  clauses: string[];
}

/** Why clauses were not judged, each reason once. What was only not exercised is said by profile, unless it holds for all that were played. */
export function reasonsOf(report: Report): Reason[] {
  const places = new Map<string, Omit<Reason, "clauses"> & { id: string; hosts: string[] }>();
  for (const { id, host, verdict, reason } of report.clauses) {
    if (reason === undefined || verdict === "passed" || verdict === "violated") continue;
    const key = JSON.stringify([id, verdict, reason]);
    const known = places.get(key) ?? { verdict, reason, id, hosts: [] };
    known.hosts.push(host);
    places.set(key, known);
  }
  const reasons = new Map<string, Reason>();
  for (const { verdict, reason, id, hosts } of places.values()) {
    const everywhere = verdict !== "inconclusive" || hosts.length === report.run.hosts.length;
    const said = everywhere ? reason : `${reason} under ${hosts.join(", ")}`;
    const key = `${verdict} ${said}`;
    const known = reasons.get(key) ?? { verdict, reason: said, clauses: [] };
    known.clauses.push(id);
    reasons.set(key, known);
  }
  return [...reasons.values()];
}
