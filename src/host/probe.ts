// A look at every live session on a copy of the engine's directories after the case: what an engine hides by handing back `messages`
// shows here. The judged history itself is never probed.

import type { Probe, SessionRef } from "../define/index.js";
import { TIMED_OUT, within } from "./clock.js";
import { jsonCopy } from "./clone.js";
import { copyDirs } from "./dirs.js";
import type { Host } from "./host.js";
import type { Session } from "./sessions.js";

const PROBE_BUDGET_TOKENS = 1_000_000;
const PROBE_LIMIT_MS = 5_000;
const MOST_SESSIONS = 8;

export async function probeSessions(host: Host): Promise<Probe[]> {
  const live = liveSessions(host);
  if (live.length === 0) return [];
  const dirs = copyDirs(host.dirs);
  const probes: Probe[] = [];
  try {
    for (const session of live)
      probes.push(await probeOne(host, session, dirs.agent, dirs.workspace, (path) => path.replace(host.dirs.root, dirs.root)));
  } finally {
    dirs.remove();
  }
  return probes;
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

async function probeOne(
  host: Host,
  session: Session,
  agentDir: string,
  workspaceDir: string,
  moved: (path: string) => string,
): Promise<Probe> {
  const lane = session.isolatedLane !== undefined ? host.theCase.settings.lanes[session.isolatedLane] : undefined;
  const kind = lane?.kind === "heartbeat" ? "heartbeat-isolated" : lane?.kind === "cron" ? "cron" : "ordinary";
  const ref: SessionRef = host.ref(session, kind, "assemble-first");
  try {
    const engine = await limited(Promise.resolve(host.factory({ config: host.adapter.config ?? {}, agentDir, workspaceDir })));
    const bootstrap = host.bootstrapParams(session, ref) as Record<string, unknown>;
    if (typeof bootstrap.sessionFile === "string") bootstrap.sessionFile = moved(bootstrap.sessionFile);
    if (session.existed && typeof engine.bootstrap === "function")
      await limited(Promise.resolve(engine.bootstrap(bootstrap as never)));
    const extra = host.durable
      ? { prompt: "Where were we?", runtimeSettings: host.settings("normal") }
      : { prompt: "Where were we?", ...host.classicSettings() };
    const accepted = host.port.info?.acceptedHostParams;
    const identity = Array.isArray(accepted) && host.durable ? { sessionId: ref.sessionId } : { ...host.identity(ref), ...extra };
    const result = await limited(
      Promise.resolve(
        engine.assemble({
          ...identity,
          messages: [],
          tokenBudget: PROBE_BUDGET_TOKENS,
          availableTools: new Set(),
          model: "mock-1",
        }),
      ),
    );
    const copy = jsonCopy(result) as { messages?: unknown } | undefined;
    if (typeof engine.dispose === "function") await limited(Promise.resolve(engine.dispose()));
    return { session: ref, result: copy, ...(Array.isArray(copy?.messages) ? { view: copy.messages } : {}) };
  } catch (error) {
    return { session: ref, error: { name: error instanceof Error ? error.name : typeof error, message: String(error) } };
  }
}

async function limited<T>(promise: Promise<T>): Promise<T> {
  const result = await within(promise, PROBE_LIMIT_MS);
  if (result === TIMED_OUT) throw new Error(`no answer within ${PROBE_LIMIT_MS} ms`);
  return result;
}
