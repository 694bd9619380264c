// What it costs to keep an engine in processes of its own: against everything in one process, two workers against one, and what an engine
// that hangs now and then takes from a campaign. Whole campaigns, alternating; every figure is a ratio within this run.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Report } from "../src/define/index.js";
import { certify } from "../src/index.js";
import { mean } from "./measure.js";

const HOST = "heartbeat-run-durable";
const ROUNDS = 6;
const CASES_A_ROUND = 60;
const HANG_LIMIT_MS = 2_000;
const HANGING_CASES = 2_000;

async function msOf(engine: string, options: { workers: number; seed: number; cases: number; callTimeoutMs?: number }) {
  const report = await certify({ engine, hosts: [HOST], shrinkRuns: 0, ...options });
  return { ms: report.run.durationMs, report };
}

/** Worker processes against none, and two against one. */
export async function workers(): Promise<void> {
  const hasSqlite = isBuiltin("node:sqlite");
  const engine = hasSqlite ? "sqlite" : "durable-store";
  const costs: number[] = [];
  const gains: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seed = 100 + round;
    const none = await msOf(engine, { workers: 0, seed, cases: CASES_A_ROUND });
    const one = await msOf(engine, { workers: 1, seed, cases: CASES_A_ROUND });
    const two = await msOf(engine, { workers: 2, seed, cases: CASES_A_ROUND });
    costs.push(one.ms / none.ms - 1);
    gains.push(one.ms / two.ms);
  }
  const on = `${engine}${hasSqlite ? "" : ` (Node ${process.versions.node} has no node:sqlite)`}, ${ROUNDS} campaigns of ${CASES_A_ROUND} cases under ${HOST} each way`;
  console.log(`supervision against one process: ${(mean(costs) * 100).toFixed(1)}% more time; asked: under 5%. ${on}`);
  console.log(`two workers: ${mean(gains).toFixed(2)} times the cases a second of one; asked: 1.8`);
}

/** The reference engine; one session in fifty, by the digest of its id, is answered by no assemble any more. */
const hanging = (hangs: boolean): string => `
import { createHash } from "node:crypto";
import reference from ${JSON.stringify(new URL("../engines/reference.js", import.meta.url).href)};
const unlucky = (id) => ${hangs} && createHash("sha256").update(id).digest().readUInt16BE(0) % 150 === 0;
export default (context) => {
  const engine = reference.factory(context);
  const assemble = engine.assemble.bind(engine);
  engine.assemble = (params) => (unlucky(params.sessionId) ? new Promise(() => {}) : assemble(params));
  return engine;
};
`;

/** Cases in which the engine hung, by the findings that say so. */
const hungIn = (report: Report): number =>
  Math.max(0, ...report.clauses.filter(({ id }) => id === "contract-results").map(({ violations }) => violations));

export async function hangs(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "ctxspec-bench-"));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  try {
    const options = { workers: 2, seed: 1, cases: HANGING_CASES, callTimeoutMs: HANG_LIMIT_MS };
    const calm = await msOf(file("calm.mjs", hanging(false)), options);
    const hung = await msOf(file("hanging.mjs", hanging(true)), options);
    const count = hungIn(hung.report);
    const allowed = 1.5 * count * HANG_LIMIT_MS + calm.ms;
    console.log(
      `an engine that hangs in ${count} of ${HANGING_CASES} cases (call limit ${HANG_LIMIT_MS} ms, two workers): ${(hung.ms / 1000).toFixed(0)} s, without hangs ${(calm.ms / 1000).toFixed(0)} s; asked: at most ${(allowed / 1000).toFixed(0)} s`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
