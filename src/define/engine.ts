// The context-engine contract as types: what a factory returns and what each method takes and answers.
// Source: the `openclaw` package, docs/concepts/context-engine.md and its declaration files.

import type { AnyMessage, Message } from "./message.js";

export interface EngineInfo {
  id: string;
  name: string;
  version?: string;
  ownsCompaction?: boolean;
  /** Host parameters the engine declares it can take; undefined means every one is passed. */
  acceptedHostParams?: string[];
  transcriptSemantics?: { currentTurnFence?: string; turnAdvancementIdempotency?: string };
  turnMaintenanceMode?: "foreground" | "background";
  hostRequirements?: unknown;
  [extra: string]: unknown;
}

/** What a host hands to every method that is about one session. Which names are present depends on the host profile. */
export interface SessionParams {
  sessionId: string;
  sessionKey?: string;
  /** Classic hosts: path of the JSONL transcript. Durable hosts: the session key, not a path. */
  sessionFile?: string;
  sessionTarget?: SessionTarget;
  runtimeSettings?: Record<string, unknown>;
  runtimeContext?: RuntimeContext;
  abortSignal?: AbortSignal;
}

export interface SessionTarget {
  agentId: string;
  sessionId: string;
  sessionKey: string;
  storePath: string;
  /** Changes when the session is reset; present and undefined before the first one. */
  expectedLifecycleRevision?: string | undefined;
  expectedWriterRunId?: string | undefined;
}

export interface CompletionRequest {
  messages: { role: string; content: string }[];
  systemPrompt?: string;
  maxTokens?: number;
  model?: string;
  purpose?: string;
  signal?: AbortSignal;
}

export interface CompletionResult {
  text: string;
  provider: string;
  model: string;
  agentId: string;
  usage: Record<string, number>;
  audit: Record<string, unknown>;
}

export interface RewriteRequest {
  replacements: { entryId: string; message: Message }[];
  allowedRewriteSuffixEntryIds?: string[];
}

export interface RuntimeContext {
  llm?: { complete(request: CompletionRequest): Promise<CompletionResult> };
  rewriteTranscriptEntries?(request: RewriteRequest): Promise<{ changed: boolean; bytesFreed: number; rewrittenEntries: number }>;
  trigger?: "overflow" | "manual" | "budget" | "cli_budget";
  attempt?: number;
  maxAttempts?: number;
  [extra: string]: unknown;
}

export interface AssembleParams extends SessionParams {
  messages: Message[];
  prompt?: string;
  /** Tokens. */
  tokenBudget?: number;
  availableTools?: Set<string>;
  model?: string;
}

export interface AssembleResult {
  messages: AnyMessage[];
  estimatedTokens: number;
  systemPromptAddition?: string;
  promptAuthority?: "assembled" | "preassembly_may_overflow";
  contextProjection?: { mode: "per_turn" | "thread_bootstrap"; epoch?: string; fingerprint?: string };
}

export interface CompactParams extends SessionParams {
  agentId?: string;
  tokenBudget?: number;
  currentTokenCount?: number | undefined;
  force?: boolean;
  compactionTarget?: "budget" | "threshold";
  customInstructions?: string | undefined;
}

export interface CompactResult {
  ok: boolean;
  compacted: boolean;
  reason?: string;
  result?: {
    summary?: string;
    firstKeptEntryId?: string;
    tokensBefore: number;
    tokensAfter?: number;
    details?: unknown;
    /** A successor session id: later calls carry it. */
    sessionId?: string;
    sessionTarget?: Partial<SessionTarget>;
    sessionFile?: string;
  };
}

/** The admission of a turn into the transcript (durable hosts). */
export interface Admission {
  agentId: string;
  sessionId: string;
  sessionKey: string;
  storePath: string;
  generation: number;
  entryId: string;
  rawSeq: number;
  effectiveParentId: string | null;
  activeMessagePosition: number;
  idempotencyKey: string;
  logicalTurnId: string;
  role: "user";
}

export interface CommitTurnParams extends SessionParams {
  /** Equals admission.logicalTurnId. */
  advancementKey: string;
  admission: Admission;
  terminal: { entryId: string; rawSeq: number; activeMessagePosition: number; role: string };
  /** User entry to terminal entry; length = terminal − admission position + 1. */
  messages: Message[];
  isHeartbeat?: boolean;
}

