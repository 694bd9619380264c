// The bar that narrows down matrix and violations. It shows itself only where the page's script runs, and says what is left in words.

import { type CellState, type Matrix, STATES, stateOf } from "../facts/matrix.js";
import { icon, STATE_WORDS } from "./icons.js";
import { html, type Markup } from "./markup.js";

export function filterBar(matrix: Matrix): Markup {
  const cells = matrix.families.flatMap((family) => family.rows.flatMap((row) => row.cells));
  const count = (state: CellState): number => cells.filter((cell) => cell !== undefined && stateOf(cell) === state).length;
  const present = STATES.filter((state) => count(state) > 0);
  return html`<form class="filters" role="search" aria-label="Filter clauses">
<label class="find">Find <input type="search" name="text" placeholder="clause or words" autocomplete="off"></label>
<label>Profile <select name="host"><option value="">all</option>${matrix.hosts.map((host) => html`<option value="${host}">${host}</option>`)}</select></label>
<label>Family <select name="family"><option value="">all</option>${matrix.families.map(({ family }) => html`<option value="${family}">${family}</option>`)}</select></label>
<fieldset><legend class="out">Verdicts</legend>${present.map(
    (state) =>
      html`<label class="chip"><input type="checkbox" name="state" value="${state}" checked>${icon(state)}${STATE_WORDS[state]} <b>${count(state)}</b></label>`,
  )}</fieldset>
<span class="tail"><output class="left" aria-live="polite"></output><button type="button" class="reset">show all</button></span>
</form>`;
}
