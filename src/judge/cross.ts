// Text of one session family in the views of another: the plain leak. Which keys the two have, and who may be forgiven, the clauses say.

import type { PlantEvent, SessionRef, Subject } from "../define/index.js";
import type { Index } from "./facts.js";
import { belongs, plantsOf, recallFor, type Shown, shownAt, shownIn, unsupplied } from "./leak.js";
import { domainOf } from "./session.js";

export interface CrossLeak {
  shown: Shown;
  canary: string;
  /** Where the text belongs. */
  from: SessionRef;
}

const cache = new WeakMap<Index, { adapter: Subject["adapter"]; leaks: CrossLeak[] }>();

/**
 * Canaries shown to a domain that no call, turn or planting ever gave it before. What a memory engine declares as recalled is left out.
 * One entry per view and canary.
 */
export function crossLeaks(index: Index, subject: Subject): CrossLeak[] {
  const cached = cache.get(index);
  if (cached?.adapter === subject.adapter) return cached.leaks;
  const leaks: CrossLeak[] = [];
  for (const shown of shownIn(index)) {
    const { session } = shown.view;
    const home = domainOf(index, session);
    const isHome = (other: SessionRef) => domainOf(index, other) === home;
    for (const canary of unsupplied(index, shown, recallFor(subject, session))) {
      const plants = plantsOf(index, canary);
      if (plants.some((plant) => isHome(plant.session)) || belongs(index, canary, shownAt(index, shown), isHome)) continue;
      const from: PlantEvent | undefined = plants[0];
      if (from !== undefined) leaks.push({ shown, canary, from: from.session });
    }
  }
  cache.set(index, { adapter: subject.adapter, leaks });
  return leaks;
}

interface First {
  domain: string;
  at: number;
}

const firsts = new WeakMap<Index, First[]>();

/** The first delivery with content of each domain, in order. */
function firstContents(index: Index): First[] {
  let list = firsts.get(index);
  if (list !== undefined) return list;
  list = [];
  const seen = new Set<string>();
  for (const delivery of index.deliveries) {
    if (delivery.outcome !== "returned" || delivery.canaries.size === 0) continue;
    const domain = domainOf(index, delivery.session);
    if (!seen.has(domain)) list.push({ domain, at: delivery.at });
    seen.add(domain);
  }
  firsts.set(index, list);
  return list;
}

/** Some other family had content delivered before event `before`. */
export function hasOtherContent(index: Index, session: SessionRef, before: number): boolean {
  const [first, second] = firstContents(index);
  if (first === undefined || first.at >= before) return false;
  return first.domain !== domainOf(index, session) || (second !== undefined && second.at < before);
}
