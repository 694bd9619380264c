// One violated clause: the requirement with its source, then each profile's finding: what happened, expected against actual, the way of the
// content, the timeline, and the command that plays it again.

import { plural } from "../../src/define/plural.js";
import { trailOf } from "../facts/trail.js";
import type { Violation, Weight } from "../facts/violations.js";
import { LEVEL_WORDS } from "../words/verdicts.js";
import type { TextDesk } from "./engine-text.js";
import { icon } from "./icons.js";
import { html, type Markup, when } from "./markup.js";
import { timelineOf } from "./timeline/rows.js";
import { timelineMarkup } from "./timeline/timeline.js";
import { wayMarkup } from "./way.js";

const WEIGHT_WORDS: Record<Weight, string> = {
  counts: "counts against the engine",
  warning: "a warning: does not change the verdict unless the run was strict",
  flaky: "seen once, but not when its case was replayed",
  excused: "declared as known: does not count",
};
const STATE = { counts: "violated", warning: "warning", flaky: "flaky", excused: "excused" } as const;

/** All violations of one clause; the first is open. */
export function violationCard(group: readonly Violation[], open: boolean, desk: TextDesk): Markup {
  const first = group[0];
  if (first === undefined) return html``;
  const { clause, weight } = first;
  return html`<article class="violation" data-id="${clause.id}" data-family="${clause.family}" data-text="${`${clause.id} ${clause.title} ${first.finding.message}`.toLowerCase()}">
<details class="fold-card"${open ? html` open` : html``}><summary><h3>${icon(STATE[weight])}<code>${clause.id}</code> <span class="level l-${clause.level}">${clause.level}</span> ${hostsOf(group)}</h3>
<p class="gist">${first.clause.title}</p></summary>
<div class="body">
${requirement(first)}
${group.map((violation, n) => exhibit(violation, n === 0, group.length > 1, desk))}
</div></details></article>`;
}

const hostsOf = (group: readonly Violation[]): Markup[] =>
  [...new Set(group.map((one) => one.clause.host))].map((host) => html` <span class="host">${host}</span>`);

function requirement({ clause, weight }: Violation): Markup {
  const sources = clause.source ?? [];
  return html`<section class="requirement"><h4>The requirement</h4>
<p class="law">${clause.title}.</p>
<p class="about"><b>${clause.level}</b>: ${LEVEL_WORDS[clause.level]} This violation ${weight === "counts" ? "" : "is "}${WEIGHT_WORDS[weight]}.</p>
${sources.length > 0 ? html`<ul class="sources">${sources.map(({ url, says }) => html`<li><q>${says}</q> <a href="${safeUrl(url)}" rel="noreferrer"><bdi>${url}</bdi></a></li>`)}</ul>` : html`<p class="about"><code>npx ctxspec explain ${clause.id}</code> names the source.</p>`}
</section>`;
}

/** Anything but a web address leads nowhere. */
const safeUrl = (url: string): string => (/^https?:\/\//.test(url) ? url : "#");

function exhibit(violation: Violation, open: boolean, several: boolean, desk: TextDesk): Markup {
  const { clause, anchor } = violation;
  const body = exhibitBody(violation, desk);
  if (!several)
    return html`<section class="exhibit" id="${anchor}" data-host="${clause.host}" data-state="${STATE[violation.weight]}">${body}</section>`;
  return html`<details class="exhibit" id="${anchor}" data-host="${clause.host}" data-state="${STATE[violation.weight]}"${open ? html` open` : html``}><summary>under <b>${clause.host}</b>: violated in ${plural(clause.violations, "case")} of ${clause.cases}</summary>${body}</details>`;
}

function exhibitBody({ clause, finding, anchor }: Violation, desk: TextDesk): Markup {
  const trail = trailOf(finding);
  const timeline = timelineOf(finding, trail);
  const shrunk = finding.steps === finding.shrunkFrom ? "" : `, shrunk from ${finding.shrunkFrom}`;
  const proven = finding.minimal
    ? "Leaving out any one of them makes the violation go away; that was tried."
    : "That it is the smallest was not proven.";
  return html`<h4>What happened</h4>
<div class="message">${desk.show(finding.message, trail.canaries)}</div>
<div class="versus"><div class="expected"><h5>expected</h5>${desk.show(finding.expected, trail.canaries)}</div>
<div class="actual"><h5>actual</h5>${desk.show(finding.actual, trail.canaries)}</div></div>
${wayMarkup(trail, finding, { anchor, lanes: timeline.lanes, desk })}
<h4>The case, step by step</h4>
<p class="about">${plural(finding.steps, "step")}${shrunk}, found as case ${finding.foundAt} under ${clause.host}. ${proven}</p>
${timelineMarkup({ timeline, anchor, canaries: trail.canaries, desk })}
<h4>Play it again</h4>
<div class="replay"><code id="${anchor}-replay" tabindex="0">${finding.replay}</code><button type="button" class="copy" data-from="${anchor}-replay">Copy</button><span class="copied" role="status"></span></div>
<p class="about">The case lies in <code>${finding.caseFile}</code>, beside the report.</p>`;
}

export function violationsSection(groups: readonly (readonly Violation[])[], desk: TextDesk): Markup {
  return html`<section id="violations"><h2>Violations</h2>
${
  groups.length === 0
    ? html`<p class="none">None was found.</p>`
    : html`<p class="tools"><button type="button" class="open-all">Open all</button> <button type="button" class="close-all">Close all</button></p>
${groups.map((group, n) => violationCard(group, n === 0, desk))}`
}
${when(groups.length > 0, () => html`<p class="none nothing-left" hidden>The filter leaves no violation.</p>`)}
</section>`;
}
