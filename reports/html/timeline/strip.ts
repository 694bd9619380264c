// The drawn side of a timeline: for every row a strip of SVG with the lanes that pass, the event's sign, and the red line that follows the
// content from one station to the next. Strips stand above one another and join; so rows may grow, wrap and break over pages.

import { html, type Markup, when } from "../markup.js";
import type { Lane } from "./lanes.js";
import type { Sign } from "./rows.js";

/** Pixels from the top of a row to its sign. */
const SIGN_Y = 17;
const LEFT = 14;
const PITCH = 20;
const NARROW_PITCH = 13;

export interface StripLine {
  lane: Lane;
  reach: "through" | "starts" | "ends" | "point";
}

/** passes: the chain runs by in this column. station: it comes from another column, if there was a station before, and may go on. */
export type ChainPart = { at: "passes"; column: number } | { at: "station"; from?: number; goesOn: boolean };

export interface Strip {
  lines: StripLine[];
  sign?: { sign: Sign; column: number; colour?: number; stress: "station" | "none" };
  chain?: ChainPart;
}

const pitchOf = (columns: number): number => (columns <= 5 ? PITCH : NARROW_PITCH);
const xOf = (column: number, columns: number): number => LEFT + column * pitchOf(columns);
/** Pixels. The style gives the strips of each number of columns this width. */
export const widthOf = (columns: number): number => 2 * LEFT + (columns - 1) * pitchOf(columns);

const ENDS: Record<StripLine["reach"], [top: string, bottom: string]> = {
  through: ["0", "100%"],
  starts: [String(SIGN_Y), "100%"],
  ends: ["0", String(SIGN_Y)],
  point: [String(SIGN_Y), String(SIGN_Y)],
};

export function stripSvg(strip: Strip, columns: number): Markup {
  const x = (lane: Lane): number => xOf(lane.column, columns);
  return html`<span class="strip w-${columns}" aria-hidden="true"><svg width="100%" height="100%" focusable="false">
${strip.lines.map(({ lane, reach }) => {
  const [top, bottom] = ENDS[reach];
  return html`<line class="lane k-${lane.colour}" x1="${x(lane)}" x2="${x(lane)}" y1="${top}" y2="${bottom}"/>`;
})}${when(strip.sign?.sign === "break", () => html`<line class="cut" x1="0" x2="100%" y1="${SIGN_Y}" y2="${SIGN_Y}"/>`)}${chainLine(strip, columns)}${signMark(strip, columns)}
</svg></span>`;
}

function chainLine({ chain, sign }: Strip, columns: number): Markup {
  if (chain === undefined) return html``;
  if (chain.at === "passes") {
    const x = xOf(chain.column, columns);
    return html`<line class="chain" x1="${x}" x2="${x}" y1="0" y2="100%"/>`;
  }
  const here = xOf(sign?.column ?? 0, columns);
  const start = chain.from === undefined ? undefined : xOf(chain.from, columns);
  return html`${when(start !== undefined, () => html`<path class="chain" d="M${start} 0C${start} ${SIGN_Y - 4} ${here} 2 ${here} ${SIGN_Y}"/>`)}${when(
    chain.goesOn,
    () => html`<line class="chain" x1="${here}" x2="${here}" y1="${SIGN_Y}" y2="100%"/>`,
  )}`;
}

function signMark({ sign }: Strip, columns: number): Markup {
  if (sign === undefined) return html``;
  const x = xOf(sign.column, columns);
  const y = SIGN_Y;
  const tone = `sign ${sign.colour === undefined ? "k-none" : `k-${sign.colour}`}${sign.stress === "none" ? "" : " marked"}`;
  switch (sign.sign) {
    case "view":
      return html`<circle class="${tone}" cx="${x}" cy="${y}" r="5.5"/>`;
    case "delivery":
      return html`<rect class="${tone}" x="${x - 5}" y="${y - 5}" width="10" height="10" rx="1.5"/>`;
    case "compact":
      return html`<path class="${tone}" d="M${x} ${y - 7}L${x + 7} ${y}L${x} ${y + 7}L${x - 7} ${y}Z"/>`;
    case "throw":
      return html`<path class="${tone} open" d="M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}"/>`;
    case "overflow":
      return html`<path class="${tone} over" d="M${x} ${y - 7}L${x + 7} ${y + 5}H${x - 7}Z"/>`;
    case "break":
      return html`<circle class="${tone} open" cx="${x}" cy="${y}" r="4"/>`;
    case "call":
    case "note":
      return html`<circle class="${tone} open" cx="${x}" cy="${y}" r="3"/>`;
  }
}
