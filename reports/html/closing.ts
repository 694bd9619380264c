// The end of the page: what was not judged and why, and what is known of the engine.

import type { Report } from "../../src/define/index.js";
import { reasonsOf } from "../facts/violations.js";
import { CLAUSE_WORDS } from "../words/verdicts.js";
import type { TextDesk } from "./engine-text.js";
import { html, type Markup, when } from "./markup.js";

export function notJudgedSection(report: Report): Markup {
  const reasons = reasonsOf(report);
  return html`<section id="not-judged"><h2>What was not judged</h2>
<p class="about">No run says anything about these:</p>
<ul>${report.notJudged.map((what) => html`<li>${what}</li>`)}</ul>
${when(
  reasons.length > 0,
  () =>
    html`<h3>Clauses without a verdict</h3><dl class="missing">${reasons.map(
      ({ verdict, reason, clauses }) =>
        html`<dt>${CLAUSE_WORDS[verdict].word}: <bdi>${reason}</bdi></dt><dd>${clauses.map((id, n) => html`${n === 0 ? "" : ", "}<code>${id}</code>`)}</dd>`,
    )}</dl>`,
)}</section>`;
}

export function engineSection(report: Report, desk: TextDesk): Markup {
  const { engine, tool, run } = report;
  const declares = Object.entries(engine.declares);
  return html`<section id="engine"><h2>The engine</h2>
<dl class="facts">
<dt>Id</dt><dd><bdi>${engine.id || "unknown"}</bdi></dd>
<dt>Name, version</dt><dd><bdi>${`${engine.name} ${engine.version}`.trim()}</bdi></dd>
<dt>Asked for as</dt><dd><bdi>${engine.source}</bdi></dd>
<dt>Digest of its files</dt><dd><code>${engine.digest || "unknown"}</code></dd>
<dt>Claims</dt><dd>${engine.claims.length === 0 ? "nothing" : html`<bdi>${engine.claims.join(", ")}</bdi>`}</dd>
${declares.map(([name, value]) => html`<dt>declares <bdi>${name}</bdi></dt><dd>${desk.show(typeof value === "string" ? value : (JSON.stringify(value) ?? ""))}</dd>`)}
</dl>
${when(engine.notes.length > 0, () => html`<h3>Notes on loading</h3><ul>${engine.notes.map((note) => html`<li>${desk.show(note)}</li>`)}</ul>`)}
<p class="about">Made by ${tool.name} ${tool.version} (cases of generator ${tool.generator}), Node ${run.node}${run.shard === undefined ? "" : `, shard ${run.shard}`}.</p>
</section>`;
}
