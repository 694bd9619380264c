// `npm run bench`: what the harness costs. Figures are means and ratios within this run; nothing here is asserted anywhere.
// `--memory` plays 10,000 cases more, which takes minutes.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { subjectOf } from "../src/campaign/subject.js";
import { type Case, type Clause, PROFILE_IDS, type ProfileId } from "../src/define/index.js";
import { builtInEngines, clauses } from "../src/discover.js";
import { caseFor, classOf } from "../src/generate/index.js";
import { type PlayOptions, playCase } from "../src/host/index.js";
import { certify } from "../src/index.js";
import { factsOf } from "../src/judge/index.js";
import { declare, loadEngine } from "../src/load/index.js";
import { mean, median, megabytes, took } from "./measure.js";

const SEED = 1;
const SAMPLE = 60;

/** Ordinary cases: soft restarts only, nothing that needs a process or overlaps. */
function ordinaryCases(host: ProfileId, count: number): Case[] {
  const out: Case[] = [];
  for (let k = 0; out.length < count; k++) {
    const plain = caseFor(SEED, k, host);
    const odd = plain.steps.some(
      (step) => step.kind === "kill" || step.kind === "overlap" || (step.kind === "restart" && step.mode === "hard"),
    );
    if (!odd && classOf(k) !== undefined) out.push(plain);
  }
  return out;
}

async function throughput(): Promise<void> {
  const report = await certify({ engine: "reference", cases: 200, workers: 1, seed: SEED });
  const { cases, steps, engineCalls, durationMs } = report.run;
  console.log(
    `campaign, reference engine, one worker: ${(cases / (durationMs / 1000)).toFixed(1)} cases/s at a mean of ${(steps / cases).toFixed(1)} steps (${Math.round(engineCalls / cases)} calls) a case; asked: 40 at 25 steps`,
  );
}

/** Recording and judging against a bare loop that plays the same cases with the same engine, alternating. */
async function overhead(all: Clause[]): Promise<void> {
  const engine = await loadEngine("reference", { cwd: process.cwd(), builtIn: builtInEngines() });
  const declared = await declare(engine);
  const perCall: number[] = [];
  const bareMs: number[] = [];
  for (const host of PROFILE_IDS) {
    const subject = subjectOf(declared, engine.adapter, host);
    const judges = all.filter((clause) => clause.who === "engine" && clause.applies(subject, {}).applies);
    for (const theCase of ordinaryCases(host, SAMPLE)) {
      const bare = await took(() => playCase(theCase, engine, { record: "none" } satisfies PlayOptions));
      let calls = 0;
      const full = await took(async () => {
        const history = await playCase(theCase, engine, { record: "full" });
        factsOf(history);
        for (const clause of judges) {
          clause.witness(history, [], subject);
          clause.check(history, [], subject);
        }
        calls = history.events.filter((event) => event.kind === "call").length;
      });
      if (calls > 0) perCall.push(((full - bare) * 1000) / calls);
      bareMs.push(bare);
    }
  }
  console.log(
    `recording and judging over a bare loop: ${median(perCall).toFixed(0)} µs a call (median of ${perCall.length} cases; mean ${mean(perCall).toFixed(0)}); asked: under 30. A bare case takes ${mean(bareMs).toFixed(1)} ms`,
  );
}

async function listing(): Promise<void> {
  const cli = fileURLToPath(new URL("../src/cli.js", import.meta.url));
  const times: number[] = [];
  for (let i = 0; i < 7; i++)
    times.push(await took(() => spawnSync(process.execPath, [cli, "list", "clauses"], { stdio: "ignore" })));
  console.log(`ctxspec list clauses: ${Math.round(median(times))} ms (median of 7); asked: under 500`);
}

async function memory(): Promise<void> {
  const peak: number[] = [];
  for (const cases of [200, 2_000]) {
    await certify({ engine: "pass-through", cases, workers: 1, seed: SEED });
    global.gc?.();
    peak.push(process.memoryUsage().rss);
  }
  const [small = 1, large = 0] = peak;
  console.log(
    `memory of the supervisor: ${megabytes(small)} MB after 1,000 cases, ${megabytes(large)} MB after 10,000: ratio ${(large / small).toFixed(2)}; asked: at most 1.2 and below 300 MB`,
  );
}

await throughput();
await overhead(await clauses());
await listing();
if (process.argv.includes("--memory")) await memory();
