// A look at every live session on a copy of the engine's directories after the case: what an engine hides by handing back `messages`
// shows here. The judged history itself is never probed.

import type { Probe, SessionRef } from "../define/index.js";
import { TIMED_OUT, within } from "./clock.js";
import { jsonCopy } from "./clone.js";
import { type CaseDirs, copyDirs } from "./dirs.js";
import type { Host } from "./host.js";
import type { Session } from "./sessions.js";
import type { Surroundings } from "./surroundings.js";
import { thrownData } from "./thrown.js";

const PROBE_BUDGET_TOKENS = 1_000_000;
const LONGEST_LIMIT_MS = 5_000;
const MOST_SESSIONS = 8;
const NO_ANSWER = "NoAnswer";

/** `limitMs`: real milliseconds an answer may take. An engine that lets one probe wait is not asked again. */
export async function probeSessions(host: Host, surroundings: Surroundings, limitMs: number): Promise<Probe[]> {
  const live = liveSessions(host);
  if (live.length === 0) return [];
  const dirs = copyDirs(host.dirs);
  const probes: Probe[] = [];
  const visit: Visit = (work) => visited(work, surroundings, Math.min(limitMs, LONGEST_LIMIT_MS));
  try {
    for (const session of live) {
      const probe = await probeOne(host, session, dirs, visit);
      probes.push(probe);
      if (probe.error?.name === NO_ANSWER) break;
    }
  } finally {
    dirs.remove();
  }
  return probes;
}

function probeError(error: unknown): NonNullable<Probe["error"]> {
  const { name, message } = thrownData(error);
  return { name, message };
}

/** The latest identity of each alias that held something; of lanes the last two runs. */
function liveSessions(host: Host): Session[] {
  const seen = new Map<string, number>();
  const out: Session[] = [];
  for (const session of [...host.store.all].reverse()) {
    const count = seen.get(session.alias) ?? 0;
    if (!session.used || count >= (session.isolatedLane !== undefined ? 2 : 1)) continue;
    seen.set(session.alias, count + 1);
    out.push(session);
    if (out.length >= MOST_SESSIONS) break;
  }
  return out;
}

async function probeOne(host: Host, session: Session, dirs: CaseDirs, visit: Visit): Promise<Probe> {
  const lane = session.isolatedLane !== undefined ? host.theCase.settings.lanes[session.isolatedLane] : undefined;
  const kind = lane?.kind === "heartbeat" ? "heartbeat-isolated" : lane?.kind === "cron" ? "cron" : "ordinary";
  const ref: SessionRef = host.ref(session, kind, "assemble-first");
  try {
    const config = host.adapter.config ?? {};
    const { agent: agentDir, workspace: workspaceDir } = dirs;
    const engine = await visit(() => host.factory({ config, agentDir, workspaceDir }));
    const bootstrap = host.bootstrapParams(session, ref) as Record<string, unknown>;
    if (typeof bootstrap.sessionFile === "string")
      bootstrap.sessionFile = bootstrap.sessionFile.replace(host.dirs.root, dirs.root);
    if (session.existed && typeof engine.bootstrap === "function") await visit(() => engine.bootstrap?.(bootstrap as never));
    const extra = host.durable
      ? { prompt: "Where were we?", runtimeSettings: host.settings("normal") }
      : { prompt: "Where were we?", ...host.classicSettings() };
    const accepted = host.port.info?.acceptedHostParams;
    const identity = Array.isArray(accepted) && host.durable ? { sessionId: ref.sessionId } : { ...host.identity(ref), ...extra };
    const asked = { messages: [], tokenBudget: PROBE_BUDGET_TOKENS, availableTools: new Set<string>(), model: "mock-1" };
    const result = await visit(() => engine.assemble({ ...identity, ...asked }));
    const copy = jsonCopy(result) as { messages?: unknown } | undefined;
    if (typeof engine.dispose === "function") await visit(() => engine.dispose?.());
    return { session: ref, result: copy, ...(Array.isArray(copy?.messages) ? { view: copy.messages } : {}) };
  } catch (error) {
    return { session: ref, error: probeError(error) };
  }
}

/** Runs code of the engine, in its own surroundings and bounded in time. */
type Visit = <T>(work: () => T | Promise<T>) => Promise<T>;

async function visited<T>(work: () => T | Promise<T>, surroundings: Surroundings, limitMs: number): Promise<T> {
  surroundings.enter();
  try {
    const result = await within(Promise.resolve(work()), limitMs);
    if (result === TIMED_OUT) throw Object.assign(new Error(`no answer within ${limitMs} ms`), { name: NO_ANSWER });
    return result;
  } finally {
    surroundings.leave();
  }
}
