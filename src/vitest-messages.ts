// What a failing conformance test prints: the requirement, the shrunk case drawn step by step, and the command that plays it again.

import { violationLines } from "./commands/violation-text.js";
import type { Event, ReportClause, ReportFinding } from "./define/index.js";
import { plural } from "./define/plural.js";
import { PLAIN, wrap } from "./draw/lines.js";

const WIDTH = 110;

export function inconclusiveMessage({ id, level, host, reason, cases }: ReportClause): string {
  return `${id} (${level}) under ${host} is inconclusive: ${reason ?? `never exercised in ${plural(cases, "case")}`}. Give more cases: an empty pass is none.`;
}

/** `replayable`: the engine has a path that stands in the replay command. */
export function violationMessage(entry: ReportClause, replayable: boolean): string {
  const { id, level, host, title, findings, verdict, violations, cases } = entry;
  const [finding] = findings;
  const head = `${id} (${level}) under ${host} ${verdict === "flaky" ? "was violated, but not again in replays" : `is violated in ${violations} of ${plural(cases, "case")}`}`;
  const body = finding === undefined ? [] : findingLines(finding, replayable);
  return [head, ...wrap(`Required: ${title}`, WIDTH, "  "), ...body].join("\n");
}

function findingLines(finding: ReportFinding, replayable: boolean): string[] {
  const shrunk = finding.steps === finding.shrunkFrom ? "" : `, shrunk from ${finding.shrunkFrom}`;
  const proven = finding.minimal ? "; without any one of them it does not happen" : "";
  const engine = replayable ? "" : " <module that exports the engine>";
  return [
    ...violationLines({ ...finding, events: finding.events as unknown as Event[] }, PLAIN, WIDTH),
    "",
    `  The case: ${plural(finding.steps, "step")}${shrunk}${proven}. The numbers in the margin lead to the finding.`,
    `  Play it again: ${finding.replay}${engine}`,
  ];
}
