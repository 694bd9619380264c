// One violation as a person reads it: the requirement, what happened, the case drawn with the chain to the finding. Shared by replay,
// explain and vitest; the text report draws its own.

import type { Case, Event } from "../define/index.js";
import { drawCase } from "../draw/case-drawing.js";
import { drawnText, type Paint, wrap } from "../draw/lines.js";

export interface ShownViolation {
  message: string;
  expected: string;
  actual: string;
  case: Case;
  events: readonly Event[];
  at: number;
  blame: readonly number[];
}

const LEAST_WIDTH = 80;

export function violationLines(shown: ShownViolation, paint: Paint, width: number): string[] {
  return [
    ...wrap(`What happened: ${shown.message}`, width, "  "),
    ...wrap(`expected: ${shown.expected}`, width, "    "),
    ...wrap(`actual:   ${shown.actual}`, width, "    "),
    "",
    ...drawingLines(shown, paint, width),
  ];
}

/** The case step by step; numbers in the margin lead to the finding. */
export function drawingLines(
  shown: Pick<ShownViolation, "case" | "events" | "at" | "blame">,
  paint: Paint,
  width: number,
): string[] {
  return drawnText(drawCase(shown), paint, Math.max(LEAST_WIDTH, width));
}
