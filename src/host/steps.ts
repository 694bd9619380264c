// The loop over the steps of a case: sets the clock, plays what can be played, records what is skipped and why, and lets the engine's
// background work settle after each step.

import type { EngineProcess, Step, StepOf } from "../define/index.js";
import { settled, TIMED_OUT, within } from "./clock.js";
import type { Host } from "./host.js";
import type { Playable } from "./index.js";
import { Killed } from "./kills.js";
import { playCompact, playDamage, playImport, playRepeat, playReset } from "./other-steps.js";
import { Overlap } from "./overlap.js";
import { afterKill, moveOut, playKill, playRestart, type Spawn } from "./processes.js";
import { playSpawn } from "./spawn.js";
import { playTickStep, playTurnStep } from "./talk-steps.js";

/** An engine that hangs or dies in call after call would cost the call limit or a process each time and shows nothing more. */
const MOST_UNANSWERED = 3;
/** So many steps are given the whole time to settle; an engine that never does gets less after each further one. */
const PATIENCE = 3;
const IMPATIENT_MS = 20;
/** A process of its own that does not say in time whether it has settled is stuck. */
const REMOTE_GRACE_MS = 800;

export interface Settling {
  /** Resources that were active before the engine came. */
  idle: Map<string, number>;
  settleMs: number;
  /** Given when the case needs its engine in a process of its own. */
  spawn: Spawn | undefined;
}

export async function playSteps(host: Host, engine: Playable, settling: Settling): Promise<void> {
  const { steps } = host.theCase;
  armFaults(host, steps);
  if (settling.spawn) await moveOut(host, settling.spawn);
  let offsetMs = 0;
  let unsettled = 0;
  let idle = settling.idle;
  for (const step of steps) {
    host.recorder.step = step.id;
    if (step.kind === "clock") {
      offsetMs += step.byMs;
      host.recorder.add({ kind: "host", what: "clock", detail: { byMs: step.byMs } });
    }
    host.clock.set(Math.max(0, step.at + offsetMs));
    host.port.kills?.process.setClock(host.clock.now());
    if (host.port.unanswered >= MOST_UNANSWERED) {
      host.recorder.add({ kind: "skipped", reason: `the engine left ${MOST_UNANSWERED} calls unanswered` });
      continue;
    }
    const skipped = await playUnlessKilled(host, engine, step, settling.spawn);
    if (skipped !== undefined) host.recorder.add({ kind: "skipped", reason: skipped });
    const before = idle;
    idle = await settle(host, idle, unsettled < PATIENCE ? settling.settleMs : Math.min(settling.settleMs, IMPATIENT_MS));
    if (idle !== before) unsettled++;
  }
  host.recorder.step = "";
  reportUnusedFaults(host, steps);
}

async function playUnlessKilled(host: Host, engine: Playable, step: Step, spawn: Spawn | undefined): Promise<string | undefined> {
  if (host.world?.refused.includes(step.id)) return "refused by the host";
  try {
    return await playStep(host, engine, step, spawn);
  } catch (error) {
    if (!(error instanceof Killed) || !spawn) throw error;
    await recover(host, error, spawn);
    return undefined;
  }
}

/** The recovery turn may end the process once more; after that there is none. */
async function recover(host: Host, killed: Killed, spawn: Spawn): Promise<void> {
  try {
    await afterKill(host, killed, spawn);
  } catch (again) {
    if (!(again instanceof Killed)) throw again;
    await afterKill(host, again, spawn);
  }
}

/**
 * Waits for the engine's background work; what still runs is recorded and from then on taken for normal: here or, where the engine has a
 * process of its own, over there. Answers another map than it was given when something did not end.
 */
async function settle(host: Host, idle: Map<string, number>, limitMs: number): Promise<Map<string, number>> {
  const remote = host.port.kills?.process;
  const running = remote ? await settleRemote(remote, limitMs) : await settleHere(host, idle, limitMs);
  if (!running) return idle;
  host.recorder.add({ kind: "host", what: "unsettled", detail: Object.fromEntries(running) });
  return remote ? new Map(idle) : running;
}

async function settleHere(host: Host, idle: Map<string, number>, limitMs: number): Promise<Map<string, number> | undefined> {
  await host.adapter.settle?.();
  return settled(idle, limitMs);
}

async function settleRemote(remote: EngineProcess, limitMs: number): Promise<Map<string, number> | undefined> {
  const running = await within(remote.settle(limitMs), limitMs + REMOTE_GRACE_MS).catch(() => undefined);
  if (running === TIMED_OUT) return new Map([["process", 1]]);
  return running ? new Map(Object.entries(running)) : undefined;
}

/** Faults are tied to the steps whose commits they hit, wherever the late step stands. */
function armFaults(host: Host, steps: readonly Step[]): void {
  if (!host.durable) return;
  for (const step of steps)
    if (step.kind === "late") host.queue.faults.set(step.delivery, { fault: step.fault, left: step.attempts });
}

function reportUnusedFaults(host: Host, steps: readonly Step[]): void {
  for (const id of host.port.kills?.unused() ?? []) {
    host.recorder.step = id;
    host.recorder.add({ kind: "skipped", reason: "the call to be killed did not occur" });
  }
  if (!host.durable) return;
  for (const step of steps) {
    if (step.kind !== "late" || host.queue.faults.get(step.delivery)?.left !== step.attempts) continue;
    host.recorder.step = step.id;
    host.recorder.add({ kind: "skipped", reason: `${step.delivery} committed nothing` });
  }
  host.recorder.step = "";
}

/** The steps inside run together; one that cannot be played is skipped alone. */
async function playOverlap(host: Host, step: StepOf<"overlap">): Promise<undefined> {
  const overlap = new Overlap(host.recorder, step.order);
  host.port.overlap = overlap;
  try {
    await overlap.run(
      step.steps.map((inner) => ({
        step: inner.id,
        play: async () => {
          const skipped = await playTalk(host, inner);
          if (skipped !== undefined) host.recorder.add({ kind: "skipped", reason: skipped });
        },
      })),
    );
  } finally {
    host.port.overlap = undefined;
    host.recorder.step = step.id;
  }
  return undefined;
}

function playTalk(host: Host, step: StepOf<"turn" | "tick" | "compact">): Promise<string | undefined> {
  switch (step.kind) {
    case "turn":
      return playTurnStep(host, step);
    case "tick":
      return playTickStep(host, step);
    case "compact":
      return playCompact(host, step);
  }
}

async function playStep(host: Host, engine: Playable, step: Step, spawn: Spawn | undefined): Promise<string | undefined> {
  switch (step.kind) {
    case "turn":
    case "tick":
    case "compact":
      return playTalk(host, step);
    case "reset":
      return playReset(host, step);
    case "restart":
      return playRestart(host, step, engine, spawn);
    case "repeat":
      return playRepeat(host, step);
    case "spawn":
      return playSpawn(host, step);
    case "import":
      return playImport(host, step);
    case "damage":
      return playDamage(host, step);
    case "late":
      return host.durable ? undefined : "only durable hosts commit";
    case "clock":
      return undefined;
    case "kill":
      return playKill(host, step, spawn);
    case "overlap":
      return playOverlap(host, step);
  }
}
