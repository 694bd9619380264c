// Who is who: which calls and texts belong to one session, family, isolated run or lane.
// Identities are the host's own (SessionRef), never guessed from what an engine answered.

import type { SessionRef } from "../define/index.js";
import type { Index } from "./facts.js";

/** The session of the catalogue: key, session id and number of resets. */
export function sessionKeyOf(session: SessionRef): string {
  return `${session.key}\u0000${session.sessionId}\u0000${session.resets}`;
}

/** An isolated run of a heartbeat lane or a cron job. */
export function isIsolatedRun(session: SessionRef): boolean {
  return session.isolatedLane !== undefined;
}

/** The lane alias of an isolated run, else the session's own alias (which is the lane's for turns addressed to its key). */
export function laneOf(session: SessionRef): string {
  return session.isolatedLane ?? session.alias;
}

/**
 * Identity used when sessions are compared between twins: the alias; for everything in a lane the session id as well,
 * because each run of a lane is a session of its own.
 */
export function comparedAs(session: SessionRef, lanes: ReadonlySet<string>): string {
  const lane = laneOf(session);
  return lanes.has(lane) ? `${lane}/${session.sessionId}` : session.alias;
}

/** Root alias of the family: a child's is its parent's; a lane is a family of its own, apart from the session it wakes for. */
export function familyOf(session: SessionRef): string {
  return session.contextMode === undefined ? laneOf(session) : session.family;
}

const lanesCache = new WeakMap<Index, Set<string>>();

/** Lane aliases of a case, declared or seen. */
export function lanesOf(index: Index): Set<string> {
  let lanes = lanesCache.get(index);
  if (lanes !== undefined) return lanes;
  lanes = new Set(Object.keys(index.history.case?.settings?.lanes ?? {}));
  for (const { event } of index.calls) if (event.session?.isolatedLane !== undefined) lanes.add(event.session.isolatedLane);
  lanesCache.set(index, lanes);
  return lanes;
}

const domainCache = new WeakMap<Index, Map<string, string>>();

/**
 * Family alias → domain. Families whose sessions ever shared a routing key are one domain: two aliases may be written
 * differently and mean the same key to the host, and a session may be addressed by a lane's key.
 */
export function domainsOf(index: Index): Map<string, string> {
  const cached = domainCache.get(index);
  if (cached !== undefined) return cached;
  const parent = new Map<string, string>();
  const find = (name: string): string => {
    const up = parent.get(name);
    if (up === undefined || up === name) return name;
    const root = find(up);
    parent.set(name, root);
    return root;
  };
  const joined = new Map<string, Set<string>>();
  const join = (session: SessionRef | undefined) => {
    if (session === undefined) return;
    const name = familyOf(session);
    const keys = joined.get(name) ?? new Set();
    if (keys.has(session.routingKey)) return;
    joined.set(name, keys.add(session.routingKey));
    const family = find(name);
    const key = find(`\u0000${session.routingKey}`);
    if (family !== key) parent.set(key, family);
  };
  for (const call of index.calls) join(call.event.session);
  for (const plants of index.plants.values()) for (const plant of plants) join(plant.session);
  const domains = new Map<string, string>();
  for (const name of parent.keys()) if (!name.startsWith("\u0000")) domains.set(name, find(name));
  for (const name of parent.values()) if (!name.startsWith("\u0000")) domains.set(name, find(name));
  domainCache.set(index, domains);
  return domains;
}

/** The domain a session belongs to: its family, joined with every family that uses the same routing key. */
export function domainOf(index: Index, session: SessionRef): string {
  return domainsOf(index).get(familyOf(session)) ?? familyOf(session);
}

/** How a message to a reader names a session: `a (agent:main:a, session id 1234…)`. */
export function nameOf(session: SessionRef): string {
  const run = session.isolatedLane === undefined ? session.alias : `run of lane ${session.isolatedLane}`;
  return `${run} (key ${shorten(session.key, 60)}, session id ${shorten(session.sessionId, 12)})`;
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

const runCache = new WeakMap<Index, Map<string, string>>();

/** Session id → the id its run began with: a compaction's successor goes on in the same run. */
function runRoots(index: Index): Map<string, string> {
  const cached = runCache.get(index);
  if (cached !== undefined) return cached;
  const roots = new Map<string, string>();
  const join = (from: string, to: string) => {
    if (from !== to && !roots.has(to)) roots.set(to, roots.get(from) ?? from);
  };
  for (const turn of index.turns) {
    for (const { event } of turn.calls) if (event.session !== undefined) join(turn.session.sessionId, event.session.sessionId);
  }
  for (const { what, detail } of index.notes) {
    if (what === "successor" && typeof detail.from === "string" && typeof detail.to === "string") join(detail.from, detail.to);
  }
  runCache.set(index, roots);
  return roots;
}

/**
 * The isolated run a session belongs to, as one word: its lane's domain and the session id it began with. Undefined for sessions that
 * are no part of a lane. An ordinary turn addressed to a lane's key is in the run whose session id it carries.
 */
export function runOf(index: Index, session: SessionRef): string | undefined {
  const lane = laneOf(session);
  if (session.isolatedLane === undefined && !lanesOf(index).has(lane)) return undefined;
  return `${domainOf(index, session)}\u0000${runRoots(index).get(session.sessionId) ?? session.sessionId}`;
}
