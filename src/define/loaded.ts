// What loading an engine yields, and the bridge through which a loaded plugin reaches back into the host that plays it.

import type {
  CompactParams,
  CompactResult,
  CompletionRequest,
  CompletionResult,
  EngineAdapter,
  EngineFactory,
  EngineInfo,
  EngineMethod,
} from "./engine.js";
import type { Message } from "./message.js";

export interface LoadedEngine {
  /** Id under which it registered, or info.id. */
  id: string;
  name: string;
  version: string;
  /** What the user asked for. */
  source: string;
  kind: "plugin" | "module" | "adapter" | "built-in" | "in-process";
  /** Folder or file it was loaded from; undefined for in-process factories. */
  root?: string;
  /** sha256 (hex) over the engine's own files, sorted by path; "" for in-process factories. */
  digest: string;
  adapter: EngineAdapter;
  /** Facts for the report and for doctor, one sentence each. */
  notes: string[];
  /** Members of the plugin API the engine touched, sorted; unknown ones end in " (unknown)". */
  touched: string[];
  /** SDK import name → "engine's own package" | "stand-in" | "no-op". */
  sdk: Record<string, string>;
  /** From package metadata: openclaw.install.minHostVersion and peerDependencies.openclaw. */
  hostVersions: { minHostVersion?: string; peer?: string };
  /** Plugin lifecycle hooks for a restart within the process; absent when the plugin registered none. */
  gateway?: { stop(): Promise<void>; start(): Promise<void> };
}

/** What one trial instance declared. */
export interface Declared {
  info: EngineInfo;
  methods: EngineMethod[];
}

/** What the host lends to code that reaches back into it, for the case being played. */
export interface HostBridge {
  /** api.runtime.llm.complete of the plugin API. */
  complete(request: CompletionRequest): Promise<CompletionResult>;
  /** delegateCompactionToRuntime of the SDK: compacts the host's own transcript of the session the call names. */
  delegateCompaction(params: CompactParams): Promise<CompactResult>;
  /** Visible transcript entries of a session, never past the fence before the current turn's user entry. */
  readTranscript(target: { sessionKey?: string; sessionId?: string }): Promise<{ id: string; message: Message }[]>;
  /** State directory of the case being played: plugins resolve store paths under it. */
  stateDir(): string;
}

/** Where the host puts its bridge: stand-ins may live in another module graph, so it hangs on globalThis. */
export const HOST_BRIDGE = Symbol.for("ctxspec.host-bridge");
export type BridgeHolder = { [HOST_BRIDGE]?: HostBridge };

/** An engine in a process of its own, for cases that kill it or restart it for real. */
export interface EngineProcess {
  factory: EngineFactory;
  settle(limitMs: number): Promise<Record<string, number> | undefined>;
  /** What is active in the process that was not before its first instance, by type, and the longest stretch one call held its event loop. */
  residue(): Promise<{ active: Record<string, number>; blockedMs: number }>;
  /** The virtual clock of the process. */
  setClock(atMs: number): void;
  /** The next call ends the process at its n-th file write. */
  armWriteKill(n: number): void;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Lets the process end by itself. */
  close(): Promise<void>;
  /** File writes of the call in flight or of the last one, as far as known. */
  writes(): number;
}

/** `cwd`: the working directory of the process; default: that of its parent. */
export type SpawnEngine = (dirs: { root: string; home: string; state: string; cwd?: string }) => Promise<EngineProcess>;

/** How a call into a process that is gone rejects. */
export class ProcessGone extends Error {
  override readonly name = "ProcessGone";
}
