// A clause as a SARIF rule.

import type { ReportClause } from "../../src/define/index.js";
import { LEVEL_WORDS } from "../words/verdicts.js";

export interface Rule {
  id: string;
  name: string;
  shortDescription: { text: string };
  fullDescription: { text: string };
  help: { text: string };
  helpUri?: string;
  defaultConfiguration: { level: "error" | "warning" };
  properties: { tags: string[] };
}

export function createRule(clause: ReportClause): Rule {
  const sources = clause.source ?? [];
  const url = sources.find((source) => /^https?:\/\//.test(source.url))?.url;
  return {
    id: clause.id,
    name: clause.id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: `${clause.title}.` },
    fullDescription: { text: [`${clause.title}.`, ...sources.map((source) => source.says)].join(" ") },
    help: { text: `${clause.level}: ${LEVEL_WORDS[clause.level]} \`npx ctxspec explain ${clause.id}\` shows a violating case.` },
    ...(url === undefined ? {} : { helpUri: url }),
    defaultConfiguration: { level: clause.level === "should" ? "warning" : "error" },
    properties: { tags: ["context-engine", clause.family, clause.level] },
  };
}
