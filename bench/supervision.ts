// What it costs to keep an engine in processes of its own: against everything in one process, two workers against one, and what an engine
// that hangs now and then takes from a campaign. Whole campaigns, alternating; every figure is a ratio within this run.

import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { certify } from "../src/index.js";
import { mean } from "./measure.js";

const HOST = "heartbeat-run-durable";
const ROUNDS = 6;
const CASES_A_ROUND = 60;
const HANG_LIMIT_MS = 1_000;
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

/**
 * The reference engine; the assemble of one session in 150 (about one case in fifty), by the digest of its id, never answers. Every hang leaves
 * a byte in `log`: a case may hang in several turns, and is played again to be confirmed.
 */
const hanging = (log: string | undefined): string => `
import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import reference from ${JSON.stringify(new URL("../engines/reference.js", import.meta.url).href)};
const log = ${JSON.stringify(log ?? "")};
const unlucky = (id) => log !== "" && createHash("sha256").update(id).digest().readUInt16BE(0) % 150 === 0;
export default (context) => {
  const engine = reference.factory(context);
  const assemble = engine.assemble.bind(engine);
  engine.assemble = (params) => {
    if (!unlucky(params.sessionId)) return assemble(params);
    appendFileSync(log, ".");
    return new Promise(() => {});
  };
  return engine;
};
`;

/** `cases`: of each of the two campaigns. */
export async function hangs(cases = HANGING_CASES): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "ctxspec-bench-"));
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  try {
    const log = path.join(folder, "hangs");
    const options = { workers: 2, seed: 1, cases, callTimeoutMs: HANG_LIMIT_MS };
    const calm = await msOf(file("calm.mjs", hanging(undefined)), options);
    const hung = await msOf(file("hanging.mjs", hanging(log)), options);
    const count = existsSync(log) ? statSync(log).size : 0;
    const allowed = 1.5 * count * HANG_LIMIT_MS + calm.ms;
    const inCases = Math.max(
      0,
      ...hung.report.clauses.filter(({ id }) => id === "contract-results").map((one) => one.violations),
    );
    console.log(
      `an engine that hangs ${count} times in ${inCases} of ${cases} cases (call limit ${HANG_LIMIT_MS} ms, two workers): ${(hung.ms / 1000).toFixed(0)} s, without hangs ${(calm.ms / 1000).toFixed(0)} s; asked: at most ${(allowed / 1000).toFixed(0)} s`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
