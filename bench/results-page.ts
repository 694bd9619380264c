// The generated parts of docs/results: what a report says of an engine, as Markdown. Everything between two markers is replaced, everything
// else on a page is a person's. Pure: texts in, texts out.

import type { Event, Report, ReportClause, ReportFinding } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { briefly } from "../src/draw/brief.js";
import { drawCase } from "../src/draw/case-drawing.js";
import { drawnText, PLAIN, wrap } from "../src/draw/lines.js";

const BLOCK = /(<!-- generated:([\w-]+(?: [\w.-]+){0,2}) -->\n)([\s\S]*?)(<!-- \/generated -->)/g;

const WIDTH = 110;
/** A longer drawing is cut to its steps and what is marked. */
const MOST_LINES = 16;

const VERDICTS: Record<ReportClause["verdict"], string> = {
  passed: "ok",
  violated: "**violated**",
  inconclusive: "not exercised",
  flaky: "flaky",
  excused: "excused",
  "not-applicable": "-",
};

/** The page with every block as the report says. A violated clause without a block of its own goes into the block `unjudged`. */
export function withReport(page: string, report: Report): string {
  const judged = new Set([...page.matchAll(BLOCK)].map(([, , name = ""]) => name.split(" ")[1] ?? ""));
  return page.replaceAll(BLOCK, (_whole, open: string, name: string, _old: string, close: string) => {
    const lines = blockOf(name, report, judged);
    return `${open}${lines.join("\n")}\n${close}`;
  });
}

/** A page for an engine that has none. */
export function emptyPage(title: string): string {
  const block = (name: string): string => `<!-- generated:${name} -->\n<!-- /generated -->\n`;
  return `# ${title}\n\n${block("run")}\n## Clauses\n\n${block("clauses")}\n## Violations\n\n${block("unjudged")}`;
}

export function withSummary(page: string, lines: readonly string[]): string {
  return page.replaceAll(BLOCK, (whole, open: string, name: string, _old: string, close: string) =>
    name === "summary" ? `${open}${lines.join("\n")}\n${close}` : whole,
  );
}

/** One line of the index. */
export function summaryLine(title: string, file: string, report: Report): string {
  const violated = violatedIds(report, "must").length;
  const warned = violatedIds(report, "should").length;
  const { engine, run } = report;
  const counts = [`${plural(violated, "must")}`, `${plural(warned, "should")}`].join(", ");
  const found = violated + warned === 0 ? "nothing" : counts;
  return `| [${title}](${file}) | ${engine.version} | ${run.node} | ${run.hosts.length} | ${run.cases} | ${report.verdict} | ${found} |`;
}

function violatedIds(report: Report, level: "must" | "should"): string[] {
  const weak = (clause: ReportClause): boolean =>
    clause.level === "should" || clause.findings.every((one) => one.level === "should");
  const found = report.clauses.filter((one) => one.verdict === "violated" && weak(one) === (level === "should"));
  return [...new Set(found.map((one) => one.id))];
}

function blockOf(name: string, report: Report, judged: ReadonlySet<string>): string[] {
  const [kind, clause, host] = name.split(" ");
  switch (kind) {
    case "run":
      return runLines(report);
    case "clauses":
      return clauseLines(report);
    case "case":
      return caseLines(report, clause ?? "", host);
    case "unjudged": {
      const left = [...new Set(report.clauses.filter((one) => one.verdict === "violated").map((one) => one.id))];
      return left.filter((id) => !judged.has(id)).flatMap((id) => [`### ${id}`, "", ...caseLines(report, id), ""]);
    }
    default:
      throw new Error(
        `<!-- generated:${name} -->: there is no such block; blocks: run, clauses, case <clause> [<profile>], unjudged`,
      );
  }
}

