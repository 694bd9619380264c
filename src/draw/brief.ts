// A long drawing cut down to what leads to the finding: a reader of a report wants the chain, not sixty steps that nobody shrank.

import { plural } from "../define/plural.js";
import type { DrawnLine } from "./case-drawing.js";

/** Drawings of up to so many lines are left as they are. */
const MOST_LINES = 60;
/** Lines of one step that are shown whole. */
const MOST_OF_STEP = 20;

/**
 * Where the drawing is longer than `most` lines: steps with a number in their margin stay, others shrink to their first line, or to one line
 * for several together where the case is not `minimal` and so holds steps it may not need.
 */
export function briefly(lines: DrawnLine[], minimal: boolean, most = MOST_LINES): DrawnLine[] {
  if (lines.length <= most) return lines;
  const out: DrawnLine[] = [];
  let idle: DrawnLine[][] = [];
  const closeIdle = (): void => {
    const count = idle.reduce((sum, group) => sum + group.length, 0);
    if (count > 0)
      out.push(gap(`${plural(idle.length, "step")} (${plural(count, "line")}) on the way that the numbers do not touch`));
    idle = [];
  };
  for (const group of stepsOf(lines)) {
    if (!group.some(({ mark }) => mark !== undefined)) {
      if (minimal) out.push(...headOf(group));
      else idle.push(group);
      continue;
    }
    closeIdle();
    out.push(...(group.length <= MOST_OF_STEP ? group : markedOf(group)));
  }
  closeIdle();
  return out;
}

const gap = (text: string): DrawnLine => ({ kind: "gap", text: `… ${text}` });

function stepsOf(lines: readonly DrawnLine[]): DrawnLine[][] {
  const groups: DrawnLine[][] = [];
  for (const line of lines) {
    const group = groups.at(-1);
    if (group === undefined || line.kind === "step" || line.kind === "skipped") groups.push([line]);
    else group.push(line);
  }
  return groups;
}

function headOf([head, ...rest]: readonly DrawnLine[]): DrawnLine[] {
  if (head === undefined) return [];
  return rest.length === 0 ? [head] : [head, gap(plural(rest.length, "line"))];
}

function markedOf([head, ...rest]: readonly DrawnLine[]): DrawnLine[] {
  const marked = rest.filter(({ mark }) => mark !== undefined);
  return [...(head === undefined ? [] : [head]), ...marked, gap(plural(rest.length - marked.length, "line"))];
}
