// `npm run results`: installs published engines and Node 24 into a temporary folder, certifies them with a fixed seed and number of cases, and
// writes what came of it between the markers of docs/results. `npm run results -- context-mode` does one of them. Versions are whatever is
// latest; with the same versions the pages come out the same.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dirSync } from "tmp-promise";
import { certify } from "../src/campaign/certify.js";
import { saveReport } from "../src/campaign/save.js";
import { packageRoot } from "../src/commands/package-root.js";
import type { Report } from "../src/define/index.js";
import { emptyPage, summaryLine, withReport, withSummary } from "./results-page.js";

interface Published {
  /** Of its page. */
  name: string;
  spec: string;
  cases: number;
  /** Plays while shrinking one violation; there is no limit in time, so that a slow machine gives the same page. */
  shrinkRuns: number;
}

const SEED = 1;
const NO_LIMIT_MS = 24 * 3_600_000;

const ENGINES: readonly Published[] = [
  { name: "kitchen-sink", spec: "@openclaw/kitchen-sink", cases: 120, shrinkRuns: 200 },
  { name: "context-mode", spec: "context-mode", cases: 120, shrinkRuns: 200 },
  { name: "graphiti", spec: "@robertogongora/graphiti", cases: 60, shrinkRuns: 200 },
  { name: "hypercompositor", spec: "@psiclawops/hypercompositor", cases: 12, shrinkRuns: 30 },
];

/** Installs into a folder of its own per engine; answers the folder and the Node of the engine. */
function install({ name, spec }: Published, root: string): { cwd: string; nodePath: string } {
  const cwd = path.join(root, name);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(path.join(cwd, "package.json"), JSON.stringify({ name: "results", private: true }));
  // Peers are left out: an engine's openclaw is 330 MB, and what reaches back into the host is ours in any case.
  const wanted = ["install", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error", "node@24", `${spec}@latest`];
  const { status } = spawnSync("npm", wanted, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const nodePath = path.join(cwd, "node_modules", "node", "bin", "node");
  if (status !== 0 || !existsSync(nodePath)) throw new Error(`npm could not install node@24 and ${spec} into ${cwd}`);
  return { cwd, nodePath };
}

async function certified(engine: Published, root: string): Promise<Report> {
  const { spec, cases, shrinkRuns } = engine;
  const report = await certify({
    ...install(engine, root),
    engine: spec,
    cases,
    shrinkRuns,
    shrinkTimeMs: NO_LIMIT_MS,
    seed: SEED,
    workers: 1,
    onHostDone: ({ host, cases: played }) => console.log(`${spec}: ${host}, ${played} cases`),
  });
  // An engine may call itself another version than the package that a reader can install.
  report.engine.version = versionIn(path.join(root, engine.name, "node_modules", spec));
  if (report.verdict === "error") throw new Error(`${spec}: ${report.error?.message ?? "no verdict"}`);
  return report;
}

function versionIn(folder: string): string {
  return (JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string }).version;
}

/** The lines of the index, in the order of the engines; those of engines that were not played now stay. */
function indexed(index: string, done: ReadonlyMap<string, string>): string[] {
  const head = ["| engine | version | Node | profiles | cases | verdict | violated |", "|---|---|---|---|---|---|---|"];
  const before = (name: string): string[] => index.split("\n").filter((line) => line.includes(`(${name}.md) |`));
  return [...head, ...ENGINES.flatMap(({ name }) => done.get(name) ?? before(name))];
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !ENGINES.some((engine) => engine.name === name));
if (unknown.length > 0)
  throw new Error(`no such engine: ${unknown.join(", ")}; engines: ${ENGINES.map(({ name }) => name).join(", ")}`);

const pages = path.join(packageRoot(), "docs", "results");
const scratch = dirSync({ prefix: "ctxspec-results", unsafeCleanup: true });
const done = new Map<string, string>();
try {
  for (const engine of ENGINES) {
    if (wanted.length > 0 && !wanted.includes(engine.name)) continue;
    const report = await certified(engine, scratch.name);
    const file = path.join(pages, `${engine.name}.md`);
    const page = existsSync(file) ? readFileSync(file, "utf8") : emptyPage(engine.spec);
    writeFileSync(file, withReport(page, report));
    // For looking closer, and for `ctxspec replay`: not part of the repository.
    if (process.env.CTXSPEC_RESULTS_KEEP !== undefined)
      saveReport(path.join(process.env.CTXSPEC_RESULTS_KEEP, engine.name), report);
    done.set(engine.name, summaryLine(engine.spec, `${engine.name}.md`, report));
    console.log(`${engine.spec} ${report.engine.version}: ${report.verdict}`);
  }
  const index = path.join(pages, "README.md");
  const text = existsSync(index) ? readFileSync(index, "utf8") : "# Results\n\n<!-- generated:summary -->\n<!-- /generated -->\n";
  writeFileSync(index, withSummary(text, indexed(text, done)));
} finally {
  scratch.removeCallback();
}
