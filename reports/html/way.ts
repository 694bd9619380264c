// The way of the content as a row of cards: delivered here, carried over there, shown where it does not belong, or missing.

import type { ReportFinding } from "../../src/define/index.js";
import { sessionWords } from "../../src/draw/words.js";
import type { Station, Trail } from "../facts/trail.js";
import type { TextDesk } from "./engine-text.js";
import { html, type Markup, when } from "./markup.js";
import type { Lanes } from "./timeline/lanes.js";

export function wayMarkup(trail: Trail, finding: ReportFinding, place: { anchor: string; lanes: Lanes; desk: TextDesk }): Markup {
  if (trail.stations.length === 0) return html``;
  const title = trail.canaries.length > 0 ? "The way of the content" : "What led there";
  return html`<h4>${title}</h4>
${when(trail.canaries.length > 0, () => html`<p class="about">Followed: the text marked ${trail.canaries.slice(0, 4).map((canary, n) => html`${n === 0 ? "" : ", "}<mark>${canary}</mark>`)}</p>`)}
<ol class="way">${trail.stations.map((station) => card(station, trail, place))}${when(
    trail.endsElsewhere !== false,
    () =>
      html`<li class="card end"><p class="card-head"><span class="mark">${trail.endsElsewhere === false ? "" : (trail.endsElsewhere.mark ?? "!")}</span> found</p><div class="carried">${place.desk.show(finding.actual, trail.canaries)}</div></li>`,
  )}</ol>`;
}

function card(station: Station, trail: Trail, place: { anchor: string; lanes: Lanes; desk: TextDesk }): Markup {
  const { carried, session } = station;
  const lane = place.lanes.of(session);
  return html`<li class="card${lane === undefined ? "" : ` k-${lane.colour}`}">
<p class="card-head">${when(station.mark !== undefined, () => html`<span class="mark">${station.mark}</span> `)}<a href="#${place.anchor}-e${station.at}">${station.step === "" ? "after the case" : `step ${station.step}`}</a>${when(lane !== undefined, () => html` <b><bdi>${lane?.name}</bdi></b>`)}</p>
<p><code>${station.who}</code> <bdi>${station.words.slice(0, 300)}</bdi></p>
${when(carried !== undefined, () => html`<div class="carried"><span class="where">${carried?.where}:</span> ${place.desk.show(aroundText(carried?.text ?? "", trail.canaries), trail.canaries)}</div>`)}
${when(carried === undefined && trail.canaries.length > 0 && station.who === "assemble", () => html`<p class="carried"><span class="where">does not hold the text</span></p>`)}
${when(session !== undefined, () => html`<p class="where"><bdi>${session === undefined ? "" : sessionWords(session)}</bdi></p>`)}
</li>`;
}

const AROUND = 120;

/** What stands around the content; the whole is in the timeline. */
function aroundText(text: string, canaries: readonly string[]): string {
  if (text.length <= 2 * AROUND) return text;
  const at = Math.max(0, Math.min(...canaries.map((canary) => text.indexOf(canary)).filter((found) => found >= 0)));
  const from = Math.max(0, at - AROUND / 3);
  return `${from > 0 ? "…" : ""}${text.slice(from, from + 2 * AROUND)}…`;
}
