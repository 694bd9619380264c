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

/** Answers by which an engine is taken for one that never compacts. */
const MANY_REFUSALS = 10;

/** Why nothing can be judged of compactions that were done or failed: the engine answers each that there is nothing to do. */
export function everCompacts(facts: Facts): Applicability {
  const done = (facts["compact.true"] ?? 0) + (facts["compact.failed"] ?? 0) + (facts["compact.threw"] ?? 0);
  return done === 0 && (facts["compact.false"] ?? 0) >= MANY_REFUSALS
    ? notApplicable("the engine never compacts and never fails to: it answers every compact with compacted: false")
    : asksToCompact(facts);
}

/** Applies only to an engine that claims the clause. */
export function claimed(subject: Subject, clause: string): Applicability {
  return subject.claims.includes(clause) ? APPLIES : notApplicable("not claimed");
}
