// The host's session store: one entry per session alias and per run of a lane, with its transcript and, under a classic host, its file.

import type { CallPhase, Case, HostPolicy, Profile, SessionRef, TurnKind } from "../define/index.js";
import type { CaseDirs } from "./dirs.js";
import { uuidFor } from "./ids.js";
import { normaliseKey } from "./keys.js";
import { SessionFile } from "./session-file.js";
import { Transcript } from "./transcript.js";

export interface Session {
  alias: string;
  routingKey: string;
  sessionId: string;
  resets: number;
  family: string;
  isolatedLane?: string;
  contextMode?: "isolated" | "fork";
  /** Whether the store knew the session before the run that is about to start. */
  existed: boolean;
  /** Durable: the lifecycle revision; undefined before anything set one. */
  lifecycle: string | undefined;
  transcript: Transcript;
  file?: SessionFile;
  /** Usage in tokens the provider reported last. */
  lastUsage: number;
  /** What the host says of the session itself in the next turn through chat. */
  notice?: string | undefined;
  /** Positions of durable admissions run on across resets. */
  position: number;
  generation: number;
  createdBy: string;
  /** A step gave the session its first entry, for skipping imports. */
  used: boolean;
}

export interface LaneState {
  alias: string;
  storedBase: string | null;
  last: Session | null;
}

export class SessionStore {
  private readonly byAlias = new Map<string, Session>();
  private readonly lanes = new Map<string, LaneState>();
  /** Every session that ever held something, for probing: the latest identity of each. */
  readonly all: Session[] = [];

  constructor(
    private readonly theCase: Case,
    private readonly profile: Profile,
    private readonly dirs: CaseDirs,
    private readonly policy: HostPolicy,
  ) {}

  get(alias: string): Session | undefined {
    return this.byAlias.get(alias);
  }

  lane(alias: string): LaneState {
    const known = this.lanes.get(alias);
    if (known) return known;
    const lane: LaneState = { alias, storedBase: null, last: null };
    this.lanes.set(alias, lane);
    return lane;
  }

  keyOf(alias: string): string | undefined {
    const text = this.theCase.settings.keys[alias];
    return text === undefined ? undefined : normaliseKey(text);
  }

  /** Makes a session entry. `createdBy` is the step it derives its ids from. */
  create(options: {
    alias: string;
    routingKey: string;
    createdBy: string;
    atMs: number;
    sessionId?: string;
    family?: string;
    isolatedLane?: string;
    contextMode?: "isolated" | "fork";
    resets?: number;
    headerOnlyFile?: boolean;
    register: boolean;
  }): Session {
    const sessionId = options.sessionId ?? uuidFor(this.theCase.seed, options.createdBy, `session/${options.alias}`);
    const transcript = new Transcript();
    const session: Session = {
      alias: options.alias,
      routingKey: options.routingKey,
      sessionId,
      resets: options.resets ?? 0,
      family: options.family ?? options.alias,
      ...(options.isolatedLane !== undefined ? { isolatedLane: options.isolatedLane } : {}),
      ...(options.contextMode !== undefined ? { contextMode: options.contextMode } : {}),
      existed: false,
      lifecycle: undefined,
      transcript,
      lastUsage: 0,
      position: 0,
      generation: 1,
      createdBy: options.createdBy,
      used: false,
    };
    if (this.profile.lifecycle === "classic") session.file = this.fileFor(session, options.atMs, options.headerOnlyFile);
    if (options.register) this.byAlias.set(options.alias, session);
    this.all.push(session);
    return session;
  }

  /** A transcript file under the session's present id. */
  fileFor({ sessionId, transcript }: Session, atMs: number, headerOnly = false): SessionFile {
    return new SessionFile(this.dirs.sessions, sessionId, this.dirs.workspace, atMs, transcript, { headerOnly });
  }

  replace(alias: string, session: Session): void {
    this.byAlias.set(alias, session);
  }

  /** How the host sees a session in one call. */
  ref(session: Session, kind: TurnKind, phase: CallPhase): SessionRef {
    const key = this.policy.engineKey({
      routingKey: session.routingKey,
      sessionId: session.sessionId,
      kind,
      phase,
      perRun: this.profile.keyPolicy === "per-run",
    });
    return {
      alias: session.alias,
      key,
      routingKey: session.routingKey,
      sessionId: session.sessionId,
      resets: session.resets,
      family: session.family,
      ...(session.isolatedLane !== undefined ? { isolatedLane: session.isolatedLane } : {}),
      ...(session.contextMode !== undefined ? { contextMode: session.contextMode } : {}),
    };
  }
}
