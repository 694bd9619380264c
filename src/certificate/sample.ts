// A small fixed sample of a campaign's cases, played for a certificate and played again by whoever verifies it. Judges nothing: what is kept of
// a play is one digest of its calls and answers.

import { repeatable } from "../campaign/fixed-kills.js";
import { type CertifyOptions, limitsOf, workersOf } from "../campaign/options.js";
import type { Parts } from "../campaign/parts.js";
import { shardOf } from "../campaign/preset.js";
import type { Description, EngineSource } from "../campaign/protocol.js";
import { settleIn } from "../campaign/residence.js";
import { crewFor } from "../campaign/run.js";
import { generated, isLost, taskOf } from "../campaign/tasks.js";
import type { Case, History, ProfileId, Report, SampledCase } from "../define/index.js";
import { playForm } from "../judge/index.js";
import { digestOf } from "./canonical.js";

export type StageOptions = Pick<
  CertifyOptions,
  "engine" | "engineId" | "cwd" | "nodePath" | "memoryMb" | "callTimeoutMs" | "workers"
>;

export type PlayDigest = { kind: "played"; calls: number; history: string } | { kind: "lost"; how: string };

/** Where single cases of a campaign are played. */
export interface Stage {
  description: Description;
  caseFor(host: ProfileId, seed: number, k: number): Case;
  play(host: ProfileId, seed: number, k: number): Promise<PlayDigest>;
}

/** Loads the engine for as long as `work` lasts. Throws CtxspecError: an engine that cannot be loaded, a fault of ctxspec. */
export async function onStage<T>(parts: Parts, options: StageOptions, work: (stage: Stage) => Promise<T>): Promise<T> {
  const id = options.engineId === undefined ? {} : { engineId: options.engineId };
  const source: EngineSource = { kind: "engine", spec: String(options.engine), cwd: options.cwd ?? process.cwd(), ...id };
  const limits = limitsOf(options.callTimeoutMs);
  const crew = crewFor(parts, options, Math.min(1, workersOf(options.workers)), limits.callTimeoutMs);
  try {
    const description = await crew.describe(source);
    let place: Promise<EngineSource> | undefined;
    return await work({
      description,
      caseFor: (host, seed, k) => parts.caseFor(seed, k, host),
      async play(host, seed, k) {
        const wish = { target: generated(host, seed, k), clauses: [], twins: "none", answer: "history" } as const;
        place ??= settleIn(crew, { source, limits }, description, host);
        const outcome = await crew.run(taskOf({ source: await place, limits }, { ...wish, clauses: [] }), "probe");
        if (isLost(outcome)) return { kind: "lost", how: outcome.detail };
        const form = playForm(outcome.history as unknown as History);
        return { kind: "played", calls: form.length, history: digestOf(form) };
      },
    });
  } finally {
    await crew.close();
  }
}

const PER_HOST = 3;

/** Numbers of the cases a profile is sampled by: the first, the middle and the last that were played, or the next one that repeats itself. */
export function sampledNumbers(cases: number, shard: string | undefined, repeats: (k: number) => boolean): number[] {
  const part = shardOf(shard) ?? { index: 1, count: 1 };
  const numberOf = (n: number): number => part.index - 1 + n * part.count;
  const chosen: number[] = [];
  for (let i = 0; i < PER_HOST; i++) {
    const start = Math.round((i * (cases - 1)) / (PER_HOST - 1));
    for (let step = 0; step < cases; step++) {
      const k = numberOf((start + step) % cases);
      if (chosen.includes(k) || !repeats(k)) continue;
      chosen.push(k);
      break;
    }
  }
  return chosen.sort((a, b) => a - b);
}

/** Every case twice: one whose two plays differ is kept without a digest, and with the reason. */
export async function playSample(stage: Stage, run: Report["run"]): Promise<SampledCase[]> {
  const sample: SampledCase[] = [];
  for (const { id: host, cases } of run.hosts) {
    const numbers = sampledNumbers(cases, run.shard, (k) => repeatable(stage.caseFor(host, run.seed, k)));
    for (const k of numbers) {
      const which = { host, k, case: digestOf(stage.caseFor(host, run.seed, k)) };
      const [first, second] = [await stage.play(host, run.seed, k), await stage.play(host, run.seed, k)];
      sample.push({ ...which, ...keptOf(first, second) });
    }
  }
  return sample;
}

function keptOf(first: PlayDigest, second: PlayDigest): Pick<SampledCase, "calls" | "history" | "unstable"> {
  if (first.kind === "lost") return { calls: 0, unstable: `the engine's process was lost: ${first.how}` };
  if (second.kind === "lost") return { calls: first.calls, unstable: `the engine's process was lost: ${second.how}` };
  const { calls, history } = first;
  return history === second.history ? { calls, history } : { calls, unstable: "played twice, the engine differed from itself" };
}
