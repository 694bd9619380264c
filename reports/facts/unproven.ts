// Clauses that count and that no case put to the test: why a run without a finding is inconclusive. Judges nothing.

import type { Report } from "../../src/define/index.js";

export interface Unproven {
  clause: string;
  hosts: string[];
}

/** By clause, in the report's order. A should is not among them: a report does not say whether the run was strict. */
export function unprovenOf({ clauses }: Pick<Report, "clauses">): Unproven[] {
  const found = new Map<string, string[]>();
  for (const { id, host, level, verdict } of clauses)
    if (verdict === "inconclusive" && level !== "should") found.set(id, [...(found.get(id) ?? []), host]);
  return [...found].map(([clause, hosts]) => ({ clause, hosts }));
}

/** "compact-effective under openclaw-2026.7 and openclaw-2026.5; …"; "" for none. */
export function unprovenWords(report: Pick<Report, "clauses">): string {
  return unprovenOf(report)
    .map(({ clause, hosts }) => `${clause} under ${hosts.join(", ")}`)
    .join("; ");
}
