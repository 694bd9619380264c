// A finding as plain text for formats that hold text: requirement, what happened, the case drawn with the chain in the margin, how to play
// it again. Engine text in it is visible but not yet escaped.

import type { Event, ReportClause, ReportFinding } from "../../src/define/index.js";
import { plural } from "../../src/define/plural.js";
import { briefly } from "../../src/draw/brief.js";
import { drawCase } from "../../src/draw/case-drawing.js";
import { drawnText, PLAIN } from "../../src/draw/lines.js";
import { cutText, visible } from "../../src/draw/visible.js";

const WIDTH = 140;
const MOST = 4_000;

/** The drawn case, a line each; a long one cut down to the chain. */
export function drawnLines(finding: ReportFinding): string[] {
  const drawing = drawCase({
    case: finding.case,
    events: finding.events as unknown as Event[],
    at: finding.at,
    blame: finding.blame,
  });
  return drawnText(briefly(drawing, finding.minimal), PLAIN, WIDTH).map((line) => visible(line).trimEnd());
}

/** "2 steps, shrunk from 41; without any one of them it does not happen". */
export function caseWords(finding: ReportFinding): string {
  const shrunk = finding.steps === finding.shrunkFrom ? "" : `, shrunk from ${finding.shrunkFrom}`;
  return `${plural(finding.steps, "step")}${shrunk}${finding.minimal ? "; without any one of them it does not happen" : ""}`;
}

export function findingText(clause: ReportClause, finding: ReportFinding): string {
  const said = (text: string): string => cutText(visible(text), MOST);
  return [
    `${clause.id} under ${clause.host}`,
    `Required: ${clause.title}`,
    `What happened: ${said(finding.message)}`,
    `expected: ${said(finding.expected)}`,
    `actual:   ${said(finding.actual)}`,
    "",
    `The case: ${caseWords(finding)}. The numbers in the margin lead to the finding.`,
    ...drawnLines(finding),
    "",
    `Play it again: ${visible(finding.replay)}`,
  ].join("\n");
}
