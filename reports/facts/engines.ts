// Several engines side by side: engines × clause families, all profiles together. Sums up, judges nothing.

import type { Report, SummaryEntry } from "../../src/define/index.js";
import { type FamilyCell, familiesIn, stateOf, worst } from "./matrix.js";

export interface EngineRow {
  engine: string;
  /** Name and version, as the engine calls itself. */
  name: string;
  report: Report;
  /** Where to look further; undefined where nothing was written. */
  file: string | undefined;
  /** In the order of the families; clauses are counted once, whatever the number of profiles. */
  cells: FamilyCell[];
  /** Ids of the clauses that were violated and count. */
  violated: string[];
}

export interface Comparison {
  families: string[];
  rows: EngineRow[];
}

export function comparisonOf(entries: readonly SummaryEntry[]): Comparison {
  const families = familiesIn(entries.map(({ report }) => report));
  const rows = entries.map(({ engine, report, files }) => ({
    engine,
    name: `${report.engine.name || report.engine.source} ${report.engine.version}`.trim(),
    report,
    file: files[0],
    cells: families.map((family) => cellOf(report, family)),
    violated: [...new Set(report.clauses.filter((clause) => stateOf(clause) === "violated").map(({ id }) => id))],
  }));
  return { families, rows };
}

/** A clause passed where it passed under every profile to which it applies. */
function cellOf(report: Report, family: string): FamilyCell {
  const judged = report.clauses.filter((clause) => clause.family === family && clause.verdict !== "not-applicable");
  const ids = [...new Set(judged.map(({ id }) => id))];
  const passed = ids.filter((id) => judged.every((clause) => clause.id !== id || clause.verdict === "passed"));
  return { state: worst(judged.map(stateOf)), passed: passed.length, judged: ids.length };
}

/** "3/4", or a dash where nothing applies. */
export const cellCount = ({ passed, judged }: FamilyCell): string => (judged === 0 ? "–" : `${passed}/${judged}`);
