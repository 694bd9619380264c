// A history: what really happened when a case was played. Plain data; clauses judge nothing else.
// Beside the parameters an engine was given stands what the host meant (`about`), so that the two can be compared.

import { z } from "zod";
import type { Case } from "./case.js";
import type { EngineMethod } from "./engine.js";
import type { AnyMessage, Message } from "./message.js";

/** Which session something is about, by the host's own account. */
export interface SessionRef {
  /** Alias of the case: a session, or a lane (for its isolated runs and for turns addressed to its key). */
  alias: string;
  /** The context-engine key. */
  key: string;
  /** The key used for routing and delivery; differs from `key` only under the per-run policy. */
  routingKey: string;
  sessionId: string;
  /** Resets of this session so far. */
  resets: number;
  /** Root alias of the family: a child carries its parent's. */
  family: string;
  /** Lane alias of an isolated run (heartbeat or cron); absent for everything else. */
  isolatedLane?: string;
  /** For a subagent's session: how it was spawned. */
  contextMode?: "isolated" | "fork";
}

export type TurnKind = "ordinary" | "heartbeat-isolated" | "heartbeat-shared" | "cron" | "announce" | "recovery" | "child";

export interface TurnRef {
  /** Unique in the history: the step id, or step id + "/announce", "/child", "/recovery". */
  id: string;
  kind: TurnKind;
  /** 1 for the first attempt, 2 for the retry after the first compaction, … */
  attempt: number;
}

/** Why the host makes a call. */
export type CallPhase =
  | "factory"
  | "bootstrap"
  | "bootstrap-maintain"
  | "assemble-first"
  | "assemble-again"
  | "deliver-eager"
  | "deliver-final"
  | "deliver-maintain"
  | "commit"
  | "commit-late"
  | "commit-maintain"
  | "repeat"
  | "compact-overflow"
  | "compact-precheck"
  | "compact-preflight"
  | "compact-manual"
  | "compact-proactive"
  | "compact-maintain"
  | "spawn-prepare"
  | "spawn-rollback"
  | "spawn-ended"
  | "dispose";

interface EventBase {
  /** Position in history.events. */
  i: number;
  /** Id of the step being played; "" outside any. */
  step: string;
}

export type PlantedPart =
  | "user"
  | "reply"
  | "tool-args"
  | "tool-result"
  | "event"
  | "import"
  | "thinking"
  | "announce"
  | "host-summary";

/** The host planted a text that carries a canary. Markers, standing instructions and repeated prompts carry none. */
export interface PlantEvent extends EventBase {
  kind: "host";
  what: "plant";
  canary: string;
  part: PlantedPart;
  session: SessionRef;
  turn?: TurnRef;
}

export interface TurnStartEvent extends EventBase {
  kind: "host";
  what: "turn-start";
  session: SessionRef;
  turn: TurnRef;
  /** The user text as the engine will find it in deliveries; absent where stored and live text differ. */
  userText: string;
  /** Prompt text of the first attempt. */
  prompt: string;
  /** True where prompt or live text and stored text differ on purpose (ticks, client wraps). */
  promptDiffers: boolean;
  wake?: { requested: string | null; configured: string; storedBase: string | null; base: string; via: "tick" | "turn" };
}

export interface TurnEndEvent extends EventBase {
  kind: "host";
  what: "turn-end";
  session: SessionRef;
  turn: TurnRef;
  /** accepted: the user got a reply. degraded: the reply was made without the engine, nothing of the turn is ever delivered. refused: by the host's precheck. */
  status: "accepted" | "failed" | "degraded" | "refused";
  reason: string;
  /** Compacts asked for in this turn. */
  compacts: number;
}

export interface HostNoteEvent extends EventBase {
  kind: "host";
  what:
    | "reset"
    | "restart"
    | "killed"
    | "quarantine"
    | "quarantine-lifted"
    | "successor"
    | "host-compaction"
    | "commit-not-sent"
    | "commit-answer-lost"
    | "commit-queued"
    | "import"
    | "damage"
    | "clock"
    | "spawned"
    | "child-rolled-back"
    | "unsettled"
    | "history-emptied"
    | "rewrite";
  session?: SessionRef;
  turn?: TurnRef;
  detail: Record<string, unknown>;
}

