// One compaction asked of the engine, for whatever reason, and what the host makes of the answer. Also the host's own compaction,
// which it falls back to for engines that are out of service or do not own compaction.

import type { CallPhase, RuntimeContext, SessionRef, SummariserMode, TurnRef } from "../define/index.js";
import { sizeOf } from "../judge/size.js";
import { plainText } from "./histories.js";
import type { Host } from "./host.js";
import { compactionSummary } from "./messages.js";
import type { Instance } from "./port.js";
import { registerForTurn } from "./registrations.js";
import type { Session } from "./sessions.js";
import { healthySummary, Summariser } from "./summariser.js";
import { Transcript } from "./transcript.js";
import type { TurnPlan } from "./turn-plan.js";

export interface CompactionRequest {
  phase: Extract<CallPhase, `compact-${string}`>;
  trigger: NonNullable<RuntimeContext["trigger"]>;
  force: boolean;
  target: "budget" | "threshold";
  currentTokenCount: number | undefined;
  /** Only compactions outside a turn carry customInstructions (present, undefined). */
  instructions: boolean;
  attempt: number;
  summariser: SummariserMode;
  abortAt: number;
}

export const MAX_COMPACTIONS = 3;

/** A compaction of a turn that no longer fits. `namedTokens`: what the provider's error said. */
export function overflowRequest(
  host: Host,
  plan: TurnPlan,
  phase: "compact-overflow" | "compact-precheck",
  attempt: number,
  namedTokens: number | undefined,
): CompactionRequest {
  return {
    phase,
    trigger: "overflow",
    force: true,
    target: "budget",
    currentTokenCount: namedTokens ?? host.window + 1,
    instructions: false,
    attempt,
    summariser: plan.summariser,
    abortAt: plan.abortAt,
  };
}

export interface CompactionAnswer {
  status: "compacted" | "nothing" | "threw";
  signal: AbortSignal;
  successor: string | undefined;
}

export async function askCompaction(
  host: Host,
  instance: Instance,
  session: Session,
  ref: SessionRef,
  turn: TurnRef | undefined,
  request: CompactionRequest,
): Promise<CompactionAnswer> {
  const { step } = host.recorder;
  registerForTurn(host);
  const inTurn = async (): Promise<void> => {
    await host.port.overlap?.summary(step);
    host.passTime();
  };
  const summariser = new Summariser(host.recorder, request.summariser, request.abortAt, ref, inTurn);
  const { controller } = summariser;
  const before = host.summariser;
  host.summariser = summariser;
  const runtimeContext = host.context(session, { trigger: request.trigger, attempt: request.attempt, maxAttempts: 3 });
  const params = {
    ...host.identity(ref),
    ...(host.durable
      ? {
          agentId: "main",
          sessionTarget: host.target(session, ref, false),
          runtimeSettings: host.settings("degraded", "context_overflow"),
        }
      : { sessionFile: host.filePath(session), ...host.classicSettings() }),
    tokenBudget: host.window,
    currentTokenCount: request.currentTokenCount,
    force: request.force,
    compactionTarget: request.target,
    ...(request.instructions ? { customInstructions: undefined } : {}),
    runtimeContext,
    abortSignal: controller.signal,
  };
  const about = { session: ref, ...(turn ? { turn } : {}), phase: request.phase, ...host.fileEntries(session) };
  summariser.call = host.recorder.upcomingCall();
  const outcome = await host.port.call(instance, "compact", params, about);
  if (host.summariser === summariser) host.summariser = before;
  if (outcome.status === "threw") return { status: "threw", signal: controller.signal, successor: undefined };
  const answer = outcome.result as { ok?: unknown; compacted?: unknown; result?: { sessionId?: unknown } } | null | undefined;
  const compacted = answer?.ok === true && answer.compacted === true;
  const successor = compacted && typeof answer?.result?.sessionId === "string" ? answer.result.sessionId : undefined;
  return {
    status: compacted ? "compacted" : "nothing",
    signal: controller.signal,
    successor: successor !== undefined && successor !== ref.sessionId && successor !== "" ? successor : undefined,
  };
}

/** The session goes on under the id the engine gave. Durable: with an empty transcript; classic: with the old file. */
export function followSuccessor(host: Host, session: Session, successor: string, ref: SessionRef): void {
  session.sessionId = successor;
  if (host.durable) {
    session.transcript = new Transcript();
    session.position = 0;
  }
  session.existed = true;
  host.recorder.add({
    kind: "host",
    what: "successor",
    session: { ...ref, sessionId: successor },
    detail: { from: ref.sessionId, to: successor },
  });
}

/** 2026.7, after the turn: a file of the successor's own, which begins with the turn's last answer. Recorded: ys1. */
export function beginSuccessorFile(host: Host, session: Session): void {
  // Campaigns are kinder: the conversation goes on in the old file, as with 2026.5.
  if (host.world === undefined) return;
  const answer = session.transcript.path().findLast((entry) => entry.message.role === "assistant");
  session.transcript = new Transcript();
  if (answer) session.transcript.append({ ...answer, parentId: null });
  session.file = host.store.fileFor(session, host.clock.now());
  session.file.begin("bare");
}

/** maintain after a compaction that did something. False when it threw. */
export async function maintainAfterCompaction(
  host: Host,
  instance: Instance,
  session: Session,
  ref: SessionRef,
  turn: TurnRef | undefined,
  request: CompactionRequest,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (!host.port.has(instance, "maintain")) return true;
  const params = host.maintainParams(session, ref, {
    lifecycle: false,
    ...(signal ? { signal } : {}),
    trigger: request.trigger,
  });
  const about = { session: ref, ...(turn ? { turn } : {}), phase: "compact-maintain" as const, ...host.fileEntries(session) };
  return (await host.port.call(instance, "maintain", params, about)).status === "returned";
}

/** The host summarises its own transcript and keeps the newest `keep` entries of the path. */
export function compactOwnTranscript(
  host: Host,
  session: Session,
  ref: SessionRef,
  keep: number,
  step: string,
): { tokensBefore: number; tokensAfter: number } {
  const path = session.transcript.path();
  const cut = Math.max(0, path.length - keep);
  const covered = path.slice(0, cut);
  const tokensBefore = sizeOf(path.map((entry) => entry.message));
  const summary = healthySummary((covered.length > 0 ? covered : path).map((entry) => plainText(entry.message)).join("\n"));
  const at = path[path.length - 1]?.message.timestamp ?? host.clock.now();
  const entry = session.transcript.append({
    id: host.entryId(step, `host-compaction/${session.transcript.entries.length}`),
    message: compactionSummary(summary, tokensBefore, at),
    turn: step,
    role: "compaction",
    firstKeptId: path[cut]?.id ?? null,
  });
  session.file?.sync();
  host.recorder.add({
    kind: "host",
    what: "host-compaction",
    session: ref,
    detail: { kept: path.length - cut, covered: covered.length, entryId: entry.id, summary },
  });
  return { tokensBefore, tokensAfter: sizeOf([entry.message, ...path.slice(cut).map((kept) => kept.message)]) };
}
