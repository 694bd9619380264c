// A violation as a SARIF result: its message, where it points, the chain of calls as a code flow, and what makes it the same in the next run.

import { plural } from "../../src/define/plural.js";
import { cutText, oneLine, visible } from "../../src/draw/visible.js";
import { type Station, trailOf } from "../facts/trail.js";
import type { Violation } from "../facts/violations.js";

const MOST = 4_000;
const LEVEL = { counts: "error", flaky: "warning", warning: "warning", excused: "note" } as const;

export interface Place {
  /** Of the engine's file, relative to the working directory. */
  uri: string;
  ruleIndex: number;
}

export function resultOf(violation: Violation, { uri, ruleIndex }: Place): Record<string, unknown> {
  const { clause, finding, weight } = violation;
  const location = (text?: string): Record<string, unknown> => ({
    physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } },
    ...(text === undefined ? {} : { message: { text } }),
  });
  const stations = trailOf(finding).stations;
  return {
    ruleId: clause.id,
    ruleIndex,
    kind: "fail",
    level: LEVEL[weight],
    message: { text: messageOf(violation) },
    locations: [{ ...location(), logicalLocations: [{ name: clause.host, kind: "module" }] }],
    ...(stations.length === 0
      ? {}
      : {
          codeFlows: [
            { threadFlows: [{ locations: stations.map((station) => ({ location: location(stationText(station)) })) }] },
          ],
        }),
    partialFingerprints: { "clauseAndHost/v1": `${clause.id} ${clause.host} ${finding.level}` },
    ...(weight === "excused"
      ? { suppressions: [{ kind: "external", justification: visible(clause.reason ?? "declared as known") }] }
      : {}),
    properties: {
      host: clause.host,
      caseFile: finding.caseFile,
      replay: finding.replay,
      steps: finding.steps,
      violations: clause.violations,
      flaky: weight === "flaky",
    },
  };
}

function messageOf({ clause, finding }: Violation): string {
  const said = (text: string): string => cutText(visible(text), MOST);
  return [
    said(finding.message),
    `Expected: ${said(finding.expected)}`,
    `Actual: ${said(finding.actual)}`,
    `Under ${clause.host}, in a case of ${plural(finding.steps, "step")}. Play it again: ${visible(finding.replay)}`,
  ].join("\n");
}

function stationText({ who, words, step, session, carried }: Station): string {
  const where = session === undefined ? "" : ` [${session.key}, session ${session.sessionId}]`;
  const text = carried === undefined ? "" : ` — ${carried.where}: "${oneLine(carried.text, 160)}"`;
  return oneLine(`${step === "" ? "" : `${step}: `}${who} ${words}${where}${text}`, 800);
}
