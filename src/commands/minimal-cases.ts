// The smallest violating case per clause, kept as data so that `ctxspec explain` shows it at once. `npm run minimal-cases [-- <clause>…]` finds
// them anew by playing the clause's breaks; without a kept one, explain does the same for the one clause.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { smallestCaseOf } from "../campaign/certify.js";
import { writeWhole } from "../campaign/save.js";
import type { Break, Clause, ReportFinding } from "../define/index.js";
import { reportFinding } from "../define/schemas.js";
import { clauses } from "../discover.js";
import { packageRoot } from "./package-root.js";

export const MINIMAL_CASES = "src/data/minimal-cases";

const minimalCase = z.strictObject({
  clause: z.string(),
  /** The broken engine or host it was found on. */
  break: z.string(),
  finding: reportFinding,
});
export type MinimalCase = z.infer<typeof minimalCase>;

const fileOf = (clause: string): string => path.join(packageRoot(), MINIMAL_CASES, `${clause}.json`);

/** The kept case; undefined when there is none, or its break is gone. */
export function keptCase(clause: Clause): MinimalCase | undefined {
  const file = fileOf(clause.id);
  if (!existsSync(file)) return undefined;
  const kept = minimalCase.parse(JSON.parse(readFileSync(file, "utf8")));
  return clause.breaks.some((one) => one.id === kept.break) ? kept : undefined;
}

/** Breaks in the order in which they are worth trying: shortest known case first. */
function byLength(breaks: readonly Break[]): Break[] {
  return [...breaks].sort((a, b) => (a.minimalSteps ?? 99) - (b.minimalSteps ?? 99));
}

/** Plays the clause's most telling break until it is found, and shrinks. Undefined: not found in the cases tried. */
export async function findCase(clause: Clause): Promise<MinimalCase | undefined> {
  for (const broken of byLength(clause.breaks)) {
    const { finding } = await smallestCaseOf(broken.id);
    if (finding !== undefined) return { clause: clause.id, break: broken.id, finding: withoutPlace(finding.finding) };
  }
  return undefined;
}

/** The case is kept here, not in a report's folder. */
function withoutPlace(finding: ReportFinding): ReportFinding {
  return { ...finding, caseFile: "", replay: "" };
}

async function main(wanted: string[]): Promise<void> {
  for (const clause of await clauses()) {
    if (wanted.length > 0 && !wanted.includes(clause.id)) continue;
    const found = await findCase(clause);
    if (found !== undefined) writeWhole(fileOf(clause.id), `${JSON.stringify(found)}\n`);
    console.log(`${clause.id}: ${found === undefined ? "nothing found" : `${found.finding.steps} steps, by ${found.break}`}`);
  }
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  await main(process.argv.slice(2));
