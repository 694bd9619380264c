// Drawn lines as indented text, with the blame chain in the margin.

import type { DrawnLine } from "./case-drawing.js";

export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

const same = (text: string): string => text;
export const PLAIN: Paint = { bold: same, dim: same, red: same, green: same, yellow: same };

export function drawnText(lines: readonly DrawnLine[], paint: Paint = PLAIN, width = 150): string[] {
  return lines.map((line) => {
    const mark = line.mark === undefined ? "     " : `(${line.mark})`.padStart(4).padEnd(5);
    const indent = line.kind === "step" || line.kind === "skipped" ? "" : "      ";
    const text = cut(indent + line.text, width - 5);
    if (line.mark !== undefined) return paint.red(mark + text);
    if (line.kind === "step") return mark + paint.bold(text);
    return mark + (line.kind === "skipped" ? paint.dim(text) : text);
  });
}

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

/** Wraps prose at spaces; a word longer than the width stands alone. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const out: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/)) {
    if (line.length > indent.length && line.length + word.length + 1 > width) {
      out.push(line);
      line = indent;
    }
    line += (line.length > indent.length ? " " : "") + word;
  }
  if (line.length > indent.length) out.push(line);
  return out;
}
