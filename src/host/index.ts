// The simulated host: plays one case against one engine and returns what happened. The only place that awaits an engine.

import {
  type Case,
  type EngineAdapter,
  type Event,
  type History,
  type HostPolicy,
  type HostWorld,
  type LoadedEngine,
  PROFILES,
  type SpawnEngine,
} from "../define/index.js";
import { bytesOfMessage } from "../judge/size.js";
import { lendBridge } from "./bridge.js";
import { activeWork, beyond, startClock, TIMED_OUT, within } from "./clock.js";
import { CommitQueue } from "./commit-queue.js";
import { bytesUnder, type CaseDirs, makeDirs } from "./dirs.js";
import { Host } from "./host.js";
import { truePolicy } from "./keys.js";
import { needsProcess } from "./kills.js";
import { type CallWatch, EnginePort } from "./port.js";
import { probeSessions } from "./probe.js";
import { Recorder } from "./recorder.js";
import { SessionStore } from "./sessions.js";
import { callSparsely, isSparseCase } from "./sparse.js";
import { playSteps } from "./steps.js";
import { Summariser } from "./summariser.js";
import { Surroundings } from "./surroundings.js";

export { activeWork } from "./clock.js";
export type { CaseDirs } from "./dirs.js";
export { normaliseKey, routeHeartbeat, truePolicy } from "./keys.js";
export { needsProcess } from "./kills.js";
export type { CallWatch } from "./port.js";
export { connectEngine, EngineRefused, type RemoteChannel } from "./remote/client.js";
export { type Channel, serveEngine } from "./remote/server.js";
export type { FromEngine, ToEngine } from "./remote/wire.js";
export { Surroundings } from "./surroundings.js";

export interface PlayOptions {
  /** Decisions of the host; default: the true ones. */
  policy?: HostPolicy;
  /** none: for the benchmark's bare loop; events stay empty. */
  record?: "full" | "none";
  /** Look at every live session on a copy of the directories afterwards. */
  probe?: boolean;
  /** Real milliseconds a call may take; compact and maintain get `compactTimeoutMs`. */
  callTimeoutMs?: number;
  compactTimeoutMs?: number;
  /** Real milliseconds to wait for background work after each step. */
  settleMs?: number;
  /** Keep the case's directories; `onDirs` hears of them in any case. */
  keep?: boolean;
  /** Called with the case's directories before the first call; what it returns is called at the end (private environment). */
  onDirs?: (dirs: CaseDirs) => undefined | (() => void);
  /** Hears of every call, for supervision from outside. */
  watch?: CallWatch;
  /** Hears of every event as it is recorded. */
  onEvent?: (event: Event) => void;
  /** Makes the engine in a process of its own; without it kills are skipped and hard restarts are soft. */
  spawnEngine?: SpawnEngine;
  /** Every case in a process of its own, also one that needs none: for engines that keep state in their process. */
  alone?: boolean;
  /** What was true around a recording that is played again. */
  world?: HostWorld;
  /** Watches the globals that the engine shares with the host; one that watched the engine being loaded knows what loading changed. */
  surroundings?: Surroundings;
}

export type Playable = Pick<LoadedEngine, "gateway"> & { adapter: EngineAdapter };

/** Real milliseconds that a process may take to say what it left open. */
const RESIDUE_LIMIT_MS = 1_000;
const START_OF_TIME_MS = Date.UTC(2026, 0, 5, 8);

export async function playCase(theCase: Case, engine: Playable, options: PlayOptions = {}): Promise<History> {
  const profile = PROFILES[theCase.host];
  const policy = options.policy ?? truePolicy;
  const dirs = makeDirs();
  const leave = options.onDirs?.(dirs);
  const clock = startClock(theCase.steps[0]?.at ?? START_OF_TIME_MS);
  const recorder = new Recorder(theCase, options.record !== "none", options.onEvent);
  const limits = { callTimeoutMs: options.callTimeoutMs ?? 10_000, compactTimeoutMs: options.compactTimeoutMs ?? 30_000 };
  const surroundings = options.surroundings ?? new Surroundings();
  surroundings.begin();
  const port = new EnginePort(recorder, limits, profile.lifecycle === "durable", options.watch, surroundings);
  const summariser = new Summariser(recorder, "healthy", 0, undefined);
  const store = new SessionStore(theCase, profile, dirs, policy);
  const parts = { theCase, profile, policy, adapter: engine.adapter, clock, dirs, recorder, port, store, summariser };
  const host = new Host({ ...parts, queue: new CommitQueue(), world: options.world });
  const takeBridge = lendBridge(host);
  const idle = activeWork();
  try {
    await startGateway(engine);
    const remote = options.spawnEngine && (options.alone || needsProcess(theCase.steps)) ? options.spawnEngine : undefined;
    await playSteps(host, engine, { idle, settleMs: options.settleMs ?? 200, spawn: remote && (() => remote(dirs)) });
    const history = recorder.history();
    if (options.probe) history.probes = await probeSessions(host, surroundings, limits.callTimeoutMs);
    const globals = surroundings.end();
    if (recorder.on) history.residue = { ...(await residueOf(host, dirs, idle)), globals };
    if (remote && options.probe && isSparseCase(theCase.seed))
      history.sparse = await callSparsely(remote, dirs, engine.adapter.config ?? {}, limits.callTimeoutMs);
    return history;
  } finally {
    surroundings.end();
    await host.port.kills?.process.close();
    await stopGateway(engine);
    takeBridge();
    clock.restore();
    leave?.();
    if (!options.keep) dirs.remove();
  }
}

/** Gateways that a play ended: the next one in this process starts them again, as a gateway that is started anew does. */
const ended = new WeakSet<object>();

async function stopGateway({ gateway }: Playable): Promise<void> {
  if (gateway === undefined) return;
  ended.add(gateway);
  await gateway.stop().catch(() => {});
}

async function startGateway({ gateway }: Playable): Promise<void> {
  if (gateway !== undefined && ended.delete(gateway)) await gateway.start().catch(() => {});
}

/** Bytes of everything delivered, as JSON. */
function deliveredBytes(host: Host): number {
  let sum = 0;
  for (const event of host.recorder.events)
    if (event.kind === "call" && event.deliveredFrom !== undefined && event.messages)
      for (const message of event.messages.slice(event.deliveredFrom)) sum += bytesOfMessage(message);
  return sum;
}

async function residueOf(host: Host, dirs: CaseDirs, idle: Map<string, number>): Promise<NonNullable<History["residue"]>> {
  const remote = host.port.kills?.process;
  const there = remote ? await within(remote.residue(), RESIDUE_LIMIT_MS).catch(() => TIMED_OUT) : TIMED_OUT;
  const seen = typeof there === "symbol" ? { active: beyond(idle), blockedMs: host.port.blockedMs } : there;
  const bytes = [dirs.agent, dirs.workspace, dirs.home].map(bytesUnder);
  return {
    storedBytes: bytes.reduce((sum, { stored }) => sum + stored, 0),
    workingBytes: bytes.reduce((sum, { working }) => sum + working, 0),
    deliveredBytes: deliveredBytes(host),
    active: seen.active,
    strayFiles: [],
    network: [],
    output: "",
    globals: [],
    uncaught: [],
    blockedMs: Math.round(seen.blockedMs),
  };
}
