// What the run really did: cases per profile, what stayed unexercised, which call followed which, and the checks of the harness itself.

import type { Report } from "../../src/define/index.js";
import { plural } from "../../src/define/plural.js";
import { thousands } from "../words/verdicts.js";
import { html, type Markup, when } from "./markup.js";

export function coverageSection(report: Report): Markup {
  const { run, coverage } = report;
  return html`<section id="coverage"><h2>Witnesses and coverage</h2>
<p class="about">A clause passes only if it was exercised; the matrix gives the number of times. This is what the cases were made of.</p>
<div class="scroll" role="region" aria-label="Profiles" tabindex="0"><table class="plain"><thead><tr><th scope="col">Profile</th><th scope="col" class="n">Cases</th><th scope="col" class="n">Steps</th><th scope="col" class="n">Calls</th><th scope="col" class="n">Kinds of edges</th><th scope="col">Chosen because</th></tr></thead><tbody>
${run.hosts.map(
  (host) =>
    html`<tr><th scope="row">${host.id}</th><td class="n">${thousands(host.cases)}</td><td class="n">${thousands(host.steps)}</td><td class="n">${thousands(host.engineCalls)}</td><td class="n">${Object.keys(coverage.edges[host.id] ?? {}).length}</td><td><bdi>${host.reason}</bdi></td></tr>`,
)}
${run.skippedHosts.map((host) => html`<tr class="left-out"><th scope="row">${host.id}</th><td colspan="4">left out</td><td><bdi>${host.reason}</bdi></td></tr>`)}
</tbody></table></div>
${unexercised(coverage.unexercised)}
${when(coverage.unsettled > 0, () => html`<p class="notice">After ${plural(coverage.unsettled, "turn")} the engine's background work was still running when it was judged.</p>`)}
${Object.entries(coverage.edges).map(([host, edges]) => edgesOf(host, edges))}
${harness(report.harness)}
</section>`;
}

function unexercised(missing: Report["coverage"]["unexercised"]): Markup {
  const lines = Object.entries(missing).filter(([, names]) => names.length > 0);
  if (lines.length === 0) return html``;
  return html`<h3>Never reached</h3><dl class="missing">${lines.map(([host, names]) => html`<dt>${host}</dt><dd><bdi>${names.join(", ")}</bdi></dd>`)}</dl>`;
}

/** Which call followed which, the most frequent first. */
function edgesOf(host: string, edges: Record<string, number>): Markup {
  const sorted = Object.entries(edges).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  if (sorted.length === 0) return html``;
  return html`<details class="edges"><summary>Which call followed which under ${host} (${sorted.length} kinds)</summary><ul>${sorted.map(
    ([edge, count]) => html`<li><code>${edge.replace("->", " → ").replace("@", " · ")}</code> ${thousands(count)}×</li>`,
  )}</ul></details>`;
}

function harness(checks: Report["harness"]): Markup {
  if (checks.length === 0) return html``;
  const ids = [...new Set(checks.map((check) => check.id))];
  const words = (id: string): string => {
    const own = checks.filter((check) => check.id === id);
    const held = own.filter((check) => check.verdict === "passed");
    return `held under ${held.length} of ${own.length} profiles, ${thousands(own.reduce((sum, check) => sum + check.witnessed, 0))}×`;
  };
  return html`<details class="edges"><summary>The simulated host's own checks (${ids.length})</summary><ul>${ids.map((id) => html`<li><code>${id}</code> ${words(id)}</li>`)}</ul></details>`;
}
