// npm run test:nodes: the smoke preset against the reference engine with workers on every Node that ctxspec supports. Each Node is the npm
// package of that name, kept in .tmp/nodes. A Node that cannot be installed is said and fails the run: it was not tested.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../src/commands/package-root.js";
import type { Report } from "../src/define/index.js";

const MAJORS = ["20", "22", "24", "26"];
/** Cases in place of the preset's time, for a comparison: as many on every Node. */
const COMPARED_CASES = 20;

interface Row {
  major: string;
  version: string;
  result: string;
  passed: boolean;
  /** What the same cases gave: verdicts, witnesses, calls. */
  seen?: string;
}

const root = packageRoot();
const cache = path.join(root, ".tmp", "nodes");
const cli = path.join(root, "dist", "src", "cli.js");

/** The executable; throws with npm's own words where it cannot be installed. */
function installed(major: string): string {
  const prefix = path.join(cache, major);
  const file = path.join(prefix, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(file)) return file;
  mkdirSync(prefix, { recursive: true });
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", prefix, `node@${major}`];
  const npm = spawnSync("npm", args, { encoding: "utf8", shell: process.platform === "win32" });
  if (existsSync(file)) return file;
  const said = (npm.stderr ?? "").split("\n").filter((line) => /error|ERR/.test(line));
  throw new Error(npm.error?.message ?? said[0] ?? `npm ended with ${npm.status}, and there is no ${file}`);
}

function certified(
  node: string,
  out: string,
  extent: string[],
): { report: Report | undefined; exitCode: number | null; said: string } {
  rmSync(out, { recursive: true, force: true });
  const args = [cli, "certify", "reference", ...extent, "--node", node, "--out", out, "--quiet"];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  const file = path.join(out, "report.json");
  const report = status !== 2 && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Report) : undefined;
  return { report, exitCode: status, said: stderr.trim().split("\n")[0] ?? "" };
}

/** What must be the same on every Node. */
function seenIn(report: Report | undefined): string {
  if (report === undefined) return "nothing";
  const clauses = report.clauses.map(({ id, host, verdict, witnessed }) => [id, host, verdict, witnessed]);
  return JSON.stringify([report.run.steps, report.run.engineCalls, clauses]);
}

function tested(major: string): Row {
  let node: string;
  try {
    node = installed(major);
  } catch (error) {
    return {
      major,
      version: "-",
      passed: false,
      result: `NOT TESTED: could not be installed (${(error as Error).message.trim()})`,
    };
  }
  const { report, exitCode, said } = certified(node, path.join(cache, `report-${major}`), ["--preset", "smoke"]);
  if (report === undefined) return { major, version: "-", passed: false, result: `exit ${exitCode}: ${said}` };
  const few = certified(node, path.join(cache, `compared-${major}`), ["--cases", String(COMPARED_CASES)]);
  const { verdict, run } = report;
  const result = `${verdict}, exit ${exitCode}, ${run.cases} cases in ${(run.durationMs / 1000).toFixed(1)} s`;
  const right = run.node.startsWith(`v${major}.`);
  // A short run may leave a clause unexercised; what counts here is that nothing was violated.
  const passed = right && (exitCode === 0 || exitCode === 4);
  return {
    major,
    version: run.node,
    result: right ? result : `${result}; but the workers ran on ${run.node}`,
    passed,
    seen: seenIn(few.report),
  };
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : MAJORS;
let first: Row | undefined;
let failed = false;
for (const major of wanted) {
  const row = tested(major);
  const same = row.seen === undefined || first === undefined || row.seen === first.seen;
  if (row.seen !== undefined) first ??= row;
  failed ||= !row.passed || !same;
  const differs = same ? "" : `; DIFFERENT from Node ${first?.major}: the same cases gave something else`;
  console.log(
    `${row.passed && same ? "ok  " : "FAIL"}  node ${major.padEnd(3)} ${row.version.padEnd(10)} ${row.result}${differs}`,
  );
}
process.exitCode = failed ? 1 : 0;
