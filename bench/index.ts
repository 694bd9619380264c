// `npm run bench`: what the harness costs. Figures are means and ratios within this run; nothing here is asserted anywhere.
// What takes minutes has to be asked for: `--memory` plays 10,000 cases more, `--workers` compares none, one and two worker processes, `--hangs`
// plays an engine that hangs now and then.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { EngineRoom } from "../src/campaign/engine-room.js";
import { realParts } from "../src/campaign/real-parts.js";
import { scratchRoot } from "../src/campaign/scratch.js";
import { subjectOf } from "../src/campaign/subject.js";
import { taskOf } from "../src/campaign/tasks.js";
import { type Case, type Clause, PROFILE_IDS, type ProfileId } from "../src/define/index.js";
import { builtInEngines, clauses } from "../src/discover.js";
import { caseFor, classOf } from "../src/generate/index.js";
import { type PlayOptions, playCase } from "../src/host/index.js";
import { certify } from "../src/index.js";
import { factsOf } from "../src/judge/index.js";
import { declare, loadEngine } from "../src/load/index.js";
import { mean, median, megabytes, took } from "./measure.js";
import { hangs, workers } from "./supervision.js";

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

/** Ordinary cases played and judged as a worker does it, twins and the determinism watch included; then a whole campaign. */
async function throughput(all: Clause[]): Promise<void> {
  const room = new EngineRoom(realParts);
  const source = { kind: "built-in", name: "reference" } as const;
  const limits = { callTimeoutMs: 10_000, compactTimeoutMs: 30_000 };
  const clauseIds = all.map((clause) => clause.id);
  let steps = 0;
  let cases = 0;
  const ms = await took(async () => {
    for (const host of PROFILE_IDS) {
      for (const theCase of ordinaryCases(host, SAMPLE)) {
        const wish = { target: { kind: "given" as const, theCase }, clauses: clauseIds, twins: "rotate" as const };
        await room.perform(taskOf({ source, limits }, wish));
        cases += 1;
        steps += theCase.steps.length;
      }
    }
  });
  console.log(
    `reference engine, one worker's loop, soft restarts: ${(cases / (ms / 1000)).toFixed(1)} cases/s at a mean of ${(steps / cases).toFixed(1)} steps; asked: 40 at 25 steps`,
  );
  const { run } = await certify({ engine: "reference", cases: 200, workers: 1, seed: SEED });
  console.log(
    `whole campaign, one worker, kills and processes included: ${(run.cases / (run.durationMs / 1000)).toFixed(1)} cases/s at a mean of ${(run.steps / run.cases).toFixed(1)} steps (${Math.round(run.engineCalls / run.cases)} calls) a case`,
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

process.env.TMPDIR ??= scratchRoot(1); // where workers keep their files
const known = await clauses();
const long: Record<string, () => Promise<void>> = { "--memory": memory, "--workers": workers, "--hangs": () => hangs() };
const asked = Object.entries(long).filter(([option]) => process.argv.includes(option));
if (asked.length === 0) {
  await throughput(known);
  await overhead(known);
  await listing();
}
for (const [, measure] of asked) await measure();