function runLines({ engine, run, tool, verdict, exitCode, truncated }: Report): string[] {
  const rows = [
    ["engine", `\`${engine.source}\` ${engine.version}, which calls itself "${engine.name}"`],
    ["digest", `\`sha256 ${engine.digest}\``],
    ["Node", run.node],
    ["ctxspec", `${tool.version}, generator ${tool.generator}`],
    ["profiles", run.hosts.map((host) => `\`${host.id}\``).join(", ")],
    ["left out", run.skippedHosts.map((host) => `\`${host.id}\`: ${host.reason}`).join("; ") || "none"],
    [
      "cases",
      `${run.hosts[0]?.cases ?? 0} under each profile; ${plural(run.steps, "step")}, ${plural(run.engineCalls, "engine call")}`,
    ],
    ["seed", String(run.seed)],
    ["verdict", `**${verdict}** (exit code ${exitCode})${truncated ? "; some cases were not shrunk to the end" : ""}`],
    ["notes", engine.notes.join("; ") || "none"],
  ];
  return ["| | |", "|---|---|", ...rows.map(([what, said]) => `| ${what} | ${said} |`)];
}

function clauseLines(report: Report): string[] {
  const hosts = report.run.hosts.map((host) => host.id);
  const ids = [...new Set(report.clauses.map((clause) => clause.id))];
  const rows = ids.map((id) => {
    const cells = hosts.map((host) => report.clauses.find((one) => one.id === id && one.host === host));
    return `| \`${id}\` | ${cells[0]?.level ?? ""} | ${cells.map(cell).join(" | ")} |`;
  });
  const reasons = new Map<string, Set<string>>();
  for (const { id, reason, verdict } of report.clauses) {
    if (reason === undefined || verdict === "passed" || verdict === "violated") continue;
    const said = `${verdict === "not-applicable" ? "not applicable" : VERDICTS[verdict]}: ${reason}`;
    reasons.set(said, (reasons.get(said) ?? new Set()).add(id));
  }
  const why = [...reasons].map(([reason, of]) => `- ${reason} (${[...of].map((id) => `\`${id}\``).join(", ")})`);
  return [`| clause | level | ${hosts.join(" | ")} |`, `|---|---|${hosts.map(() => "---|").join("")}`, ...rows, "", ...why];
}

function cell(clause: ReportClause | undefined): string {
  if (clause === undefined) return "";
  if (clause.verdict === "passed") return `ok ${clause.witnessed}×`;
  if (clause.verdict !== "violated") return VERDICTS[clause.verdict];
  const weak = clause.level !== "should" && clause.findings.every((one) => one.level === "should");
  return `${VERDICTS[clause.verdict]} in ${clause.violations}${weak ? " (a warning)" : ""}`;
}

/** The finding of the clause under that profile, or else the first one in the order of the profiles. */
function caseLines(report: Report, id: string, host?: string): string[] {
  const violated = report.clauses.filter((one) => one.id === id && one.verdict === "violated");
  const first = violated.find((one) => one.host === host) ?? violated[0];
  const finding = first?.findings[0];
  if (first === undefined || finding === undefined) return ["Not violated in this run.", ""];
  const others = violated.filter((one) => one !== first).map((one) => `\`${one.host}\``);
  const where = others.length === 0 ? "" : ` (also violated under ${others.join(" and ")})`;
  return [
    `Required: ${first.title}. Shown under \`${first.host}\`${where}.`,
    "",
    "```text",
    ...wrap(`What happened: ${finding.message}`, WIDTH),
    ...wrap(`expected: ${finding.expected}`, WIDTH, "  "),
    ...wrap(`actual:   ${finding.actual}`, WIDTH, "  "),
    "",
    ...drawing(finding),
    "```",
    "",
  ];
}

function drawing(finding: ReportFinding): string[] {
  const { events, at, blame } = finding;
  const all = drawCase({ case: finding.case, events: events as unknown as Event[], at, blame });
  const shrunk = finding.steps === finding.shrunkFrom ? "" : `, shrunk from ${finding.shrunkFrom}`;
  const minimal = finding.minimal ? "; without any one of them it does not happen" : "";
  return [
    `The case: ${plural(finding.steps, "step")}${shrunk}${minimal}.`,
    ...drawnText(briefly(all, finding.minimal, MOST_LINES), PLAIN, WIDTH),
  ];
}
