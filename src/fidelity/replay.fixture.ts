// Test only: makes a trace's own calls on its scripted engine and records them as a history, as a perfect host would.
// Ids and texts get values of their own, so that what compares as equal does so by order of occurrence alone.

import type { CallEvent, ContextEngine, EngineAdapter, EngineMethod, Event, History, Message } from "../define/index.js";
import { derive } from "./derive.js";
import { scriptedEngine } from "./scripted-engine.js";
import type { CallRecord, Trace, TraceMessage } from "./trace.js";

/** `sessionFile`: for recordings in which the engine rewrote the transcript. */
export async function replay(trace: Trace, sessionFile?: string): Promise<History> {
  const adapter = scriptedEngine(trace);
  const events: Event[] = [];
  const engines = new Map<string, ContextEngine>();
  /** Session alias → id; a successor's is the one the engine returned. */
  const sessions = new Map<string, unknown>();
  let process = 1;
  for (const entry of trace.records) {
    if (entry.kind === "host" && entry.record.host === "gateway start") process += 1;
    if (entry.kind !== "call") continue;
    const session = entry.record.session && (sessions.get(entry.record.session) ?? `session-${entry.record.session}`);
    const call = callEvent(entry.record, session, process, events.length, trace.window);
    if (sessionFile !== undefined) call.params.sessionFile = sessionFile;
    events.push(call);
    const answer = await answered(adapter, engines, call);
    const successor = (entry.record.result as { successor?: string } | undefined)?.successor;
    if (successor !== undefined)
      sessions.set(successor, (answer as { result: { result: { sessionId: string } } }).result.result.sessionId);
    if (call.method === "assemble" && answer.kind === "return") answer.view = (answer.result as { messages: [] }).messages;
    events.push({ ...answer, i: events.length, step: "s1", call: call.call } as Event);
  }
  return { case: derive(trace).case, events, probes: [] };
}

type Answer = { kind: "return"; result: unknown; view?: unknown[] } | { kind: "throw"; error: object; cause: "engine" };

async function answered(adapter: EngineAdapter, engines: Map<string, ContextEngine>, call: CallEvent): Promise<Answer> {
  const id = `${call.process}/${call.engine}`;
  try {
    if (call.method === "factory") {
      engines.set(id, await adapter.factory({}));
      return { kind: "return", result: undefined };
    }
    const engine = engines.get(id) as unknown as Record<EngineMethod, (params: unknown) => Promise<unknown>>;
    const rewriting = { rewriteTranscriptEntries: async () => ({ changed: true, bytesFreed: 0, rewrittenEntries: 1 }) };
    const params = { ...call.params, runtimeContext: { ...(call.params.runtimeContext as object), ...rewriting } };
    const result = await engine[call.method](params);
    return { kind: "return", result };
  } catch (error) {
    return { kind: "throw", error: { name: "Error", message: String(error), isError: true }, cause: "engine" };
  }
}

function callEvent(record: CallRecord, session: unknown, process: number, i: number, window: number): CallEvent {
  const messages = (record.messages ?? (record.message && [record.message]))?.map(messageOf);
  const given: Record<string, unknown> = {
    sessionId: session,
    sessionKey: record.key,
    parentSessionKey: record.parentSessionKey,
    childSessionKey: record.childSessionKey,
    sessionTarget:
      record.lifecycle === undefined ? undefined : { expectedLifecycleRevision: record.lifecycle && `rev-${record.lifecycle}` },
    prompt: record.prompt && `the ${record.prompt}`,
    tokenBudget: record.tokenBudget === window ? window : record.tokenBudget && 100,
    messages: record.messages === undefined ? undefined : messages,
    message: record.message && messages?.[0],
    advancementKey: record.advancementKey && `turn-${record.advancementKey}`,
    admission: record.advancementKey && { entryId: `entry-${record.advancementKey}` },
    runtimeContext: record.trigger === undefined ? undefined : { trigger: record.trigger },
  };
  for (const name of ["isHeartbeat", "prePromptMessageCount", "force", "compactionTarget", "currentTokenCount"])
    given[name] = record[name];
  const file = record.sessionFileEntries;
  return {
    i,
    step: "s1",
    kind: "call",
    call: i + 1,
    engine: record.engine,
    process,
    method: record.call as CallEvent["method"],
    phase: "dispose",
    names: [...record.params].sort(),
    params: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== null)),
    ...(messages === undefined ? {} : { messages }),
    ...(file === undefined ? {} : { fileEntries: file === "ENOENT" ? "absent" : file === 0 ? "empty" : (file as number) }),
  };
}

/** Empty texts stay empty; a recorded tool call has a length of its own and no special shape here. */
function messageOf({ role, text, length }: TraceMessage): Message {
  const content = length === 0 ? [] : [{ type: "text", text: `says ${text}` }];
  return { role, content, timestamp: 0 } as unknown as Message;
}
