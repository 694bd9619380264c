// Which cases are special: aimed ones, and the rare ones with overlapping calls, kills or new processes, which cost far more time than others.
// Chosen by the case number alone, so that shards, workers and order of play change nothing.

/** A class of case: the step kinds and fields that occur in it and, but for aimed cases, nowhere else. */
export type CaseClass = "plain" | "aimed" | "overlap" | "kill" | "hard-restart";

/**
 * Every `every`-th case, at remainder `at`, is of the class: early ones, so that a short campaign has met each class. No two rows meet: aimed
 * cases are even, the others odd.
 */
export const CASE_CLASSES = {
  aimed: { every: 4, at: 0 },
  kill: { every: 50, at: 3 },
  overlap: { every: 50, at: 7 },
  "hard-restart": { every: 50, at: 11 },
} as const satisfies Record<Exclude<CaseClass, "plain">, { every: number; at: number }>;

/** The class of case `k` (a whole number from 0). */
export function classOf(k: number): CaseClass {
  for (const name of ["aimed", "kill", "overlap", "hard-restart"] as const) {
    const { every, at } = CASE_CLASSES[name];
    if (k % every === at) return name;
  }
  return "plain";
}

/** How many cases of its class come before case `k`. Dealt out by it, dear and rare cases go round like all others. */
export function rankInClass(k: number): number {
  const special = classOf(k);
  const below = ({ every, at }: { every: number; at: number }) => Math.floor((k - at - 1) / every) + 1;
  if (special !== "plain") return below(CASE_CLASSES[special]);
  return Object.values(CASE_CLASSES).reduce((rank, row) => rank - below(row), k);
}
