// Several engines on one page, in the dress of a single report: engines by clause families, every row leading to that engine's own page.
// No script; nothing is fetched.

import { defineSummary, type SummaryEntry } from "../../src/define/index.js";
import { plural } from "../../src/define/plural.js";
import { type Comparison, cellCount, comparisonOf, type EngineRow } from "../facts/engines.js";
import type { FamilyCell } from "../facts/matrix.js";
import { icon, SPRITE, STATE_WORDS } from "../html/icons.js";
import { html, Markup, when } from "../html/markup.js";
import { STYLE, STYLE_SHA256 } from "../html/style.js";
import { VERDICT_STATE } from "../html/verdict.js";
import { cutWords } from "../words/cut.js";
import { VERDICT_WORDS } from "../words/verdicts.js";

export default defineSummary({
  id: "html",
  about: "engines by clause families, as one self-contained page",
  file: "summary.html",
  render: pageOf,
});

const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_SHA256}'; base-uri 'none'; form-action 'none'`;

function pageOf(entries: readonly SummaryEntry[]): string {
  const comparison = comparisonOf(entries);
  const good = entries.filter(({ report }) => report.verdict === "conforms").length;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${plural(entries.length, "engine")} · ctxspec</title>
<style>${new Markup(STYLE)}</style></head>
<body>${SPRITE}
<main id="main">
<header class="head"><p class="kicker">Conformance of context engines</p>
<h1>${String(good)} of ${plural(entries.length, "engine")} ${good === 1 ? "conforms" : "conform"}</h1></header>
<section><h2 id="engines">Engines by clause families</h2>
<p class="about">Clauses passed of those that apply, all profiles together.</p>
${matrix(comparison)}</section>
<section id="verdicts"><h2>Verdicts</h2>${comparison.rows.map(verdictOf)}</section>
</main>
</body></html>
`.text;
}

function matrix({ families, rows }: Comparison): Markup {
  return html`<div class="scroll" role="region" aria-labelledby="engines" tabindex="0">
<table class="matrix">
<caption class="out">Engines by families of clauses.</caption>
<thead><tr><th scope="col">Engine</th><th scope="col">Verdict</th>${families.map((family) => html`<th scope="col"><span>${family}</span></th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr><th scope="row">${linked(row)}<span class="title">${row.name}</span></th>
<td><span>${icon(VERDICT_STATE[row.report.verdict])}<span>${row.report.verdict}</span></span></td>${row.cells.map(cell)}</tr>`,
  )}</tbody></table></div>`;
}

function cell(counts: FamilyCell): Markup {
  const words =
    counts.judged === 0 ? "nothing applies" : `${counts.passed} of ${counts.judged} passed; worst: ${STATE_WORDS[counts.state]}`;
  return html`<td class="c-${counts.state}"><span>${icon(counts.state)}<span class="count">${cellCount(counts)}</span><span class="out"> ${words}</span></span></td>`;
}

/** Only paths below the summary become links. */
function linked({ engine, file }: EngineRow): Markup {
  if (file === undefined) return html`<bdi>${engine}</bdi>`;
  const target = file.split("/").map(encodeURIComponent).join("/");
  return html`<a href="./${target}"><bdi>${engine}</bdi></a>`;
}

function verdictOf(row: EngineRow): Markup {
  const { report, violated } = row;
  return html`<div class="verdict v-${report.verdict}"><span class="sign">${icon(VERDICT_STATE[report.verdict])}</span>
<div><h3>${linked(row)}: ${VERDICT_WORDS[report.verdict].word}</h3><p>${VERDICT_WORDS[report.verdict].meaning}</p>
${when(violated.length > 0, () => html`<p>Violated: ${violated.map((id, at) => html`${at === 0 ? "" : ", "}<code>${id}</code>`)}</p>`)}
${when(report.error !== undefined, () => html`<p class="said all">${report.error?.message ?? ""}</p><p><strong>Try:</strong> ${report.error?.hint ?? ""}</p>`)}
${when(report.truncated, () => html`<p class="notice">Cut short: ${cutWords(report) ?? ""}.</p>`)}
</div></div>`;
}
