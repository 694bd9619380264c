// Words for `applies`: a witness that the engine's own conduct or the profile makes unreachable is not-applicable, with the reason.
// Judged on the campaign's counters; before the first case has been played nothing is called unreachable.

import { APPLIES, type Applicability, type Facts, notApplicable, type Subject } from "../define/index.js";

/** Cases were played and this counter is still zero. */
export function never(facts: Facts, name: string): boolean {
  return (facts["call.factory"] ?? 0) > 0 && (facts[name] ?? 0) === 0;
}

/** Why no compact can be judged, when the host never asked for one or the engine lacks it. */
export function asksToCompact(facts: Facts): Applicability {
  return never(facts, "call.compact") ? notApplicable("this host never asks the engine to compact") : APPLIES;
}

/** Applies only to an engine that claims the clause. */
export function claimed(subject: Subject, clause: string): Applicability {
  return subject.claims.includes(clause) ? APPLIES : notApplicable("not claimed");
}
