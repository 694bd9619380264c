// What the host lends to plugins that reach back into it: the model, the compaction of its own transcript, the transcript reader.

import {
  type BridgeHolder,
  type CompactParams,
  type CompactResult,
  HOST_BRIDGE,
  type HostBridge,
  type Message,
} from "../define/index.js";
import { compactOwnTranscript } from "./compaction.js";
import { plainText } from "./histories.js";
import type { Host } from "./host.js";
import type { Session } from "./sessions.js";
import { healthySummary } from "./summariser.js";
import type { Entry } from "./transcript.js";

/** Installs the bridge for a case; answers how to take it away again. */
export function lendBridge(host: Host): () => void {
  const holder = globalThis as BridgeHolder;
  const before = holder[HOST_BRIDGE];
  holder[HOST_BRIDGE] = bridgeOf(host);
  return () => {
    if (before) holder[HOST_BRIDGE] = before;
    else delete holder[HOST_BRIDGE];
  };
}

function find(host: Host, target: { sessionKey?: string; sessionId?: string }): Session | undefined {
  const all = [...host.store.all].reverse();
  return (
    all.find((session) => target.sessionId !== undefined && session.sessionId === target.sessionId) ??
    all.find((session) => target.sessionKey !== undefined && session.routingKey === target.sessionKey)
  );
}

function bridgeOf(host: Host): HostBridge {
  return {
    complete: (request) => host.summariser.complete(request),
    stateDir: () => host.dirs.state,
    delegateCompaction: (params) => delegate(host, params),
    readTranscript: async (target) => {
      const session = find(host, target);
      return session ? visible(host, session) : [];
    },
  };
}

/** Entries up to, not including, the current turn's user entry. */
function visible(host: Host, session: Session): { id: string; message: Message }[] {
  const path = session.transcript.path();
  const fence = host.fence.get(session);
  const at = fence === undefined ? -1 : session.transcript.placeOf(fence, path);
  return (at < 0 ? path : path.slice(0, at)).map((entry) => ({ id: entry.id, message: entry.message }));
}

/** What no compaction of the host's has covered yet. */
function uncovered(session: Session): Entry[] {
  const path = session.transcript.path();
  const last = path.findLast((entry) => entry.role === "compaction");
  const from = last === undefined ? 0 : path.findIndex((entry) => entry.id === (last.firstKeptId ?? last.id));
  return path.slice(Math.max(0, from)).filter((entry) => entry.role !== "compaction");
}

/** All but the newest two turns become one summary made by the fake summariser; with nothing older, nothing happens. */
async function delegate(host: Host, params: CompactParams): Promise<CompactResult> {
  const session = find(host, params);
  const live = session === undefined ? [] : uncovered(session);
  const users = live.flatMap((entry, i) => (entry.message.role === "user" ? [i] : []));
  const cut = users[users.length - 2] ?? 0;
  const older = live.slice(0, cut);
  const firstKept = live[cut];
  if (!session || older.length === 0 || firstKept === undefined)
    return { ok: true, compacted: false, reason: "nothing older than the newest two turns" };
  const text = older.map((entry) => plainText(entry.message)).join("\n");
  let summary: string;
  try {
    const signal = params.abortSignal ?? host.summariser.controller.signal;
    summary = (await host.summariser.complete({ messages: [{ role: "user", content: text }], signal })).text;
  } catch (error) {
    return { ok: false, compacted: false, reason: String(error) };
  }
  if (summary === "" || summary.length >= text.length) summary = healthySummary(text);
  const ref = host.ref(session, "ordinary", "compact-overflow");
  const path = session.transcript.path();
  const { tokensBefore, tokensAfter } = compactOwnTranscript(
    host,
    session,
    ref,
    path.length - path.indexOf(firstKept),
    `${session.sessionId}/delegate`,
  );
  return { ok: true, compacted: true, result: { summary, tokensBefore, tokensAfter } };
}
