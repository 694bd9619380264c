// Twins: a second case made from the first by leaving steps out. Comparing the two histories: twin-compare.ts.

import type { Case, History, SessionRef, Step } from "../define/index.js";
import type { Index } from "./facts.js";
import { domainOf, domainsOf } from "./session.js";

/** Names the session, family or run that a session counts as. */
export type Naming = (index: Index, session: SessionRef) => string;

/**
 * Owners of each step, by default domains (see domainsOf); none for restart, clock and a kill between steps. What the host really did in
 * the step decides, because aliases of one key are one session to it; a step that left no trace goes by its alias.
 */
export function ownersOf(theCase: Case, index: Index, naming: Naming = domainOf): Map<string, ReadonlySet<string>> {
  const known = ownersCache.get(index) ?? new Map<Naming, Map<string, ReadonlySet<string>>>();
  ownersCache.set(index, known);
  let owners = known.get(naming);
  if (owners === undefined) {
    owners = findOwners(theCase, index, naming);
    known.set(naming, owners);
  }
  return owners;
}

const ownersCache = new WeakMap<Index, Map<Naming, Map<string, ReadonlySet<string>>>>();

function findOwners(theCase: Case, index: Index, naming: Naming): Map<string, ReadonlySet<string>> {
  const domains = domainsOf(index);
  const seen = seenOwners(index, naming);
  const owners = new Map<string, ReadonlySet<string>>();
  for (const step of theCase.steps) {
    if (namedBy(step) !== undefined) continue;
    const named = new Set(aliasesOf(theCase, step).map((alias) => domains.get(alias) ?? alias));
    owners.set(step.id, seen.get(step.id) ?? named);
  }
  for (const step of theCase.steps) {
    const target = namedBy(step);
    if (target !== undefined) owners.set(step.id, owners.get(target) ?? new Set());
  }
  return owners;
}

const ACTIVE_NOTES = new Set<string>(["reset", "import", "damage"]);

function seenOwners(index: Index, naming: Naming): Map<string, Set<string>> {
  const seen = new Map<string, Set<string>>();
  for (const event of index.history.events) {
    const active =
      (event.kind === "host" && (event.what === "turn-start" || ACTIVE_NOTES.has(event.what))) ||
      (event.kind === "call" && event.method === "compact");
    if (!active || !("session" in event) || event.session === undefined) continue;
    const owners = seen.get(event.step) ?? new Set();
    seen.set(event.step, owners.add(naming(index, event.session)));
  }
  return seen;
}

function namedBy(step: Step): string | undefined {
  if (step.kind === "late" || step.kind === "repeat") return step.delivery;
  return step.kind === "kill" && step.point.where === "call" ? step.point.step : undefined;
}

function aliasesOf(theCase: Case, step: Step): string[] {
  switch (step.kind) {
    case "turn":
    case "compact":
    case "reset":
    case "import":
    case "damage":
      return [step.session];
    case "tick": {
      const lane = theCase.settings.lanes[step.lane];
      return [!step.isolated && lane?.kind === "heartbeat" ? lane.session : step.lane];
    }
    case "spawn":
      return [step.parent];
    case "overlap":
      return step.steps.flatMap((inner) => aliasesOf(theCase, inner));
    default:
      return [];
  }
}

/** The case without the named steps and without the faults, repeats and kills aimed at them. */
export function withoutSteps(theCase: Case, ids: ReadonlySet<string>): Case {
  const steps = theCase.steps.filter((step) => !ids.has(step.id) && !ids.has(namedBy(step) ?? ""));
  return { ...theCase, steps };
}

/** Every step that belongs to some owner but to none of `kept`. A step shared with a kept one (an overlap) stays. */
export function stepsOfOthers(theCase: Case, index: Index, kept: ReadonlySet<string>, naming: Naming = domainOf): Set<string> {
  const others = new Set<string>();
  for (const [id, owners] of ownersOf(theCase, index, naming)) {
    if (owners.size > 0 && ![...owners].some((owner) => kept.has(owner))) others.add(id);
  }
  return others;
}

/** The case with one step put in the place of the step of the same id. */
export function withStep(theCase: Case, step: Step): Case {
  return { ...theCase, steps: theCase.steps.map((old) => (old.id === step.id ? step : old)) };
}

/** Steps that were skipped when the case was played. */
export function skippedIn(history: History): Set<string> {
  const skipped = new Set<string>();
  for (const event of history.events) if (event.kind === "skipped") skipped.add(event.step);
  return skipped;
}

/** Index of the first event of a step; undefined when the step left none. */
export function firstEventOf(history: History, stepId: string): number | undefined {
  return history.events.find((event) => event.step === stepId)?.i;
}

/** Index of the last event of a step; undefined when the step left none. */
export function lastEventOf(history: History, stepId: string): number | undefined {
  return history.events.findLast((event) => event.step === stepId)?.i;
}
