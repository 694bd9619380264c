// The timeline of a shrunk case: its legend of lanes, then the steps with the calls in them. A list in the document and a drawing beside
// it: a screen reader hears the same that the eye follows. Each call opens to what was given and shown.

import { plural } from "../../../src/define/plural.js";
import { sessionWords, stepWords } from "../../../src/draw/words.js";
import type { TextDesk } from "../engine-text.js";
import { html, type Markup, when } from "../markup.js";
import { detailOf } from "./detail.js";
import { type Lane, sessionOf } from "./lanes.js";
import type { Group, Row, Timeline } from "./rows.js";
import { type ChainPart, type Strip, type StripLine, stripSvg } from "./strip.js";

export interface TimelineView {
  timeline: Timeline;
  /** Prefix of the ids of rows. */
  anchor: string;
  canaries: readonly string[];
  desk: TextDesk;
}

interface Place extends TimelineView {
  chains: Map<Row | Group, ChainPart>;
}

export function timelineMarkup(view: TimelineView): Markup {
  const place: Place = { ...view, chains: chainsOf(view.timeline) };
  const quiet = view.timeline.groups.flatMap((group) => group.rows).filter((row) => row.quiet).length;
  return html`<div class="timeline">
${legend(view.timeline.lanes.all)}
${when(quiet > 0, () => html`<label class="every"><input type="checkbox" class="show-quiet"> show every event (${quiet} more: new instances, answers of the model, …)</label>`)}
<ol class="steps">${view.timeline.groups.map((group) => groupMarkup(group, place))}</ol>
</div>`;
}

function legend(lanes: readonly Lane[]): Markup {
  return html`<ul class="legend" aria-label="Lanes: sessions and isolated runs">${lanes.map(
    (lane) =>
      html`<li><svg width="14" height="14" aria-hidden="true" focusable="false"><line class="lane k-${lane.colour}" x1="7" x2="7" y1="0" y2="14"/></svg><b><bdi>${lane.name}</bdi></b> <span class="key"><bdi>${lane.key}</bdi></span> <span class="id">session <bdi>${lane.sessionId}</bdi></span></li>`,
  )}</ul>`;
}

/** Which part of the chain runs through each row and each head of a group. */
function chainsOf({ groups }: Timeline): Map<Row | Group, ChainPart> {
  const stops = groups.flatMap((group): (Row | Group)[] => [group, ...group.rows]);
  const isStation = (stop: Row | Group): stop is Row => "at" in stop && (stop.mark !== undefined || stop.carries);
  const stations = stops.filter(isStation);
  const parts = new Map<Row | Group, ChainPart>();
  let before: Row | undefined;
  for (const stop of stops) {
    const from = before === undefined ? {} : { from: before.column };
    if (isStation(stop)) {
      parts.set(stop, { at: "station", ...from, goesOn: stop !== stations.at(-1) });
      before = stop;
    } else if (before !== undefined && before !== stations.at(-1)) parts.set(stop, { at: "passes", column: before.column });
  }
  return parts;
}

function linesAt(at: number, lanes: readonly Lane[]): StripLine[] {
  return lanes
    .filter((lane) => lane.first <= at && at <= lane.last)
    .map((lane) => {
      if (lane.first === lane.last) return { lane, reach: "point" };
      return { lane, reach: at === lane.first ? "starts" : at === lane.last ? "ends" : "through" };
    });
}

function groupMarkup(group: Group, place: Place): Markup {
  const { lanes } = place.timeline;
  const first = group.rows[0];
  const chain = place.chains.get(group);
  const head: Strip = {
    lines: first === undefined ? [] : linesAt(first.at - 0.5, lanes.all),
    ...(chain === undefined ? {} : { chain }),
  };
  const session = group.rows.map((row) => sessionOf(row.event)).find((one) => one !== undefined);
  const title = group.step === undefined ? "after the last step" : stepWords(group.step);
  const ending = group.again ? " (continued)" : "";
  return html`<li class="step${group.skipped === undefined ? "" : " skipped"}">
<div class="row step-head">${stripSvg(head, lanes.columns)}<div class="what">
<h5>${when(group.stepId !== "", () => html`<span class="step-id">${group.stepId}</span> `)}<bdi>${title}</bdi>${ending}</h5>
${when(session !== undefined && !group.again, () => html`<p class="where"><bdi>${session === undefined ? "" : sessionWords(session)}</bdi></p>`)}
${when(group.skipped !== undefined, () => html`<p class="where">skipped: ${group.skipped}</p>`)}
${when(group.why !== undefined, () => html`<p class="why"><b>Without this step:</b> ${group.why}</p>`)}
</div></div>
${when(group.rows.length > 0, () => html`<ol class="rows" aria-label="${`${plural(group.rows.length, "event")} of ${group.stepId || "the end"}`}">${group.rows.map((row) => rowMarkup(row, place))}</ol>`)}
</li>`;
}

function rowMarkup(row: Row, place: Place): Markup {
  const { lanes } = place.timeline;
  const chain = place.chains.get(row);
  const strip: Strip = {
    lines: linesAt(row.at, lanes.all),
    sign: {
      sign: row.sign,
      column: row.column,
      ...(row.lane === undefined ? {} : { colour: row.lane.colour }),
      stress: row.mark !== undefined || row.carries ? "station" : "none",
    },
    ...(chain === undefined ? {} : { chain }),
  };
  const classes = `row sign-${row.sign}${row.quiet ? " quiet" : ""}${row.mark === undefined ? "" : " blamed"}`;
  return html`<li class="${classes}" id="${place.anchor}-e${row.at}">${stripSvg(strip, lanes.columns)}<div class="what">${whatMarkup(row, place)}</div></li>`;
}

const laneName = (lane: Lane | undefined): Markup =>
  lane === undefined ? html`` : html` <span class="lane-name k-${lane.colour}"><bdi>${lane.name}</bdi></span>`;

/** The whole stands in the row's detail. */
const cut = (words: string): string => (words.length > 300 ? `${words.slice(0, 300)}…` : words);

function whatMarkup(row: Row, place: Place): Markup {
  const line = html`${when(row.mark !== undefined, () => html`<span class="mark"><span class="out">station </span>${row.mark}</span> `)}<code>${row.who}</code> <bdi>${row.words}</bdi>${when(
    row.outcome !== "",
    () =>
      html` <span class="outcome"><span aria-hidden="true">→</span><span class="out"> answer: </span> <bdi>${cut(row.outcome)}</bdi></span>`,
  )}${laneName(row.lane)}`;
  const detail = detailOf(row, place);
  if (detail === undefined) return html`<p class="line">${line}</p>`;
  return html`<details${row.mark === undefined ? html`` : html` open`}><summary class="line">${line}</summary>${detail}</details>`;
}
