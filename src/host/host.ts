// The state of one simulated gateway while it plays a case, and the parameters it gives to an engine. No lifecycle is in here:
// durable-turn.ts, classic-turn.ts and the other step files play on this.

import type {
  CallPhase,
  Case,
  EngineAdapter,
  EngineFactory,
  HostPolicy,
  HostWorld,
  Profile,
  RewriteRequest,
  RuntimeContext,
  SessionRef,
  SessionTarget,
  TurnKind,
  TurnRef,
} from "../define/index.js";
import type { VirtualClock } from "./clock.js";
import type { CommitQueue } from "./commit-queue.js";
import type { CaseDirs } from "./dirs.js";
import { entryIdFor } from "./ids.js";
import type { EnginePort, Instance } from "./port.js";
import type { Recorder } from "./recorder.js";
import type { Registrations } from "./registrations.js";
import type { Session, SessionStore } from "./sessions.js";
import type { Summariser } from "./summariser.js";
import type { Entry } from "./transcript.js";
import type { TurnPlan } from "./turn-plan.js";

export interface HostParts {
  theCase: Case;
  profile: Profile;
  policy: HostPolicy;
  adapter: EngineAdapter;
  clock: VirtualClock;
  dirs: CaseDirs;
  recorder: Recorder;
  port: EnginePort;
  store: SessionStore;
  summariser: Summariser;
  queue: CommitQueue;
  world: HostWorld | undefined;
}

export class Host {
  readonly theCase: Case;
  readonly profile: Profile;
  readonly policy: HostPolicy;
  readonly adapter: EngineAdapter;
  readonly clock: VirtualClock;
  readonly dirs: CaseDirs;
  readonly recorder: Recorder;
  readonly port: EnginePort;
  readonly store: SessionStore;
  /** The compaction's in flight, else the host's own. */
  summariser: Summariser;
  readonly queue: CommitQueue;
  readonly world: HostWorld | undefined;
  /** Ids of the turns being played; more than one while steps overlap. */
  readonly activeTurns = new Set<string>();
  /** The turn being played, for the recovery after a kill. */
  inFlight: { plan: TurnPlan; accepted: boolean } | undefined;
  /** Classic: the engine threw and is left alone until a restart. Durable: only for manual compaction and subagent hooks. */
  quarantined = false;
  registrations: Registrations = { tick: false, turn: false };
  factory: EngineFactory;
  /** The current turn's user entry per session: readers and histories stop before it. */
  readonly fence = new Map<Session, Entry>();
  /** Calls that a repeat step makes again, by the step whose delivery they were. */
  readonly lastDelivery = new Map<
    string,
    {
      method: "commitTurn" | "afterTurn" | "ingestBatch" | "ingest";
      params: object;
      session: SessionRef;
      turn: TurnRef;
      from: number;
    }
  >();
  private entryCount = 0;
  private overflowErrors = 0;

  constructor(parts: HostParts) {
    this.theCase = parts.theCase;
    this.profile = parts.profile;
    this.policy = parts.policy;
    this.adapter = parts.adapter;
    this.clock = parts.clock;
    this.dirs = parts.dirs;
    this.recorder = parts.recorder;
    this.port = parts.port;
    this.store = parts.store;
    this.summariser = parts.summariser;
    this.queue = parts.queue;
    this.world = parts.world;
    this.factory = parts.adapter.factory;
    this.port.passTime = () => this.passTime();
    if (parts.world && !parts.world.freshProcess) this.registrations = { tick: true, turn: true };
  }

  /** Whatever is asked takes a millisecond at least: no two answers of an engine or a model fall into the same one. */
  passTime(): void {
    this.clock.pass();
    this.port.kills?.process.setClock(this.clock.now());
  }

  get durable(): boolean {
    return this.profile.lifecycle === "durable";
  }
  get window(): number {
    return this.theCase.settings.window;
  }
  get owns(): boolean {
    return this.port.info?.ownsCompaction === true;
  }

  get maintainsInBackground(): boolean {
    return this.port.info?.turnMaintenanceMode === "background";
  }

  /** Whether the engine is fully declared for the durable lifecycle. */
  fullyDeclared(instance: Instance): boolean {
    const semantics = this.port.info?.transcriptSemantics;
    return (
      semantics?.currentTurnFence === "before-current-turn-entry-v1" &&
      semantics?.turnAdvancementIdempotency === "atomic-idempotent-v1" &&
      this.port.has(instance, "commitTurn")
    );
  }

  makeInstance(): Promise<Instance | undefined> {
    return this.port.make(this.factory, {
      config: this.adapter.config ?? {},
      agentDir: this.dirs.agent,
      workspaceDir: this.dirs.workspace,
    });
  }

  async dispose(instance: Instance): Promise<void> {
    if (instance.disposed) return;
    instance.disposed = true;
    if (!this.port.has(instance, "dispose")) return;
    const outcome = await this.port.call(instance, "dispose", {}, { phase: "dispose" });
    if (outcome.status === "threw" && !this.durable) this.quarantine("dispose threw");
  }