export interface AfterTurnParams extends SessionParams {
  /** The engine's own assembled view followed by what is new. */
  messages: Message[];
  prePromptMessageCount: number;
  autoCompactionSummary?: string;
  isHeartbeat?: boolean;
  tokenBudget?: number;
}

export interface PrepareSubagentSpawnParams {
  parentSessionKey: string;
  childSessionKey: string;
  contextMode: "isolated" | "fork";
  parentSessionId?: string;
  parentSessionFile?: string;
  childSessionId?: string;
  childSessionFile?: string;
  ttlMs?: number;
}

export interface SubagentEndedParams {
  childSessionKey: string;
  reason: "deleted" | "completed" | "swept" | "released";
  agentDir?: string;
  workspaceDir?: string;
}

export interface ContextEngine {
  info: EngineInfo;
  ingest(params: SessionParams & { message: Message; isHeartbeat?: boolean }): Promise<{ ingested: boolean }>;
  assemble(params: AssembleParams): Promise<AssembleResult>;
  compact(params: CompactParams): Promise<CompactResult>;
  bootstrap?(params: SessionParams): Promise<{ bootstrapped: boolean; importedMessages?: number; reason?: string }>;
  maintain?(params: SessionParams): Promise<{ changed: boolean; bytesFreed: number; rewrittenEntries: number; reason?: string }>;
  ingestBatch?(params: SessionParams & { messages: Message[]; isHeartbeat?: boolean }): Promise<{ ingestedCount: number }>;
  afterTurn?(params: AfterTurnParams): Promise<void>;
  commitTurn?(params: CommitTurnParams): Promise<{ status: "committed" | "duplicate" }>;
  prepareSubagentSpawn?(params: PrepareSubagentSpawnParams): Promise<{ rollback(): Promise<void> | void } | undefined>;
  onSubagentEnded?(params: SubagentEndedParams): Promise<void>;
  dispose?(): Promise<void> | void;
}

/** Every method a host may call on an engine instance; `factory` makes the instance. */
export const ENGINE_METHODS = [
  "ingest",
  "assemble",
  "compact",
  "bootstrap",
  "maintain",
  "ingestBatch",
  "afterTurn",
  "commitTurn",
  "prepareSubagentSpawn",
  "onSubagentEnded",
  "dispose",
] as const;
export type EngineMethod = (typeof ENGINE_METHODS)[number];

export interface FactoryContext {
  config?: Record<string, unknown>;
  agentDir?: string;
  workspaceDir?: string;
}

export type EngineFactory = (context: FactoryContext) => ContextEngine | Promise<ContextEngine>;

/** Host parameters that `acceptedHostParams` can remove. compact keeps its abortSignal. */
export const PROJECTABLE_PARAMS = [
  "sessionKey",
  "prompt",
  "runtimeSettings",
  "sessionTarget",
  "runtimeContext",
  "abortSignal",
] as const;

/** What an engine's author declares beside the factory. All optional; plain data but for `factory`, `settle` and `isRecalled`. */
export interface EngineAdapter {
  name?: string;
  factory: EngineFactory;
  /** Clause ids of level "claim" that the author claims. */
  claims?: string[];
  /** Host profiles the engine is made for; default: all that fit its declarations. */
  hosts?: string[];
  /** Memory engines that show other sessions' content on purpose. */
  recall?: "cross-session" | "cross-session-and-isolated";
  /** Names the messages of a view that are recalled memories (with recall only). */
  isRecalled?: (message: AnyMessage) => boolean;
  /** Content is kept across a reset on purpose. */
  keepsAcrossReset?: boolean;
  /** Newest messages that compact never touches. */
  protectedTailMessages?: number;
  /** Violations known and accepted: reported as excused, with the reason. */
  excuses?: { clause: string; host?: string; reason: string }[];
  /** Passed to the factory as context.config. */
  config?: Record<string, unknown>;
  /** Environment variables set in the engine's process. */
  env?: Record<string, string>;
  /** Resolves when the engine's background work is done. */
  settle?: () => Promise<void>;
}
