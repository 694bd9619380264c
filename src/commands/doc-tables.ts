// The tables of README.md and docs/, made from the code they are about, so that neither can say something else. Pure but for what is
// discovered; docs.ts puts them between their markers.

import { allOptions, optionFlag } from "../config.js";
import { type Clause, EXIT, type ExitName, PROFILE_IDS, PROFILES } from "../define/index.js";
import { clauses } from "../discover.js";
import { type KillMatrix, readKillMatrix } from "./kill-matrix.js";
import { type PublishedBug, publishedBugs } from "./published-bugs.js";

export const TABLES = [
  "clauses",
  "clause-details",
  "profiles",
  "exit-codes",
  "options",
  "kill-matrix",
  "kill-matrix-breaks",
] as const;
export type TableName = (typeof TABLES)[number];

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replace(/\s+/g, " ");
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(row)].join("\n");
}

const EXIT_WORDS: Record<ExitName, string> = {
  conforms: "conforms: no clause that counts was violated, every must that applies was exercised",
  violates: "at least one must (or claim; or should under `--strict`) is violated",
  usage: "wrong usage, configuration or case file, or an unwritable `--out`; nothing was run",
  engine: "the engine could not be loaded, or its adapter is broken",
  inconclusive: "a must clause that applies was never exercised or could not be judged, or no case ran",
  flaky: "a violation did not come again when its case was replayed",
  internal: "a fault of ctxspec itself",
};

function exitCodes(): string {
  const names = Object.keys(EXIT) as ExitName[];
  return table(
    ["code", "means"],
    names.map((name) => [String(EXIT[name]), EXIT_WORDS[name]]),
  );
}

function options(): string {
  return table(
    ["option", "what it does", "default"],
    allOptions().map(({ name, help }) => [
      `\`${optionFlag(name)}${help.value === undefined ? "" : ` ${help.value}`}\``,
      help.about,
      help.otherwise ?? "",
    ]),
  ).replaceAll("&lt;", "<");
}

function profiles(): string {
  return table(
    ["profile", "what it plays", "lifecycle", "key of an isolated tick"],
    PROFILE_IDS.map((id) => {
      const { title, lifecycle, keyPolicy } = PROFILES[id];
      return [`\`${id}\``, title, lifecycle, keyPolicy === "stable" ? "the lane's stable key" : "one per tick"];
    }),
  );
}

function clauseTable(all: readonly Clause[]): string {
  return table(
    ["clause", "level", "about", "holds when"],
    all.map(({ id, level, who, title }) => [`\`${id}\``, level, who, title]),
  );
}

function clauseDetails(all: readonly Clause[], catalogue: readonly PublishedBug[]): string {
  const details = all.map(({ id, title, level, who, family, pair, source, bugs, breaks }) => {
    const known = bugs.map((bug) => {
      const found = catalogue.find((one) => one.id === bug);
      return found === undefined ? `- ${bug}` : `- [${cell(found.title)}](${found.url})`;
    });
    return [
      `## ${id}`,
      "",
      `${cell(title)}.`,
      "",
      `Level ${level}, about the ${who}, family ${family}${pair === undefined ? "" : `; its pair is \`${pair}\``}.`,
      "",
      ...source.map(({ url, says }) => `- Source: ${cell(says)} (<${url}>)`),
      ...(known.length > 0 ? ["", "Published bugs it would have caught:", "", ...known] : []),
      ...(breaks.length > 0 ? ["", "Deliberately broken engines and hosts that it must catch:", ""] : []),
      ...breaks.map((one) => `- \`${one.id}\`: ${cell(one.about)}`),
    ].join("\n");
  });
  return details.join("\n\n");
}

const NO_MATRIX = "The kill matrix has not been measured yet: `npm run selftest -- --write`.";

function middle(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

function killSummary(matrix: KillMatrix): string {
  const clauseIds = [...new Set(matrix.breaks.map((one) => one.clause))].sort();
  const rows = clauseIds.map((clause) => {
    const breaks = matrix.breaks.filter((one) => one.clause === clause);
    const kills = breaks.flatMap((one) => (one.cases === undefined ? [] : [one.cases]));
    return [
      `\`${clause}\``,
      String(breaks.length),
      String(kills.length),
      kills.length === 0 ? "" : String(middle(kills)),
      String(Math.max(0, ...kills)),
    ];
  });
  const killed = matrix.breaks.filter((one) => one.cases !== undefined).length;
  const engines = matrix.engines.length === 1 ? "the conforming engine" : `the ${matrix.engines.length} conforming engines`;
  const accused = matrix.accused === 0 ? "none accused" : `${matrix.accused} accusations`;
  return [
    `${killed} of ${matrix.breaks.length} deliberately broken engines and hosts are killed by the clause they aim at; of ${engines}, ${accused} (seed ${matrix.seed}). A break is played on the cases aimed at its clause first, an ordinary one after each of the first three.`,
    "",
    table(["clause", "breaks", "killed", "cases to the first kill, median", "at most"], rows),
  ].join("\n");
}

function killBreaks(matrix: KillMatrix): string {
  return table(
    ["break", "made of", "killed after", "trips as well"],
    matrix.breaks.map(({ id, broken, base, cases, others }) => [
      `\`${id}\``,
      broken === "host" ? "the simulated host" : base,
      cases === undefined ? "survived" : `${cases} ${cases === 1 ? "case" : "cases"}`,
      others.map((other) => `\`${other}\``).join(" "),
    ]),
  );
}

/** The content between a table's markers. */
export async function tableText(name: TableName): Promise<string> {
  const matrix = name.startsWith("kill-matrix") ? readKillMatrix() : undefined;
  switch (name) {
    case "clauses":
      return clauseTable(await clauses());
    case "clause-details":
      return clauseDetails(await clauses(), publishedBugs());
    case "profiles":
      return profiles();
    case "exit-codes":
      return exitCodes();
    case "options":
      return options();
    case "kill-matrix":
      return matrix === undefined ? NO_MATRIX : killSummary(matrix);
    case "kill-matrix-breaks":
      return matrix === undefined ? NO_MATRIX : killBreaks(matrix);
  }
}
