// The matrix families × profiles as a table. A family's row opens to its clauses; a cell of a violated clause leads to the violation.
// Without a script everything is open.

import type { ReportClause } from "../../src/define/index.js";
import { type ClauseRow, type Family, type Matrix, stateOf, worst } from "../facts/matrix.js";
import type { Violation } from "../facts/violations.js";
import { CLAUSE_WORDS, thousands } from "../words/verdicts.js";
import { icon, STATE_WORDS } from "./icons.js";
import { html, type Markup, when } from "./markup.js";

export const shortHost = (host: string): string => host.replace("openclaw-", "");

export function matrixTable(matrix: Matrix, violations: readonly Violation[]): Markup {
  if (matrix.families.length === 0) return html`<p class="none">No clause was judged.</p>`;
  return html`<div class="scroll" role="region" aria-labelledby="matrix" tabindex="0">
<table class="matrix">
<caption class="out">Families of clauses by host profile. Each family's row sums up its clauses, which follow it.</caption>
<thead><tr><th scope="col">Clause</th>${matrix.hosts.map((host) => html`<th scope="col" data-host="${host}"><span>${shortHost(host)}</span></th>`)}</tr></thead>
${matrix.families.map((family) => familyRows(family, matrix, violations))}
</table></div>`;
}

function familyRows(family: Family, matrix: Matrix, violations: readonly Violation[]): Markup {
  const state = worst(family.cells.map((cell) => cell.state));
  const open = state !== "passed" && state !== "not-applicable";
  return html`<tbody class="family" data-family="${family.family}" data-open="${open ? "yes" : "no"}">
<tr class="sum"><th scope="rowgroup"><button type="button" class="fold" aria-expanded="true">${family.family}</button></th>
${family.cells.map(
  (cell, n) =>
    html`<td data-host="${matrix.hosts[n] ?? ""}" class="c-${cell.state}">${icon(cell.state)}<span class="count">${cell.judged === 0 ? "" : `${cell.passed}/${cell.judged}`}</span><span class="out"> ${cell.judged === 0 ? "nothing applies" : `${cell.passed} of ${cell.judged} passed; worst: ${STATE_WORDS[cell.state]}`}</span></td>`,
)}</tr>
${family.rows.map((row) => clauseRow(row, matrix, violations))}
</tbody>`;
}

function clauseRow(row: ClauseRow, matrix: Matrix, violations: readonly Violation[]): Markup {
  return html`<tr class="clause" data-id="${row.id}" data-text="${`${row.id} ${row.title}`.toLowerCase()}">
<th scope="row"><code>${row.id}</code> <span class="level l-${row.level}">${row.level}</span><span class="title">${row.title}</span></th>
${row.cells.map((cell, n) => clauseCell(cell, matrix.hosts[n] ?? "", violations))}</tr>`;
}

function clauseCell(cell: ReportClause | undefined, host: string, violations: readonly Violation[]): Markup {
  if (cell === undefined) return html`<td data-host="${host}"></td>`;
  const state = stateOf(cell);
  const anchor = violations.find((one) => one.clause === cell)?.anchor;
  const hint = cell.reason ?? CLAUSE_WORDS[cell.verdict].meaning;
  const shown = html`${icon(state)}<span class="count">${countOf(cell)}</span><span class="out"> ${STATE_WORDS[state]}${when(cell.verdict === "passed", () => html`, exercised ${cell.witnessed} times`)}</span>`;
  const inner =
    anchor === undefined ? html`<span title="${hint}">${shown}</span>` : html`<a href="#${anchor}" title="${hint}">${shown}</a>`;
  return html`<td data-host="${host}" data-state="${state}" class="c-${state}">${inner}</td>`;
}

function countOf(cell: ReportClause): string {
  if (cell.verdict === "passed") return `${thousands(cell.witnessed)}×`;
  if (cell.verdict === "violated" || cell.verdict === "excused") return `in ${thousands(cell.violations)}`;
  return "";
}
