// Ends and begins processes: restarts, kills, and what a host does after a kill in the middle of a turn. Recorded: h1 of 2026.9 and 2026.5;
// host-protocol "Restart".

import type { EngineProcess, StepOf } from "../define/index.js";
import { classicTurn } from "./classic-turn.js";
import { durableTurn } from "./durable-turn.js";
import type { Host } from "./host.js";
import type { Playable } from "./index.js";
import { type Killed, Kills } from "./kills.js";
import { RECOVERY_NOTE } from "./texts.js";
import { idempotencyKey, planReply, type TurnPlan } from "./turn-plan.js";

export type Spawn = () => Promise<EngineProcess>;

/** Puts the engine into a process of its own for the whole case. */
export async function moveOut(host: Host, spawn: Spawn): Promise<void> {
  const process = await spawn();
  host.port.kills = new Kills(host.theCase.steps, process);
  process.setClock(host.clock.now());
  host.factory = process.factory;
}

function nextProcess(host: Host): void {
  host.port.newProcess();
  host.registrations = { tick: false, turn: false };
  host.liftQuarantine("a new process");
}

async function renew(host: Host, spawn: Spawn): Promise<void> {
  const process = await spawn();
  process.setClock(host.clock.now());
  host.port.kills?.renew(process);
  host.factory = process.factory;
  nextProcess(host);
}

export async function playRestart(
  host: Host,
  step: StepOf<"restart">,
  engine: Playable,
  spawn: Spawn | undefined,
): Promise<undefined> {
  if (step.mode === "hard" && spawn && host.port.kills) {
    await host.port.kills.process.close();
    host.recorder.add({ kind: "host", what: "restart", detail: { mode: "hard" } });
    await renew(host, spawn);
    return undefined;
  }
  await engine.gateway?.stop();
  await engine.gateway?.start();
  host.recorder.add({ kind: "host", what: "restart", detail: { mode: "soft" } });
  nextProcess(host);
  return undefined;
}

export async function playKill(host: Host, step: StepOf<"kill">, spawn: Spawn | undefined): Promise<string | undefined> {
  if (!spawn || !host.port.kills) return "a kill needs the engine in a process of its own";
  if (step.point.where === "call") return undefined;
  await host.port.kills.strike();
  host.recorder.add({ kind: "host", what: "killed", detail: { moment: "boundary" } });
  forgetMemory(host);
  await renew(host, spawn);
  return undefined;
}

/** The process is gone in the middle of a step: what was in memory is lost, the interrupted turn gets a recovery turn. */
export async function afterKill(host: Host, killed: Killed, spawn: Spawn): Promise<void> {
  const writes = host.port.kills?.process.writes() ?? 0;
  const { call, method, moment, injected } = killed;
  host.recorder.add({
    kind: "host",
    what: "killed",
    detail: { ...(call !== undefined ? { call } : {}), method, moment, injected, writes },
  });
  const interrupted = host.inFlight;
  host.inFlight = undefined;
  forgetMemory(host);
  await renew(host, spawn);
  if (!interrupted || interrupted.accepted || interrupted.plan.kind !== "ordinary") return;
  const plan = recoveryPlan(host, interrupted.plan);
  await (host.durable ? durableTurn(host, plan) : classicTurn(host, plan));
}

function forgetMemory(host: Host): void {
  host.fence.clear();
  host.activeTurns.clear();
  for (const session of host.store.all) session.file?.forgetUnwritten();
}

function recoveryPlan(host: Host, killed: TurnPlan): TurnPlan {
  const id = `${killed.id}/recovery`;
  const reply = planReply(host, "text", 12, id);
  host.recorder.plant(reply.canary, "reply", host.ref(killed.session, "recovery", "assemble-first"), {
    id,
    kind: "recovery",
    attempt: 1,
  });
  const { onTool: _onTool, wake: _wake, ...rest } = killed;
  return {
    ...rest,
    id,
    kind: "recovery",
    stored: RECOVERY_NOTE,
    live: RECOVERY_NOTE,
    prompt: RECOVERY_NOTE,
    promptDiffers: true,
    storedIdempotencyKey: host.durable ? idempotencyKey(host, id) : undefined,
    reply,
    tools: [],
    provider: { mode: "scripted", answers: [] },
    atMs: killed.atMs + 500,
  };
}
