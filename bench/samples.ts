// Regenerates docs/samples: a deliberately broken engine in every report format, a passing run as a page and a badge. Dates, durations and
// the version of Node are taken out, so that only what the reports say can change.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { certify } from "../src/campaign/certify.js";
import type { CertifyOptions } from "../src/campaign/options.js";
import { saveReport } from "../src/campaign/save.js";
import { packageRoot } from "../src/commands/package-root.js";
import type { Report } from "../src/define/index.js";
import { reportFormats } from "../src/discover.js";

interface Sample {
  /** Folder under docs/samples. */
  folder: string;
  /** Any other verdict is an error, and nothing is written. */
  verdict: Report["verdict"];
  options: CertifyOptions;
  /** Ids of formats; "all" for every one there is. */
  formats: "all" | readonly string[];
}

/** Some clauses of each family, so that the sample is one a person can read. */
const SOME_CLAUSES = [
  "assemble-budget",
  "assemble-estimate",
  "assemble-tool-pairs",
  "assemble-well-formed",
  "compact-honest",
  "compact-terminates",
  "contract-results",
  "contract-shape",
  "history-commit-once",
  "history-liveness",
  "history-no-loss",
  "history-order",
  "isolation-reset",
  "isolation-session",
  "isolation-tick",
  "key-continuity",
  "recovery-bounded",
];

const SAMPLES: readonly Sample[] = [
  {
    folder: "failing",
    verdict: "violates",
    options: { engine: "./engine/kept-by-key.mjs", cases: 40, only: SOME_CLAUSES },
    formats: "all",
  },
  { folder: "passing", verdict: "conforms", options: { engine: "reference", cases: 120 }, formats: ["json", "html", "badge"] },
];

function timeless(report: Report): Report {
  return { ...report, run: { ...report.run, durationMs: 0, startedAt: "2026-01-01T00:00:00.000Z", node: "v20" } };
}

async function make({ folder, verdict, options, formats }: Sample, root: string): Promise<void> {
  const made = await certify({ ...options, cwd: root, out: folder, seed: 1 });
  if (made.verdict !== verdict) {
    const missing = made.clauses
      .filter((clause) => clause.verdict === "inconclusive")
      .map((clause) => `${clause.id} under ${clause.host}`);
    throw new Error(
      `${folder} should be ${verdict}, but is ${made.verdict}. ${made.error?.message ?? ""} ${made.error?.cause ?? ""} ${missing.join(", ")}`,
    );
  }
  const report = timeless(made);
  const place = path.join(root, folder);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  saveReport(place, report);
  for (const format of await reportFormats()) {
    if (formats !== "all" && !formats.includes(format.id)) continue;
    writeFileSync(path.join(place, format.file ?? `${format.id}.txt`), format.render(report, { colour: false, width: 120 }));
  }
  console.log(`${folder}: ${report.verdict}, ${report.run.cases} cases`);
}

const wanted = process.argv.slice(2);
const root = path.join(packageRoot(), "docs", "samples");
for (const sample of SAMPLES) if (wanted.length === 0 || wanted.includes(sample.folder)) await make(sample, root);
