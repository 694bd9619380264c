// The matrix of a report: clause families × host profiles, and under each family its clauses. Sums up, judges nothing.

import type { ClauseVerdict, Level, ProfileId, Report, ReportClause } from "../../src/define/index.js";
import { type Weight, weightOf } from "./violations.js";

/** How a cell looks: the clause's verdict, with a violated should apart. */
export type CellState = Exclude<ClauseVerdict, "violated"> | "violated" | "warning";

/** Worst first: what stands for a family. */
export const STATES: readonly CellState[] = [
  "violated",
  "flaky",
  "warning",
  "inconclusive",
  "excused",
  "passed",
  "not-applicable",
];

export interface ClauseRow {
  id: string;
  title: string;
  level: Level;
  /** In the order of the matrix's hosts; undefined where the clause has no entry. */
  cells: (ReportClause | undefined)[];
}

export interface FamilyCell {
  state: CellState;
  passed: number;
  /** Clauses that apply. */
  judged: number;
}

export interface Family {
  family: string;
  rows: ClauseRow[];
  cells: FamilyCell[];
}

export interface Matrix {
  hosts: ProfileId[];
  families: Family[];
}

const FAMILIES = ["keys", "isolation", "history", "assemble", "compaction", "contract", "concurrency"];

export function stateOf(clause: ReportClause): CellState {
  const weight: Weight | undefined = weightOf(clause);
  return weight === "warning" ? "warning" : clause.verdict;
}

export const worst = (states: readonly CellState[]): CellState =>
  STATES.find((state) => states.includes(state)) ?? "not-applicable";

export function matrixOf(report: Report): Matrix {
  const hosts = report.run.hosts.map((host) => host.id).filter((id) => report.clauses.some((clause) => clause.host === id));
  return { hosts, families: familiesIn([report]).map((family) => familyOf(report, family, hosts)) };
}

/** Families of the clauses in these reports, in their usual order. */
export function familiesIn(reports: readonly Report[]): string[] {
  const named = [...new Set(reports.flatMap(({ clauses }) => clauses.map((clause) => clause.family)))];
  const order = (family: string): number => (FAMILIES.includes(family) ? FAMILIES.indexOf(family) : FAMILIES.length);
  return named.sort((a, b) => order(a) - order(b));
}

function familyOf(report: Report, family: string, hosts: ProfileId[]): Family {
  const entries = report.clauses.filter((clause) => clause.family === family);
  const ids = [...new Set(entries.map((clause) => clause.id))];
  const rows = ids.flatMap((id) => {
    const cells = hosts.map((host) => entries.find((clause) => clause.id === id && clause.host === host));
    const first = cells.find((cell) => cell !== undefined);
    return first === undefined ? [] : [{ id, title: first.title, level: first.level, cells }];
  });
  const cells = hosts.map((host) => {
    const judged = entries.filter((clause) => clause.host === host && clause.verdict !== "not-applicable");
    return {
      state: worst(judged.map(stateOf)),
      passed: judged.filter((clause) => clause.verdict === "passed").length,
      judged: judged.length,
    };
  });
  return { family, rows, cells };
}
