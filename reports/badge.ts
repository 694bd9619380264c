// A badge for a README: the verdict in two fields of SVG. No font is measured: widths come from a table, and the text is fitted to them.

import { defineReport, type Report } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { weightOf } from "./facts/violations.js";
import { VERDICT_WORDS } from "./words/verdicts.js";
import { attributes, xmlText } from "./words/xml.js";

export default defineReport({ id: "badge", about: "an SVG badge with the verdict", file: "badge.svg", render });

const COLOUR: Record<Report["verdict"], string> = {
  conforms: "#2a7d3f",
  violates: "#b3261e",
  inconclusive: "#8a6100",
  flaky: "#a8480b",
  error: "#5f6368",
};
const LABEL = "ctxspec";
const PADDING = 6;

function saidOf(report: Report): string {
  const violated = new Set(report.clauses.filter((clause) => weightOf(clause) === "counts").map((clause) => clause.id)).size;
  if (report.verdict === "violates" && violated > 0) return `violates ${plural(violated, "clause")}`;
  if (report.verdict !== "conforms") return VERDICT_WORDS[report.verdict].word;
  return `conforms · ${plural(report.run.hosts.length, "profile")}`;
}

/** Pixels of a text in 11 px Verdana, near enough. */
function widthOf(text: string): number {
  const narrow = /[ijl.·,:'|]/;
  return Math.round(
    [...text].reduce(
      (sum, char) => sum + (narrow.test(char) ? 3.6 : char === " " ? 3.9 : char === "m" || char === "w" ? 9.6 : 6.9),
      0,
    ),
  );
}

function render(report: Report): string {
  const said = saidOf(report);
  const [left, right] = [widthOf(LABEL) + 2 * PADDING, widthOf(said) + 2 * PADDING];
  const title = `${LABEL}: ${said}`;
  const field = (text: string, from: number, width: number): string =>
    `<text${attributes({ x: from + PADDING, y: 14, textLength: width - 2 * PADDING, lengthAdjust: "spacingAndGlyphs" })}>${xmlText(text)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg"${attributes({ width: left + right, height: 20, viewBox: `0 0 ${left + right} 20`, role: "img", "aria-label": title })}>
<title>${xmlText(title)}</title>
<clipPath id="r"><rect${attributes({ width: left + right, height: 20, rx: 3 })}/></clipPath>
<g clip-path="url(#r)"><rect${attributes({ width: left, height: 20, fill: "#3b4048" })}/><rect${attributes({ x: left, width: right, height: 20, fill: COLOUR[report.verdict] })}/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">${field(LABEL, 0, left)}${field(said, left, right)}</g>
</svg>
`;
}
