// What the campaign needs of the other folders, as one object, so that its own loops can be tested with small stand-ins.
// Types only; the real parts are put together in real-parts.ts.

import type {
  Case,
  Clause,
  Declared,
  Facts,
  History,
  HostPolicy,
  LoadedEngine,
  Profile,
  ProfileId,
  SpawnEngine,
} from "../define/index.js";
import type { ShrinkOptions, Shrunk, Violates } from "../generate/index.js";
import type { Surroundings } from "../host/index.js";
import type { HostChoice, Trial } from "../load/index.js";
import type { EngineSource } from "./protocol.js";

export interface PlayLimits {
  /** Real milliseconds a call may take; compact and maintain have a limit of their own. */
  callTimeoutMs: number;
  compactTimeoutMs: number;
}

/** What the host tells while it plays: calls for the supervisor, events for the write-ahead trace. */
export interface PlayWatch {
  before(call: { call: number; method: string; step: string }): void;
  after(): void;
}

export type PlayCase = (
  theCase: Case,
  engine: LoadedEngine,
  options: PlayLimits & {
    probe: boolean;
    policy?: HostPolicy;
    watch?: PlayWatch;
    onEvent?: (event: History["events"][number]) => void;
    spawnEngine?: SpawnEngine;
    surroundings?: Surroundings;
    alone?: boolean;
  },
) => Promise<History>;

export interface Loaded {
  engine: LoadedEngine;
  /** What a trial instance declared. */
  declared: Declared;
  /** Under a broken host: its decisions. */
  policyFor?: (profile: Profile) => HostPolicy;
}

export interface Parts {
  clauses(): Promise<Clause[]>;
  /** One clause without the others: a fresh worker that looks into one clause is ready sooner. */
  clause(id: string): Promise<Clause | undefined>;
  caseFor(seed: number, k: number, host: ProfileId): Case;
  generatorVersion: string;
  play: PlayCase;
  factsOf(history: History): Facts;
  difference(first: History, second: History): string | undefined;
  load(source: EngineSource, trial?: Trial): Promise<Loaded>;
  shrink(failing: Case, violates: Violates, options: ShrinkOptions): Promise<Shrunk>;
  /** Profiles that fit, and why the others do not. */
  hostsFor(question: HostQuestion): HostChoice;
  /** Starts the engine in a process of its own, for cases that kill it; absent: such kills are skipped. */
  spawnEngine?(source: EngineSource): SpawnEngine;
  /** Once, before anything is loaded into a worker: a home of its own below `folder`, no network. */
  prepareProcess?(folder: string, onRefused: (target: string) => void): void;
}

export interface HostQuestion {
  declared: Declared;
  /** Profiles the engine's author names. */
  adapterHosts: string[] | undefined;
  hostVersions: LoadedEngine["hostVersions"];
  /** Profiles the user asked for; undefined: all that apply. */
  requested: string[] | undefined;
}

export type { HostChoice };
