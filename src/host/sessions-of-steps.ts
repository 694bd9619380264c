// Which session a step is about: aliases to sessions, lanes to their last or next run, cron jobs to a new run each time.

import type { StepOf, TurnKind } from "../define/index.js";
import type { Host } from "./host.js";
import { uuidFor } from "./ids.js";
import { wakeKeyText } from "./keys.js";
import type { LaneState, Session } from "./sessions.js";
import type { TurnPlan } from "./turn-plan.js";

export interface Target {
  session: Session;
  kind: TurnKind;
  wake?: NonNullable<TurnPlan["wake"]>;
}

/** Key text of a lane's base, normalised; undefined when the case names none. */
function baseKey(host: Host, laneAlias: string): string | undefined {
  const lane = host.theCase.settings.lanes[laneAlias];
  return lane?.kind === "heartbeat" ? host.store.keyOf(lane.session) : undefined;
}

/** An alias whose key is a lane's `:heartbeat` key addresses that lane; several aliases of one key are one session. */
export function canonicalAlias(host: Host, alias: string): string | undefined {
  const { lanes, keys } = host.theCase.settings;
  if (lanes[alias]) return alias;
  const key = host.store.keyOf(alias);
  if (key === undefined) return undefined;
  const isLaneKey = host.world?.isolatesTicks !== false;
  for (const name of isLaneKey ? Object.keys(lanes) : [])
    if (baseKey(host, name) !== undefined && `${baseKey(host, name)}:heartbeat` === key) return name;
  return Object.keys(keys).find((other) => host.store.keyOf(other) === key);
}

/** The existing session behind an alias (a lane's last run). */
export function existingSession(host: Host, alias: string): Session | undefined {
  const name = canonicalAlias(host, alias);
  if (name === undefined) return undefined;
  return host.theCase.settings.lanes[name] ? (host.store.lane(name).last ?? undefined) : host.store.get(name);
}

export function sessionFor(host: Host, alias: string, stepId: string, atMs: number): Session | undefined {
  const name = canonicalAlias(host, alias);
  if (name === undefined) return undefined;
  const existing = existingSession(host, name);
  if (existing) return existing;
  if (host.theCase.settings.lanes[name]) return firstOfLane(host, name, stepId, atMs);
  const key = host.store.keyOf(name);
  return key === undefined
    ? undefined
    : host.store.create({ alias: name, routingKey: key, createdBy: stepId, atMs, register: true });
}

/** An ordinary turn on a lane's key before any tick: a session of its own, which the next tick rotates away. */
function firstOfLane(host: Host, laneAlias: string, stepId: string, atMs: number): Session | undefined {
  const key = baseKey(host, laneAlias);
  if (key === undefined) return undefined;
  const session = host.store.create({
    alias: laneAlias,
    routingKey: `${key}:heartbeat`,
    createdBy: stepId,
    atMs,
    register: false,
  });
  host.store.lane(laneAlias).last = session;
  return session;
}

/** A run of a cron job: its own key and session id, never existing before. */
export function cronRun(host: Host, step: StepOf<"turn">): Target | string {
  const lane = host.theCase.settings.lanes[step.session];
  if (lane?.kind !== "cron") return `${step.session} is not a cron lane`;
  const sessionId = uuidFor(host.theCase.seed, step.id, "cron");
  const session = host.store.create({
    alias: step.session,
    routingKey: `agent:main:cron:${lane.job.toLowerCase()}:run:${sessionId}`,
    createdBy: step.id,
    atMs: step.at,
    sessionId,
    isolatedLane: step.session,
    register: false,
  });
  host.store.lane(step.session).last = session;
  if (host.durable) session.lifecycle = uuidFor(host.theCase.seed, step.id, "lifecycle");
  return { session, kind: "cron" };
}

/** The run of a tick, or why the host would not make it. */
export function tickRun(host: Host, step: StepOf<"tick">): Target | string {
  const base = baseKey(host, step.lane);
  const lane = host.theCase.settings.lanes[step.lane];
  if (lane?.kind !== "heartbeat" || base === undefined) return `${step.lane} is not a heartbeat lane`;
  if (!step.isolated) return sharedRun(host, step, lane.session);
  const state = host.store.lane(step.lane);
  if (state.storedBase === null && base.endsWith(":heartbeat") && step.wakeKey.startsWith("heartbeat"))
    return "a first wake by a suffix of a key that itself ends in :heartbeat names another lane";
  return isolatedRun(host, step, state, base);
}

function sharedRun(host: Host, step: StepOf<"tick">, baseAlias: string): Target | string {
  const session = sessionFor(host, baseAlias, step.id, step.at);
  if (!session) return `${baseAlias} has no key`;
  if (session.isolatedLane !== undefined) return "the lane's base is another lane's isolated run";
  touch(host, session, step.id);
  return { session, kind: "heartbeat-shared" };
}

function isolatedRun(host: Host, step: StepOf<"tick">, state: LaneState, base: string): Target {
  const requested = wakeKeyText(step.wakeKey, base);
  const configured = host.world?.configured ?? base;
  const storedBase = state.storedBase;
  const route = host.policy.routeHeartbeat({ requested, configured, storedBase });
  const fresh = uuidFor(host.theCase.seed, step.id, "run");
  const sessionId = host.policy.runSessionId({ fresh, last: state.last?.sessionId ?? null });
  const session = host.store.create({
    alias: step.lane,
    routingKey: route.key,
    createdBy: step.id,
    atMs: step.at,
    sessionId,
    isolatedLane: step.lane,
    register: false,
  });
  state.storedBase = route.base;
  state.last = session;
  session.existed = host.durable;
  session.lifecycle = uuidFor(host.theCase.seed, step.id, "lifecycle");
  return { session, kind: "heartbeat-isolated", wake: { requested, configured, storedBase, base: route.base, via: "tick" } };
}

/** Chat clients and ticks create the session entry before the run where there is none; an entry made so has a lifecycle revision. */
export function touch(host: Host, session: Session, stepId: string): void {
  if (!host.durable) return;
  if (!session.existed) session.lifecycle ??= uuidFor(host.theCase.seed, stepId, "lifecycle");
  session.existed = true;
}
