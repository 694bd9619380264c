// ctxspec list: the clauses, host profiles, built-in engines and report formats that exist. Loads no more than what it prints.

import { stripVTControlCharacters } from "node:util";
import { CtxspecError } from "../define/errors.js";
import { PROFILE_IDS, PROFILES } from "../define/profile.js";
import { clauses, engineNames, reportFormats } from "../discover.js";
import { didYouMean } from "../load/nearest.js";
import type { Terminal } from "./terminal.js";

export const LISTS = ["clauses", "hosts", "engines", "reports"] as const;
type List = (typeof LISTS)[number];

const seenLength = (cell: string): number => stripVTControlCharacters(cell).length;

/** Rows of columns; every column as wide as its widest cell, colours not counted. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((wide, row) => row.map((cell, at) => Math.max(seenLength(cell), wide[at] ?? 0)), []);
  return rows.map((row) =>
    row
      .map((cell, at) => cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - seenLength(cell))))
      .join("  ")
      .trimEnd(),
  );
}

async function rowsOf(list: List): Promise<string[][]> {
  switch (list) {
    case "clauses":
      return (await clauses()).map(({ id, level, who, title }) => [id, level, who, title]);
    case "hosts":
      return PROFILE_IDS.map((id) => [id, PROFILES[id].title]);
    case "engines":
      return engineNames().map((name) => [name]);
    case "reports":
      return (await reportFormats()).map(({ id, about }) => [id, about]);
  }
}

/** Answers the exit code. Throws usage-option for a list that does not exist. */
export async function listCommand(name: string, terminal: Terminal): Promise<number> {
  const list = LISTS.find((one) => one === name);
  if (list === undefined) {
    throw new CtxspecError(
      "usage-option",
      `ctxspec cannot list "${name}"`,
      `${didYouMean(name, LISTS)}lists: ${LISTS.join(", ")}`,
    );
  }
  terminal.out(`${columns(await rowsOf(list)).join("\n")}\n`);
  return 0;
}
