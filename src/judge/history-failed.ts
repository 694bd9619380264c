// What a failed turn of a durable host may leave in later views: what the host itself supplies of it, and compactions made in it.
// Everything else of it was never delivered, so no engine can have it by right.

import type { AnyMessage, PlantEvent } from "../define/index.js";
import type { Index, Turn, View } from "./facts.js";
import { excessCopies } from "./history-copies.js";
import { canariesIn, candidatesIn } from "./texts.js";

export interface Leftover {
  turn: Turn;
  view: View;
  plant: PlantEvent;
  /** stray: it was supplied by nobody. doubled: it stands there more often than the host supplied it. */
  how: "stray" | "doubled";
}

/** Failed turns that end before a view of the same key or session; what witness counts. */
export function failedTurnsSeen(index: Index): Turn[] {
  return index.turns.filter((turn) => {
    const end = turn.end;
    if (end?.status !== "failed" || turn.views.length === 0) return false;
    return index.views.some(
      (view) =>
        view.call.event.i > end.i && (view.session.key === turn.session.key || view.session.family === turn.session.family),
    );
  });
}

/** Texts of failed turns in later views that nobody put there by right, the earliest view first. */
export function leftoversIn(index: Index, recalled?: (view: View, message: AnyMessage) => boolean): Leftover[] {
  const failed = index.turns.filter((turn) => turn.end?.status === "failed");
  if (failed.length === 0) return [];
  const found: Leftover[] = [];
  const byTurn = new Map(failed.map((turn) => [turn.id, turn]));
  for (const view of index.views) {
    let excess: Set<string> | undefined;
    const isDoubled = (canary: string): boolean => {
      excess ??= doubledIn(index, view);
      return excess.has(canary);
    };
    for (const canary of view.canaries) {
      const plant = index.planted.get(canary);
      const turn = plant?.turn === undefined ? undefined : byTurn.get(plant.turn.id);
      if (plant === undefined || turn?.end === undefined || turn.end.i > view.call.event.i) continue;
      const how = leftoverKind(index, view, turn, canary, isDoubled, recalled);
      if (how !== undefined) found.push({ turn, view, plant, how });
    }
  }
  return found;
}

function leftoverKind(
  index: Index,
  view: View,
  turn: Turn,
  canary: string,
  isDoubled: (canary: string) => boolean,
  recalled?: (view: View, message: AnyMessage) => boolean,
): Leftover["how"] | undefined {
  if (view.suppliedCanaries.has(canary)) return isDoubled(canary) ? "doubled" : undefined;
  if (suppliedLater(index, turn, canary, view.call.event.i) || onlyRecalled(view, canary, recalled)) return undefined;
  return compactedIn(turn, canary) ? undefined : "stray";
}

/** Canaries that stand there more often than the host gave them; the bound is that of history-no-duplicate. */
function doubledIn(index: Index, view: View): Set<string> {
  const excess = excessCopies(index, { kind: "view", view }).filter((one) => one.form === "real");
  return new Set(excess.map((one) => one.canary));
}

/** The host's own history brought it after the failure, or another turn delivered it: an engine may have kept it from there. */
function suppliedLater(index: Index, turn: Turn, canary: string, before: number): boolean {
  const end = turn.end?.i ?? before;
  const delivered = index.deliveries.some((one) => one.turn.id !== turn.id && one.at < before && one.canaries.has(canary));
  if (delivered) return true;
  return index.calls.some(({ event }) => {
    if (event.i >= before || event.turn?.id === turn.id || event.phase === "assemble-again") return false;
    const { prompt } = event.params;
    const texts = event.i > end && event.phase === "assemble-first" ? (event.messages ?? []) : [];
    return (
      texts.some((message) => candidatesIn(message).includes(canary)) || (typeof prompt === "string" && prompt.includes(canary))
    );
  });
}

function onlyRecalled(view: View, canary: string, recalled?: (view: View, message: AnyMessage) => boolean): boolean {
  if (recalled === undefined) return false;
  return view.messages.every((message) => !canariesIn(message).has(canary) || recalled(view, message));
}

/** A compaction of the turn, other than one that did nothing, began after the text had reached the engine. */
function compactedIn(turn: Turn, canary: string): boolean {
  const given = turn.calls.find(
    ({ event }) =>
      (event.messages ?? []).some((message) => candidatesIn(message).includes(canary)) ||
      (typeof event.params.prompt === "string" && event.params.prompt.includes(canary)),
  );
  if (given === undefined) return turn.compactions.some(({ outcome }) => outcome !== "nothing");
  return turn.compactions.some(({ call, outcome }) => outcome !== "nothing" && call.event.i > given.event.i);
}