export interface CallEvent extends EventBase {
  kind: "call";
  /** Number of the call, from 1; its return or throw carries the same. */
  call: number;
  /** Number of the engine instance, from 1 in each process. */
  engine: number;
  /** Number of the process, from 1; a restart (soft or hard) starts the next. */
  process: number;
  method: EngineMethod | "factory";
  phase: CallPhase;
  /** Absent for factory, dispose and subagent hooks. */
  session?: SessionRef;
  turn?: TurnRef;
  /** Names of the parameters that were present, sorted. */
  names: string[];
  /** The parameters as JSON: functions as "[function]", the Set of tools as an array, messages by value. */
  params: Record<string, unknown>;
  /** assemble, afterTurn, commitTurn, ingestBatch, ingest: the messages argument, whole and as the host made it. */
  messages?: Message[];
  /** Deliveries: index in `messages` where what is delivered starts (afterTurn: prePromptMessageCount; else 0). */
  deliveredFrom?: number;
  /** State of the transcript file at the call (classic): absent, empty, or its number of lines. */
  fileEntries?: "absent" | "empty" | number;
}

export interface ReturnEvent extends EventBase {
  kind: "return";
  call: number;
  /** JSON copy of what the engine answered; undefined stays absent. */
  result?: unknown;
  /** assemble: the returned messages if an array (also inside result). */
  view?: AnyMessage[];
  /** The engine changed its parameters. */
  mutated?: string;
  /** Wall clock of the call; left out of comparisons. */
  tookMs?: number;
}

export interface ThrowEvent extends EventBase {
  kind: "throw";
  call: number;
  error: { name: string; message: string; isError: boolean };
  /** engine: it threw or rejected. timeout: the call limit passed. process: the process ended in the call. */
  cause: "engine" | "timeout" | "process";
  mutated?: string;
}

export interface ProviderEvent extends EventBase {
  kind: "provider";
  session: SessionRef;
  turn: TurnRef;
  /** Roles of what the model was sent, prompt included. */
  roles: string[];
  /** Independent size in tokens of view + prompt. */
  sizeTokens: number;
  /** Limit under a by-size provider. */
  limitTokens?: number;
  answer: "ok" | "tool" | "overflow" | "error" | "abort" | "summary";
  usageTokens?: number;
}

export interface SummariserEvent extends EventBase {
  kind: "summariser";
  /** The engine call in flight, when known. */
  call?: number;
  session?: SessionRef;
  request: string;
  mode: string;
  answer?: string;
  /** The signal had fired when the call was made or settled. */
  aborted?: boolean;
}

export interface SkippedEvent extends EventBase {
  kind: "skipped";
  reason: string;
}

export type HostEvent = PlantEvent | TurnStartEvent | TurnEndEvent | HostNoteEvent;
export type Event = HostEvent | CallEvent | ReturnEvent | ThrowEvent | ProviderEvent | SummariserEvent | SkippedEvent;
/** An event before the recorder numbers it. */
export type NewEvent = Event extends infer E ? (E extends Event ? Omit<E, "i" | "step"> : never) : never;

/** One session looked at on a copy of the directories after the case ended: assemble with `messages: []` and ample budget. */
export interface Probe {
  session: SessionRef;
  view?: AnyMessage[];
  result?: unknown;
  error?: { name: string; message: string };
}

/** The factory called after the case with less than a full context, in a fresh process, and what it threw. */
export interface SparseCall {
  /** Names in the context. */
  names: string[];
  error?: { name: string; message: string };
}

/** What the engine left behind, measured after the case. */
export interface Residue {
  /** Bytes of files under the engine's directories, without `workingBytes`. */
  storedBytes: number;
  /** Bytes of the logs that SQLite works with: what is new may be there before it is in the database. */
  workingBytes?: number;
  /** Canaries found in the engine's files after the case. */
  storedCanaries?: string[];
  /** Bytes of delivered messages as JSON. */
  deliveredBytes: number;
  /** Resources still active after settling, by type. */
  active: Record<string, number>;
  /** Paths written outside the engine's own directories. */
  strayFiles: string[];
  /** Refused network targets. */
  network: string[];
  /** What the engine wrote to stdout or stderr, cut to 4 kB. */
  output: string;
  /** Globals, environment or cwd the engine changed. */
  globals: string[];
  /** Uncaught exceptions and unhandled rejections. */
  uncaught: string[];
  /** Longest stretch in milliseconds that a call blocked the event loop. */
  blockedMs: number;
}

export interface History {
  case: Case;
  events: Event[];
  probes: Probe[];
  /** In half of the cases that are played in a process of their own. */
  sparse?: SparseCall[];
  residue?: Residue;
}

/** Loose check for histories that come from outside: shape only. */
export const historySchema = z.looseObject({
  case: z.unknown(),
  events: z.array(z.looseObject({ i: z.number(), step: z.string(), kind: z.string() })),
});
