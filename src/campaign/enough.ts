// Whether a profile that has used up its time has seen enough for a verdict. Says nothing about what the verdict is.

import type { Clause, Subject } from "../define/index.js";
import type { Setup } from "./course.js";
import type { HostTally } from "./tally.js";

type Asked = Pick<Setup, "clauses"> & { extent: Pick<Setup["extent"], "leastCases">; options: { strict?: boolean | undefined } };

/** Always, unless the extent asks for a least number of cases: then these, and every clause that counts exercised. */
export function isEnough({ extent, clauses, options }: Asked, subject: Subject, tally: HostTally | undefined): boolean {
  const { leastCases } = extent;
  if (leastCases === undefined) return true;
  if (tally === undefined || tally.cases < leastCases) return false;
  return clauses.every(
    (clause) =>
      !counts(clause, subject.claims, options.strict === true) ||
      (tally.clauses.get(clause.id)?.witnessed ?? 0) > 0 ||
      !clause.applies(subject, tally.facts).applies,
  );
}

function counts({ id, who, level }: Clause, claims: string[], strict: boolean): boolean {
  if (who === "host") return false;
  return level === "must" || (level === "should" ? strict : claims.includes(id));
}
