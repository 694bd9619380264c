// Which clauses a case with overlapping steps can be judged by. The others read a history as one thing after another; what overlaps is
// compared with every one-after-another order by the concurrency clauses.

import type { Case, Clause } from "../define/index.js";

const ORDER_FREE = new Set(["isolation-session", "isolation-tick", "key-distinct"]);

export function judgesOf(theCase: Case, clauses: Clause[]): Clause[] {
  if (!theCase.steps.some((step) => step.kind === "overlap")) return clauses;
  return clauses.filter(
    (clause) =>
      clause.who === "host" || clause.family === "concurrency" || clause.family === "contract" || ORDER_FREE.has(clause.id),
  );
}
