// The page around the sections: one file with its style and script in it. A content security policy admits these two by their digests and
// nothing else, so that text of an engine could not run or fetch anything even if it got through as markup.

import type { Report } from "../../src/define/index.js";
import { matrixOf } from "../facts/matrix.js";
import { byClause, violationsOf } from "../facts/violations.js";
import { VERDICT_WORDS } from "../words/verdicts.js";
import { engineSection, notJudgedSection } from "./closing.js";
import { coverageSection } from "./coverage.js";
import { TextDesk } from "./engine-text.js";
import { filterBar } from "./filters.js";
import { SPRITE } from "./icons.js";
import { html, Markup, when } from "./markup.js";
import { matrixTable } from "./matrix.js";
import { SCRIPT, SCRIPT_SHA256 } from "./script.js";
import { STYLE, STYLE_SHA256 } from "./style.js";
import { verdictHead } from "./verdict.js";
import { violationsSection } from "./violation.js";

const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_SHA256}'; script-src 'sha256-${SCRIPT_SHA256}'; base-uri 'none'; form-action 'none'`;

/** The whole document. */
export function pageOf(report: Report): string {
  const desk = new TextDesk();
  const matrix = matrixOf(report);
  const violations = violationsOf(report);
  const title = `${report.engine.name || report.engine.source}: ${VERDICT_WORDS[report.verdict].word}`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ctxspec</title>
<style>${new Markup(STYLE)}</style></head>
<body>${SPRITE}
<a class="skip" href="#main">Skip to the report</a>
<main id="main">
${verdictHead(report, violations)}
<nav aria-label="Sections"><a href="#clauses">Matrix</a> <a href="#violations">Violations</a> <a href="#coverage">Coverage</a> <a href="#not-judged">Not judged</a> <a href="#engine">Engine</a></nav>
<section id="clauses"><h2 id="matrix">Clauses by profile</h2>
${when(matrix.families.length > 0, () => filterBar(matrix))}${matrixTable(matrix, violations)}</section>
${violationsSection(byClause(violations), desk)}
${coverageSection(report)}
${notJudgedSection(report)}
${engineSection(report, desk)}
</main>
<script>${new Markup(SCRIPT)}</script>
</body></html>
`.text;
}
