// One violated clause in Markdown: what everyone reads first, then a fold with the drawn case of each profile.

import { cutText } from "../../src/draw/visible.js";
import type { Violation, Weight } from "../facts/violations.js";
import { caseWords, drawnLines } from "../words/finding.js";
import { code, codeBlock, escapedMarkdown as md } from "./escape.js";

const SIGN: Record<Weight, string> = { counts: "❌", warning: "⚠️", flaky: "🎲", excused: "☑️" };
const MOST_LINES = 200;
const MOST_TEXT = 2_000;

export function violationLines(group: readonly Violation[]): string[] {
  const first = group[0];
  if (first === undefined) return [];
  const { clause, weight, finding } = first;
  const hosts = [...new Set(group.map((one) => one.clause.host))].join(", ");
  return [
    `#### ${SIGN[weight]} \`${clause.id}\` (${clause.level}) under ${hosts}`,
    "",
    `**Required:** ${md(clause.title)}`,
    ...(clause.source ?? []).map(({ url, says }) => `\n> ${md(says)} (<${url.replace(/[<>\s]/g, "")}>)`),
    "",
    `**What happened:** ${md(finding.message)}`,
    "",
    "**Expected:**",
    ...codeBlock(cutText(finding.expected, MOST_TEXT).split("\n")),
    "**Actual:**",
    ...codeBlock(cutText(finding.actual, MOST_TEXT).split("\n")),
    "",
    ...group.flatMap(caseLines),
  ];
}

function caseLines({ clause, finding }: Violation): string[] {
  const drawn = drawnLines(finding);
  const left = drawn.length - MOST_LINES;
  return [
    `<details><summary>The case under ${clause.host}: ${caseWords(finding)}</summary>`,
    "",
    "The numbers in the margin lead to the finding.",
    "",
    ...codeBlock([...drawn.slice(0, MOST_LINES), ...(left > 0 ? [`… and ${left} more lines`] : [])]),
    "",
    ...(finding.why ?? []).map(({ step, without }) => `- without ${code(step)}: ${md(without)}`),
    "",
    "</details>",
    "",
    "Play it again:",
    ...codeBlock([finding.replay], "sh"),
    "",
  ];
}
