// An engine that answers and throws as a recorded one did: per method, its n-th call gets the n-th recorded answer.
// It keeps no context of its own; past the end of the recording it answers plainly, so that a host that calls too often is shown, not stuck.

import {
  type AnyMessage,
  type AssembleParams,
  type CommitTurnParams,
  type CompactParams,
  type CompactResult,
  type ContextEngine,
  ENGINE_METHODS,
  type EngineAdapter,
  type EngineInfo,
  type SessionParams,
} from "../define/index.js";
import { Rewrites, rewriteTranscript } from "./rewrite.js";
import type { CallRecord, Trace, TraceMessage } from "./trace.js";

export function scriptedEngine(trace: Trace): EngineAdapter {
  const script = new Script(trace);
  return {
    name: `as recorded in ${trace.name}`,
    factory: () => {
      script.next("factory");
      return instance(trace, script);
    },
  };
}

/** Recorded calls by method, handed out in order. */
class Script {
  readonly #left = new Map<string, CallRecord[]>();
  readonly rewrites: Rewrites;
  #successors = 0;

  constructor(trace: Trace) {
    this.rewrites = new Rewrites(trace);
    for (const entry of trace.records) {
      if (entry.kind !== "call") continue;
      const calls = this.#left.get(entry.record.call) ?? [];
      calls.push(entry.record);
      this.#left.set(entry.record.call, calls);
    }
  }

  /** The next recorded call of a method; throws where that one threw. */
  next(method: string): CallRecord | undefined {
    const record = this.#left.get(method)?.shift();
    if (record?.threw !== undefined && record.threw !== false) throw new Error(`the recorded ${method} threw`);
    return record;
  }

  /** A new session id, for a compact that returns a successor. */
  successorId(): string {
    this.#successors += 1;
    return `5ccede55-0000-4000-8000-${String(this.#successors).padStart(12, "0")}`;
  }
}

/** What the recording engine declared, as the contract spells it. */
export function infoOf(trace: Trace): EngineInfo {
  const { durable, owns, accepted, turnMaintenanceMode } = trace.engine;
  return {
    id: "recorder",
    name: "recorder",
    ownsCompaction: owns === true,
    ...(Array.isArray(accepted) ? { acceptedHostParams: accepted.map(String) } : {}),
    ...(durable === true
      ? {
          transcriptSemantics: {
            currentTurnFence: "before-current-turn-entry-v1",
            turnAdvancementIdempotency: "atomic-idempotent-v1",
          },
        }
      : {}),
    ...(turnMaintenanceMode === "background" || trace.engine.maintenance === "background"
      ? { turnMaintenanceMode: "background" }
      : {}),
  };
}

function instance(trace: Trace, script: Script): ContextEngine {
  const plain = (method: string, fallback: Record<string, unknown>) => ({
    ...fallback,
    ...asObject(script.next(method)?.result),
  });
  const all = {
    info: infoOf(trace),
    bootstrap: async () => plain("bootstrap", { bootstrapped: true }),
    maintain: async (params: SessionParams) => maintain(params, script),
    assemble: async (params: AssembleParams) => assembled(params, script.next("assemble")),
    ingest: async () => plain("ingest", { ingested: true }),
    ingestBatch: async (params: { messages: unknown[] }) => plain("ingestBatch", { ingestedCount: params.messages.length }),
    afterTurn: async () => {
      script.next("afterTurn");
    },
    commitTurn: async (params: CommitTurnParams) => {
      script.rewrites.sawCommit(params);
      const record = script.next("commitTurn");
      return record === undefined ? { status: "committed" } : record.result;
    },
    compact: async (params: CompactParams) => compacted(params, script),
    prepareSubagentSpawn: async () => {
      script.next("prepareSubagentSpawn");
      return { rollback: async () => {} };
    },
    onSubagentEnded: async () => {
      script.next("onSubagentEnded");
    },
    dispose: async () => {
      script.next("dispose");
    },
  };
  const absent = ENGINE_METHODS.filter(
    (method) => trace.engine[method] === false || (method === "commitTurn" && trace.engine.durable !== true),
  );
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => !absent.some((method) => method === name)),
  ) as unknown as ContextEngine;
}

async function maintain(params: SessionParams, script: Script): Promise<Record<string, unknown>> {
  const record = script.next("maintain");
  const answer = { changed: false, bytesFreed: 0, rewrittenEntries: 0 };
  if (record?.rewrote === "changed") return { ...answer, ...(await rewriteTranscript(params, record, script.rewrites)) };
  return { ...answer, ...asObject(record?.result) };
}

function compacted(params: CompactParams, script: Script): CompactResult {
  const record = asObject(script.next("compact")?.result) ?? { ok: true, compacted: false };
  const { successor, ...answer } = record;
  if (answer.compacted !== true) return answer as unknown as CompactResult;
  const tokensBefore = params.currentTokenCount ?? 1_000;
  const result = { tokensBefore, tokensAfter: Math.floor(tokensBefore / 2) };
  return {
    ...answer,
    result: successor === undefined ? result : { ...result, sessionId: script.successorId() },
  } as unknown as CompactResult;
}

/** Gives back the supplied messages that the recording gave back, by their places in it; where it gave back all, all. */
function assembled(params: AssembleParams, record: CallRecord | undefined): { messages: AnyMessage[]; estimatedTokens: number } {
  const supplied = params.messages as unknown as AnyMessage[];
  const result = asObject(record?.result);
  if (record === undefined || !Array.isArray(result?.messages)) return { messages: supplied, estimatedTokens: 0 };
  const recorded = record.messages ?? [];
  const returned = result.messages as TraceMessage[];
  const places = placesOf(returned, recorded);
  const all = places.length === recorded.length && places.every((place, i) => place === i);
  // A supply longer than the recorded one is a difference already; what was a tail of it stays a tail.
  const shift = supplied.length - recorded.length;
  const messages = places.flatMap((place, i) =>
    place === undefined ? [made(returned[i])] : supplied.slice(place + shift).slice(0, 1),
  );
  return { ...result, messages: all ? supplied : messages, estimatedTokens: Number(result.estimatedTokens ?? 0) };
}

/** For each returned message the place of the supplied one it was, matched from the end; undefined for one the engine made. */
export function placesOf(returned: TraceMessage[], supplied: TraceMessage[]): (number | undefined)[] {
  let end = supplied.length;
  const places: (number | undefined)[] = [];
  for (const message of [...returned].reverse()) {
    const place = supplied
      .slice(0, end)
      .findLastIndex((candidate) => candidate.text === message.text && candidate.role === message.role);
    if (place >= 0) end = place;
    places.unshift(place < 0 ? undefined : place);
  }
  return places;
}

function made(message: TraceMessage | undefined): AnyMessage {
  const text = `made by the recorded engine: ${message?.text ?? ""}`;
  if (message?.role === "assistant")
    return { role: "assistant", content: [{ type: "text", text }], stopReason: "stop", timestamp: 0 };
  return { role: message?.role ?? "user", content: text, timestamp: 0 };
}

const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
