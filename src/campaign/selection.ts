// Which clauses a run judges by, and which profiles it plays, from what the user asked for. Unknown names are errors that name the nearest.

import { type Clause, CtxspecError, PROFILE_IDS } from "../define/index.js";
import { didYouMean } from "../load/nearest.js";
import { LOSS_CLAUSE } from "./lost.js";
import type { HostTally } from "./tally.js";

/** The clauses of `only` without those of `skip`. Host clauses always stay: they check the harness. */
export function selectClauses(all: Clause[], only: string[] | undefined, skip: string[] | undefined): Clause[] {
  const ids = all.map((clause) => clause.id);
  for (const id of [...(only ?? []), ...(skip ?? [])]) {
    if (ids.includes(id)) continue;
    throw new CtxspecError(
      "usage-clause",
      `there is no clause "${id}"`,
      `${didYouMean(id, ids)}ctxspec list clauses shows all of them.`,
    );
  }
  const isChosen = ({ id }: Clause) => (only === undefined || only.length === 0 || only.includes(id)) && !skip?.includes(id);
  const chosen = all.filter((clause) => clause.who === "host" || isChosen(clause));
  if (all.some(({ who }) => who === "engine") && !chosen.some(({ who }) => who === "engine"))
    throw new CtxspecError(
      "usage-clause",
      "no clause about the engine is left to judge by",
      "--only has to name at least one of them that --skip does not take out again; the key-routing clauses are about the host.",
    );
  return chosen;
}

/** Clauses of the report: those that were chosen, and the one every lost process violates. */
export function reportedClauses(all: Clause[], chosen: string[], tallies: Pick<HostTally, "clauses">[]): Clause[] {
  const lost = tallies.some(({ clauses }) => (clauses.get(LOSS_CLAUSE)?.violations ?? 0) > 0);
  return all.filter((clause) => chosen.includes(clause.id) || (lost && clause.id === LOSS_CLAUSE));
}

export function checkHosts(hosts: string[] | undefined): void {
  for (const id of hosts ?? []) {
    if ((PROFILE_IDS as readonly string[]).includes(id)) continue;
    throw new CtxspecError(
      "usage-host",
      `there is no host profile "${id}"`,
      `${didYouMean(id, PROFILE_IDS)}Profiles: ${PROFILE_IDS.join(", ")}.`,
    );
  }
}

/** A claim that is not made binds nobody. */
export function binding(clause: Clause, claims: string[]): boolean {
  return clause.level !== "claim" || clause.unclaimed === "should" || claims.includes(clause.id);
}
