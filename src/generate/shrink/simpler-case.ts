// Simpler forms of a whole case: sessions and lanes merged, unused aliases dropped, keys plain, settings usual, one aspect plain in every step at once.
// Steps stay where they are and keep their ids.

import type { Case, Lane, Step, TextSpec } from "../../define/index.js";
import { START_MS } from "../author.js";
import { PLAIN_KEYS } from "../keys.js";
import { PLAIN_TEXT } from "../text-draw.js";
import { withSteps } from "./remove.js";

/** Every step, nested ones included, through `change`; an overlap itself is changed first. */
function mapSteps(theCase: Case, change: (step: Step, index: number) => Step): Case {
  const steps = theCase.steps.map((step, i) => {
    const changed = change(step, i);
    if (changed.kind !== "overlap") return changed;
    return { ...changed, steps: changed.steps.map((nested) => change(nested, i)) as typeof changed.steps };
  });
  return withSteps(theCase, steps);
}

/** Aliases that steps name: sessions, lanes, and the sessions of those lanes. */
function usedAliases(theCase: Case): Set<string> {
  const used = new Set<string>();
  const take = (step: Step): void => {
    if ("session" in step) used.add(step.session);
    if (step.kind === "tick") used.add(step.lane);
    if (step.kind === "spawn") used.add(step.parent);
    if (step.kind === "overlap") step.steps.forEach(take);
  };
  theCase.steps.forEach(take);
  for (const [alias, lane] of Object.entries(theCase.settings.lanes))
    if (used.has(alias) && lane.kind === "heartbeat") used.add(lane.session);
  return used;
}

const keep = <V>(record: Record<string, V>, aliases: ReadonlySet<string>): Record<string, V> =>
  Object.fromEntries(Object.entries(record).filter(([alias]) => aliases.has(alias)));

function rename(step: Step, from: string, to: string): Step {
  if (step.kind === "tick") return step.lane === from ? { ...step, lane: to } : step;
  if (step.kind === "spawn") return step.parent === from ? { ...step, parent: to } : step;
  if ("session" in step && step.session === from) return { ...step, session: to };
  return step;
}

const without = <V>(record: Record<string, V>, alias: string): Record<string, V> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== alias));

/** Lane `from` becomes lane `to`. */
function lanesMerged(theCase: Case, from: string, to: string): Case {
  const renamed = mapSteps(theCase, (step) => rename(step, from, to));
  return { ...renamed, settings: { ...theCase.settings, lanes: without(theCase.settings.lanes, from) } };
}

/** Session `from` becomes session `to`; a lane of `from` becomes one of `to`, or the one `to` has. */
function sessionsMerged(theCase: Case, from: string, to: string): Case {
  const laneOn = (session: string) =>
    Object.entries(theCase.settings.lanes).find(([, lane]) => lane.kind === "heartbeat" && lane.session === session)?.[0];
  const [laneFrom, laneTo] = [laneOn(from), laneOn(to)];
  const apart = laneFrom !== undefined && laneTo !== undefined ? lanesMerged(theCase, laneFrom, laneTo) : theCase;
  const lanes = Object.entries(apart.settings.lanes).map(([alias, lane]): [string, Lane] => [
    alias,
    lane.kind === "heartbeat" && lane.session === from ? { ...lane, session: to } : lane,
  ]);
  const renamed = mapSteps(apart, (step) => rename(step, from, to));
  return {
    ...renamed,
    settings: { ...apart.settings, keys: without(apart.settings.keys, from), lanes: Object.fromEntries(lanes) },
  };
}

/** Every pair of sessions, and of lanes of one kind, made one; the earlier alias stays. */
export function* merged(theCase: Case): Iterable<Case> {
  const { keys, lanes } = theCase.settings;
  const pairsOf = (names: string[]) => names.flatMap((to, i) => names.slice(i + 1).map((from) => ({ from, to })));
  for (const { from, to } of pairsOf(Object.keys(keys))) yield sessionsMerged(theCase, from, to);
  for (const { from, to } of pairsOf(Object.keys(lanes))) {
    if (lanes[from]?.kind === lanes[to]?.kind) yield lanesMerged(theCase, from, to);
  }
}

/** The settings simpler, one thing at a time; safeguard is a boolean and stands apart. */
export function* simplerSettings(theCase: Case): Iterable<Case> {
  const { settings } = theCase;
  const used = usedAliases(theCase);
  const { aim, ...unaimed } = settings;
  const slim = { ...unaimed, keys: keep(settings.keys, used), lanes: keep(settings.lanes, used) };
  yield { ...theCase, settings: slim };
  if (aim !== undefined) yield { ...theCase, settings: unaimed };
  if (settings.summariser !== "healthy") yield { ...theCase, settings: { ...settings, summariser: "healthy" } };
  const aliases = Object.keys(settings.keys);
  const plain = Object.fromEntries(aliases.map((alias, i) => [alias, PLAIN_KEYS[i] ?? `agent:main:plain-${i}`]));
  yield { ...theCase, settings: { ...settings, keys: plain } };
  for (const alias of aliases)
    yield { ...theCase, settings: { ...settings, keys: { ...settings.keys, [alias]: plain[alias] ?? alias } } };
  if (settings.window !== 8_000 || settings.reserve !== 1_000)
    yield { ...theCase, settings: { ...settings, window: 8_000, reserve: 1_000 } };
  if (settings.window < 8_000 && settings.reserve > 0) yield { ...theCase, settings: { ...settings, reserve: 0 } };
  if (settings.window < 8_000 && settings.window % 1_000 !== 0) {
    yield { ...theCase, settings: { ...settings, window: Math.ceil(settings.window / 1_000) * 1_000 } };
  }
}

export function* weakerSettings(theCase: Case): Iterable<Case> {
  if (theCase.settings.safeguard) yield { ...theCase, settings: { ...theCase.settings, safeguard: false } };
}

const plainText = (text: TextSpec): TextSpec => (text.same === undefined ? PLAIN_TEXT : { ...PLAIN_TEXT, same: text.same });

/** One aspect made plain in every step at once: saves the runs of doing it step by step. */
export function* plainThroughout(theCase: Case): Iterable<Case> {
  yield mapSteps(theCase, (step) => {
    if (step.kind === "turn")
      return { ...step, text: plainText(step.text), replyTokens: 12, tools: [], via: step.via === "chat" ? "rpc" : step.via };
    if (step.kind === "tick") return { ...step, replyTokens: 12, tools: [] };
    if (step.kind === "spawn") return { ...step, text: plainText(step.text), childText: plainText(step.childText) };
    return step;
  });
  yield mapSteps(theCase, (step) => (step.kind === "turn" ? { ...step, text: plainText(step.text) } : step));
  yield mapSteps(theCase, (step) => (step.kind === "turn" || step.kind === "tick" ? { ...step, replyTokens: 12 } : step));
  yield mapSteps(theCase, (step) => {
    if (step.kind !== "tick" || step.event === undefined) return step;
    const { event, ...bare } = step;
    return bare;
  });
  yield mapSteps(theCase, (step) => (step.kind === "turn" && step.via === "chat" ? { ...step, via: "rpc" } : step));
  yield mapSteps(theCase, (step) => (step.kind === "tick" ? { ...step, wakeKey: "none" } : step));
  yield evenTimes(theCase);
}

const MINUTE_MS = 60_000;

/** A minute between any two steps. */
export function evenTimes(theCase: Case): Case {
  return mapSteps(theCase, (step, i) => ({ ...step, at: START_MS + i * MINUTE_MS }));
}
