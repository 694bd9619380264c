// ctxspec explain: one clause for a reader: what it requires and where that comes from, its pair, the published bugs it would have caught,
// its breaks, and the smallest known case in which one of them violates it.

import { type Clause, CtxspecError, type Event } from "../define/index.js";
import { plural } from "../define/plural.js";
import { clauses } from "../discover.js";
import { type Paint, wrap } from "../draw/lines.js";
import { didYouMean } from "../load/nearest.js";
import { findCase, keptCase, type MinimalCase } from "./minimal-cases.js";
import { type PublishedBug, publishedBugs } from "./published-bugs.js";
import type { Terminal } from "./terminal.js";
import { violationLines } from "./violation-text.js";

/** Answers the exit code. Throws usage-clause. */
export async function explainCommand(id: string, terminal: Terminal): Promise<number> {
  const all = await clauses();
  const clause = all.find((one) => one.id === id);
  if (clause === undefined) {
    const known = all.map((one) => one.id);
    throw new CtxspecError(
      "usage-clause",
      `there is no clause "${id}"`,
      `${didYouMean(id, known)}ctxspec list clauses shows all of them`,
    );
  }
  terminal.out(`${clauseLines(clause, publishedBugs(), terminal.paint, terminal.width).join("\n")}\n`);
  const kept = keptCase(clause) ?? (await lookFor(clause, terminal));
  terminal.out(`${exampleLines(clause, kept, terminal.paint, terminal.width).join("\n")}\n`);
  return 0;
}

async function lookFor(clause: Clause, terminal: Terminal): Promise<MinimalCase | undefined> {
  terminal.err("looking for a small violating case by playing ...\n");
  return findCase(clause);
}

const LEVEL_WORDS: Record<Clause["level"], string> = {
  must: "one violation means the engine does not conform",
  should: "a violation is a warning; --strict makes it count",
  claim: "a must for an engine that claims it",
};

export function clauseLines(clause: Clause, catalogue: PublishedBug[], paint: Paint, width: number): string[] {
  const { id, title, level, who, family, pair, source, bugs, breaks } = clause;
  const known = bugs.map((bug) => catalogue.find((one) => one.id === bug) ?? { id: bug, title: "not in the catalogue", url: "" });
  const title2 = (text: string) => paint.bold(text);
  return [
    title2(id),
    ...wrap(title, width, "  "),
    "",
    `${title2("Level")}   ${level}: ${LEVEL_WORDS[level]}${clause.unclaimed === undefined ? "" : `; else a ${clause.unclaimed}`}`,
    `${title2("About")}   the ${who}; family ${family}`,
    ...(pair === undefined ? [] : [`${title2("Pair")}    ${pair}, which catches the opposite fault`]),
    "",
    title2("Source"),
    ...source.flatMap(({ url, says }) => [...wrap(says, width, "  "), paint.dim(`    ${url}`)]),
    "",
    title2(`Published bugs it would have caught (${known.length})`),
    ...known.flatMap(({ id: bug, title: about, url }) => [...wrap(`${bug}: ${about}`, width, "  "), paint.dim(`    ${url}`)]),
    "",
    title2(`Deliberately broken engines and hosts it must catch (${breaks.length})`),
    ...breaks.flatMap((one) => wrap(`${one.id}: ${one.about}`, width, "  ")),
    "",
  ];
}

function exampleLines(clause: Clause, shown: MinimalCase | undefined, paint: Paint, width: number): string[] {
  if (shown === undefined)
    return [paint.yellow(`no violating case of ${clause.id} was found in the cases tried; ctxspec selftest looks further`)];
  const { finding } = shown;
  const proven = finding.minimal ? "; without any one of them it does not happen" : "";
  return [
    paint.bold(`Smallest violating case of ${shown.break}: ${plural(finding.steps, "step")} under ${finding.case.host}${proven}`),
    ...violationLines({ ...finding, events: finding.events as unknown as Event[] }, paint, width),
  ];
}