  ref(session: Session, kind: TurnKind, phase: CallPhase): SessionRef {
    return this.store.ref(session, kind, phase);
  }

  entryId(step: string, what: string): string {
    return entryIdFor(this.theCase.seed, step, what);
  }

  /** What the provider's next overflow error names: more than the window, or what it did in a recording. */
  namedTokens(): number | undefined {
    const named = this.world?.overflowTokens[this.overflowErrors++];
    return named === undefined ? Math.round(this.window * 1.09375) : (named ?? undefined);
  }

  /** A new id for an entry that has no step of its own (copies of a rewrite, repairs). */
  freshEntryId(session: Session): string {
    return entryIdFor(this.theCase.seed, session.sessionId, `copy/${++this.entryCount}`);
  }

  // ---- parameters ----

  identity(ref: SessionRef): { sessionId: string; sessionKey: string } {
    return { sessionId: ref.sessionId, sessionKey: ref.key };
  }

  /** Durable: with `lifecycle` the target says which revision the host expects (bootstrap and its maintain). */
  target(session: Session, ref: SessionRef, lifecycle: boolean): SessionTarget {
    return {
      agentId: "main",
      sessionId: ref.sessionId,
      sessionKey: ref.key,
      storePath: `${this.dirs.state}/agents/main/sessions.json`,
      expectedWriterRunId: undefined,
      ...(lifecycle ? { expectedLifecycleRevision: session.lifecycle } : {}),
    };
  }

  settings(mode: "normal" | "degraded", reason?: string): Record<string, unknown> {
    return {
      schemaVersion: 1,
      mode: { kind: mode, ...(reason !== undefined ? { reason } : {}) },
      model: { id: "mock-1", provider: "mock" },
    };
  }

  context(session: Session, extra: Partial<RuntimeContext> = {}, options: { rewrite?: boolean } = {}): RuntimeContext {
    return {
      llm: { complete: this.summariser.complete },
      ...(options.rewrite ? { rewriteTranscriptEntries: async (request: RewriteRequest) => this.rewrite(session, request) } : {}),
      ...extra,
    };
  }

  private rewrite(session: Session, request: RewriteRequest): { changed: boolean; rewrittenEntries: number; bytesFreed: number } {
    const result = session.transcript.rewrite(request, () => this.freshEntryId(session));
    if (result.changed) {
      session.file?.sync();
      this.recorder.add({
        kind: "host",
        what: "rewrite",
        session: this.ref(session, "ordinary", "deliver-maintain"),
        detail: { ...result },
      });
    }
    return result;
  }

  fileEntries(session: Session): { fileEntries?: "absent" | "empty" | number } {
    return session.file && this.recorder.on ? { fileEntries: session.file.entriesNow() } : {};
  }

  bootstrapParams(session: Session, ref: SessionRef): object {
    if (this.durable)
      return {
        ...this.identity(ref),
        sessionTarget: this.target(session, ref, true),
        sessionFile: ref.key,
        runtimeSettings: this.settings("normal"),
        runtimeContext: this.context(session),
      };
    return { ...this.identity(ref), sessionFile: this.filePath(session), ...this.classicSettings() };
  }

  /** `lifecycle`: the maintain that follows a bootstrap. `signal`: after a compaction and in the background (durable). */
  maintainParams(
    session: Session,
    ref: SessionRef,
    options: { lifecycle: boolean; signal?: AbortSignal; trigger?: RuntimeContext["trigger"] },
  ): object {
    const runtimeContext = this.context(session, options.trigger ? { trigger: options.trigger } : {}, { rewrite: true });
    if (this.durable)
      return {
        ...this.identity(ref),
        sessionTarget: this.target(session, ref, options.lifecycle),
        sessionFile: ref.key,
        runtimeSettings: this.settings("normal"),
        runtimeContext,
        ...(options.signal ? { abortSignal: options.signal } : {}),
      };
    return { ...this.identity(ref), sessionFile: this.filePath(session), runtimeContext, ...this.classicSettings() };
  }

  /** A successor id without a file of its own goes on with the old file. */
  filePath(session: Session): string {
    return session.file?.path ?? session.routingKey;
  }

  classicSettings(): { runtimeSettings?: Record<string, unknown> } {
    return this.profile.runtimeSettings ? { runtimeSettings: this.settings("normal") } : {};
  }

  /** A throw under a classic host takes the engine out of service for the whole process. */
  quarantine(why: string, session?: SessionRef): void {
    if (this.quarantined) return;
    this.quarantined = true;
    this.recorder.add({ kind: "host", what: "quarantine", ...(session ? { session } : {}), detail: { why } });
  }

  liftQuarantine(why: string): void {
    if (!this.quarantined) return;
    this.quarantined = false;
    this.recorder.add({ kind: "host", what: "quarantine-lifted", detail: { why } });
  }
}
