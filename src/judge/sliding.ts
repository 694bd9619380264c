// Whether what left a view may have been pushed out of a window by what came in: the oldest first, and no more of it than makes room.

import type { AnyMessage } from "../define/index.js";
import type { Index } from "./facts.js";
import { sizeOf } from "./size.js";
import { canariesIn } from "./texts.js";

export interface Shift {
  /** Messages of the earlier view that could have left, in its order. */
  held: readonly AnyMessage[];
  /** Those that did. */
  left: readonly AnyMessage[];
  /** Messages of the later view that were not in the earlier one. */
  came: readonly AnyMessage[];
}

/** A window of characters or tokens lets whole turns go until the new ones fit: at most one of them more than what came. */
export function mayHaveSlid(index: Index, { held, left, came }: Shift): boolean {
  if (came.length === 0) return false;
  const gone = new Set(left);
  if (!held.slice(0, left.length).every((message) => gone.has(message))) return false;
  const perTurn = new Map<string, number>();
  for (const message of left) {
    const [canary = ""] = canariesIn(message, index.planted);
    const turn = index.planted.get(canary)?.turn?.id ?? canary;
    perTurn.set(turn, (perTurn.get(turn) ?? 0) + sizeOf([message]));
  }
  const sizes = [...perTurn.values()];
  return sizes.reduce((sum, size) => sum + size, 0) - Math.max(0, ...sizes) <= sizeOf(came);
}
