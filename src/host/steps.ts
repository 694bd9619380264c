// The loop over the steps of a case: sets the clock, plays what can be played, records what is skipped and why, and lets the engine's
// background work settle after each step.

import type { Step, StepOf } from "../define/index.js";
import { settled } from "./clock.js";
import type { Host } from "./host.js";
import type { Playable } from "./index.js";
import { playCompact, playDamage, playImport, playRepeat, playReset, playRestart } from "./other-steps.js";
import { Overlap } from "./overlap.js";
import { playSpawn } from "./spawn.js";
import { playTickStep, playTurnStep } from "./talk-steps.js";

export interface Settling {
  /** Resources that were active before the engine came. */
  idle: Map<string, number>;
  settleMs: number;
}

export async function playSteps(host: Host, engine: Playable, settling: Settling): Promise<void> {
  const { steps } = host.theCase;
  armFaults(host, steps);
  let offsetMs = 0;
  let idle = settling.idle;
  for (const step of steps) {
    host.recorder.step = step.id;
    if (step.kind === "clock") {
      offsetMs += step.byMs;
      host.recorder.add({ kind: "host", what: "clock", detail: { byMs: step.byMs } });
    }
    host.clock.set(Math.max(0, step.at + offsetMs));
    const skipped = host.world?.refused.includes(step.id) ? "refused by the host" : await playStep(host, engine, step);
    if (skipped !== undefined) host.recorder.add({ kind: "skipped", reason: skipped });
    await host.adapter.settle?.();
    const running = await settled(idle, settling.settleMs);
    if (running) {
      host.recorder.add({ kind: "host", what: "unsettled", detail: Object.fromEntries(running) });
      idle = running;
    }
  }
  host.recorder.step = "";
  reportUnusedFaults(host, steps);
}

/** Faults are tied to the steps whose commits they hit, wherever the late step stands. */
function armFaults(host: Host, steps: readonly Step[]): void {
  if (!host.durable) return;
  for (const step of steps)
    if (step.kind === "late") host.queue.faults.set(step.delivery, { fault: step.fault, left: step.attempts });
}

function reportUnusedFaults(host: Host, steps: readonly Step[]): void {
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

async function playStep(host: Host, engine: Playable, step: Step): Promise<string | undefined> {
  switch (step.kind) {
    case "turn":
    case "tick":
    case "compact":
      return playTalk(host, step);
    case "reset":
      return playReset(host, step);
    case "restart":
      return playRestart(host, step, engine.gateway);
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
      return "kills are not played yet";
    case "overlap":
      return playOverlap(host, step);
  }
}
