// The signs of verdicts and of events, drawn as SVG so that no font has to have them. Each differs in shape, never in colour alone.

import type { CellState } from "../facts/matrix.js";
import { html, type Markup } from "./markup.js";

/** Once in a page; `icon` refers to it. */
export const SPRITE: Markup = html`<svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false">
<symbol id="i-passed" viewBox="0 0 16 16"><path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></symbol>
<symbol id="i-violated" viewBox="0 0 16 16"><path d="M4 4l8 8M12 4l-8 8" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round"/></symbol>
<symbol id="i-warning" viewBox="0 0 16 16"><path d="M8 2 15 14H1z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/><path d="M8 6.5v3.6M8 12v.2" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"/></symbol>
<symbol id="i-flaky" viewBox="0 0 16 16"><path d="M1.5 9.5c2-5 4-5 6 0s4.5 5 7-1.5" fill="none" stroke="currentColor" stroke-width="2.1" stroke-linecap="round"/></symbol>
<symbol id="i-inconclusive" viewBox="0 0 16 16"><path d="M5 5.6a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1-1.5 2.3M8 13v.2" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></symbol>
<symbol id="i-excused" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2"/></symbol>
<symbol id="i-not-applicable" viewBox="0 0 16 16"><path d="M5 8h6" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/></symbol>
</svg>`;

export const icon = (state: CellState): Markup =>
  html`<svg class="icon s-${state}" aria-hidden="true" focusable="false"><use href="#i-${state}"/></svg>`;

export const STATE_WORDS: Record<CellState, string> = {
  passed: "passed",
  violated: "violated",
  warning: "warning",
  flaky: "flaky",
  inconclusive: "not exercised",
  excused: "excused",
  "not-applicable": "not applicable",
};
