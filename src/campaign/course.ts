// What a campaign was set up with, and what has come of it so far: passed from one part of the campaign to the next.

import type { Clause, CtxspecError, Cut } from "../define/index.js";
import type { Crew } from "./crew.js";
import type { LettingGo } from "./letting-go.js";
import type { CertifyOptions } from "./options.js";
import type { HostChoice, Parts } from "./parts.js";
import type { Extent, Shard } from "./preset.js";
import type { Description } from "./protocol.js";
import type { HostResult } from "./report.js";
import type { TaskBase } from "./tasks.js";

/** Everything that is settled before the first case. */
export interface Setup {
  options: CertifyOptions;
  parts: Parts;
  crew: Crew;
  base: TaskBase;
  extent: Extent;
  shard: Shard | undefined;
  seed: number;
  allClauses: Clause[];
  clauses: Clause[];
  startedAt: string;
  startedMs: number;
  letting: LettingGo | undefined;
}

/** What the run has come to so far; complete or not, a report can be made of it. */
export interface Course {
  description?: Description;
  choice: HostChoice;
  results: HostResult[];
  /** What ended it before everything was played and looked into. */
  cuts: Set<Cut>;
  /** … before everything was played. */
  playsCut: boolean;
  bailed: boolean;
  /** It was found out whether the engine needs a process for every case. */
  placed?: boolean;
  error?: CtxspecError;
}
