// A clause: one requirement, judged on histories by pure functions. Verdict words and the vocabulary of applicability stand here, too.

import type { Case } from "./case.js";
import type { EngineAdapter, EngineFactory, EngineInfo, EngineMethod } from "./engine.js";
import type { History } from "./history.js";
import type { HostPolicy } from "./policy.js";
import type { Profile, ProfileId } from "./profile.js";

export type Level = "must" | "should" | "claim";
export const LEVELS = ["must", "should", "claim"] as const satisfies readonly Level[];

/** The engine under test as clauses see it: one profile, what it declares, what its author claims. */
export interface Subject {
  profile: Profile;
  info: EngineInfo;
  /** Id under which a plugin registered the engine; undefined for engines that are no plugin's. */
  registeredAs?: string;
  /** Contract methods the instances really have. */
  methods: EngineMethod[];
  /** Clause ids claimed, including those `ownsCompaction: true` claims. */
  claims: string[];
  adapter: Pick<EngineAdapter, "recall" | "isRecalled" | "keepsAcrossReset" | "protectedTailMessages" | "excuses">;
}

/**
 * What a campaign saw so far, as counters that add up over cases and workers. Names in use:
 * `call.<method>`, `throw.<method>`, `phase.<phase>`, `summariser.call`, `compact.true`, `compact.false`, `compact.long` and `compact.long-foreign`
 * (long-compacts.ts), `view.dropped` (a view without some supplied message), `assemble.again`, `turn.<kind>`, `turn.overflow`, `step.<kind>`, `skipped.<kind>`, `commit.heartbeat-flag`,
 * `edge.<call>-><call>@<turn kind>`.
 */
export type Facts = Record<string, number>;

/** `untilFound`: nothing could be witnessed so far; what the clause finds all the same counts. */
export type Applicability = { applies: true } | { applies: false; reason: string; untilFound?: true };

export interface Finding {
  /** One sentence: what went wrong, with the names of the case in it. */
  message: string;
  expected: string;
  actual: string;
  /** Index in history.events of the event that shows it. */
  at: number;
  /** Indexes of the events that lead there, in order: the delivery, what carried it over, the view. */
  blame: number[];
  /** Lower than the clause's own level where the catalogue says so. */
  level?: "should";
}

/** A second case to be played on a fresh engine and compared with the first. */
export interface TwinRequest {
  /** Unique within (clause, case), e.g. "without s4". */
  name: string;
  theCase: Case;
}

export interface TwinPlay {
  name: string;
  history: History;
}

/** A deliberately broken engine or host that this clause must kill. */
export interface Break {
  /** Unique among all breaks: `<clause id>/<short name>`. */
  id: string;
  /** One or two sentences: the mechanism, in the field's words. */
  about: string;
  /** Published bugs (ids of the catalogue) whose mechanism this re-creates. */
  bugs?: string[];
  /** Where the catalogue names no bug: the recorded host behaviour it stumbles over. */
  recorded?: string;
  /** Name of the conforming engine (file in engines/) that is wrapped; default "reference". */
  base?: string;
  /** Profiles to look under; default: all that fit the base. */
  hosts?: ProfileId[];
  /** Claims made on top of the base's own. */
  claims?: string[];
  /** Makes the broken engine out of the conforming factory. */
  wrap?: (factory: EngineFactory) => EngineFactory;
  /** Makes the broken host out of the true policy. */
  host?: (policy: HostPolicy, profile: Profile) => HostPolicy;
  /** Steps of the smallest case known to show it. */
  minimalSteps?: number;
}

export interface Clause {
  /** The file name; public, never changes meaning. */
  id: string;
  /** A sentence that is true of a conforming engine. */
  title: string;
  level: Level;
  /** Level claim only: what the clause is to an engine that does not claim it; default: not applicable. */
  unclaimed?: "should";
  who: "engine" | "host";
  family: "keys" | "isolation" | "history" | "assemble" | "compaction" | "contract" | "concurrency";
  /** The clause that catches the opposite fault. */
  pair?: string;
  /** Where the requirement comes from, in our words. */
  source: { url: string; says: string }[];
  /** Ids of published bugs it would have caught. */
  bugs: string[];
  applies(subject: Subject, facts: Facts): Applicability;
  /** Twins to play for this history; at most a few. `seed` (the case's) may choose which. */
  twins?(theCase: Case, history: History, subject: Subject): TwinRequest[];
  /** This history shows something that only a twin can clear up: they are played whoever's turn it is. Seldom true of a conforming engine. */
  suspicious?(history: History): boolean;
  /** Pure. The first finding is the one reported; more may follow. */
  check(history: History, twins: TwinPlay[], subject: Subject): Finding[];
  /** How often the requirement was really exercised in this history. */
  witness(history: History, twins: TwinPlay[], subject: Subject): number;
  breaks: Break[];
}

export const APPLIES: Applicability = { applies: true };
export const notApplicable = (reason: string): Applicability => ({ applies: false, reason });
export const nothingToWitness = (reason: string): Applicability => ({ applies: false, reason, untilFound: true });
/** Whether a finding of the clause counts. */
export const mayFind = (said: Applicability): boolean => said.applies || said.untilFound === true;

/** Types a clause file's default export. */
export function defineClause(clause: Clause): Clause {
  return clause;
}
