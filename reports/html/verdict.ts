// The head of the page: whose report it is, the verdict with what it means, and how much was tried.

import type { Report } from "../../src/define/index.js";
import { plural } from "../../src/define/plural.js";
import type { CellState } from "../facts/matrix.js";
import { byClause, type Violation } from "../facts/violations.js";
import { baselineWords, meaningOf } from "../words/baseline.js";
import { cutWords } from "../words/cut.js";
import { percent, thousands, VERDICT_WORDS } from "../words/verdicts.js";
import { icon } from "./icons.js";
import { html, type Markup, when } from "./markup.js";

/** The sign that stands for a verdict. */
export const VERDICT_STATE: Record<Report["verdict"], CellState> = {
  conforms: "passed",
  violates: "violated",
  inconclusive: "inconclusive",
  flaky: "flaky",
  error: "violated",
};

export function verdictHead(report: Report, violations: readonly Violation[]): Markup {
  const { engine, run, verdict } = report;
  const name = engine.name || engine.source;
  return html`<header class="head">
<p class="kicker">Conformance report of a context engine</p>
<h1><bdi>${name}</bdi> <span class="version"><bdi>${engine.version}</bdi></span></h1>
<p class="source"><bdi>${engine.source}</bdi></p>
<div class="verdict v-${verdict}">
<span class="sign">${icon(VERDICT_STATE[verdict])}</span>
<div><h2 id="verdict">${VERDICT_WORDS[verdict].word}</h2>
<p>${meaningOf(report)}</p>
${findingWords(violations)}${baselineList(report)}${errorWords(report)}${boundWords(report)}</div>
</div>
${when(report.truncated, () => html`<p class="notice">Cut short: ${cutWords(report) ?? ""}. The counts below say what was done.</p>`)}
<dl class="figures">
${figure(thousands(run.cases), `${run.cases === 1 ? "case" : "cases"} played`)}
${figure(thousands(run.steps), "steps in them")}
${figure(thousands(run.engineCalls), "engine calls")}
${figure(String(run.hosts.length), run.hosts.length === 1 ? "host profile" : "host profiles")}
${figure(String(run.seed), `seed, preset ${run.preset}`)}
</dl>
</header>`;
}

const figure = (value: string, what: string): Markup => html`<div><dt>${what}</dt><dd><bdi>${value}</bdi></dd></div>`;

function findingWords(violations: readonly Violation[]): Markup {
  const count = (weight: Violation["weight"]): number => byClause(violations.filter((one) => one.weight === weight)).length;
  const parts = [
    [count("counts"), "violated"],
    [count("flaky"), "flaky"],
    [count("warning"), "violated as a warning"],
    [count("excused"), "excused"],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, words]) => `${plural(n, "clause")} ${words}`);
  return when(said.length > 0, () => html`<p><a href="#violations">${said.join(", ")}</a></p>`);
}

/** What of a baseline does not hold. */
function baselineList(report: Report): Markup {
  const failing = baselineWords(report).filter(({ fails }) => fails);
  return when(
    failing.length > 0,
    () =>
      html`<ul>${failing.map(({ state, clause, host, text }) => html`<li>Baseline, ${state}: <code>${clause}</code> under ${host}: <bdi>${text}</bdi></li>`)}</ul>`,
  );
}

function boundWords(report: Report): Markup {
  const { failureRateBound, verdict, run } = report;
  if (failureRateBound === undefined || verdict !== "conforms") return html``;
  return html`<p>With 95% confidence, at most <strong>${percent(failureRateBound)}</strong> of such cases fail: ${thousands(run.cases + run.extraCases)} were played, none did. That is evidence, not proof; <a href="#not-judged">what was not judged</a> stands below.</p>`;
}

function errorWords(report: Report): Markup {
  const { error } = report;
  if (error === undefined) return html``;
  return html`<p class="said all">${error.message}</p><p><strong>Try:</strong> ${error.hint}</p>
${when(error.cause !== undefined, () => html`<details><summary>The cause</summary><pre class="said" tabindex="0">${error.cause ?? ""}</pre></details>`)}`;
}
