// What passes between the supervisor and a worker process, as plain data guarded by zod on both sides. Tasks go down one case at a time,
// outcomes come back one case at a time; an in-process crew speaks the same words. No behaviour here.

import { z } from "zod";
import { ENGINE_METHODS, PROFILE_IDS } from "../define/index.js";
import { authorSays, caseSchema } from "../define/schemas.js";

/** Where the engine comes from. A worker loads each source once and keeps it. */
export const engineSource = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("engine"),
    spec: z.string(),
    cwd: z.string(),
    engineId: z.string().optional(),
    /** Every case in a process of its own: the engine keeps state in its process (residence.ts). */
    alone: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal("built-in"), name: z.string() }),
  /** A deliberately broken engine or host, by the id of the break. */
  z.strictObject({ kind: z.literal("break"), id: z.string() }),
]);
export type EngineSource = z.infer<typeof engineSource>;

const looseEvents = z.array(z.looseObject({ i: z.number(), step: z.string(), kind: z.string() }));

/** Which case: number k of the campaign, one that is written out, or a history that was rebuilt and is only to be judged. */
export const target = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("generated"), host: z.enum(PROFILE_IDS), seed: z.number().int(), k: z.number().int().min(0) }),
  z.strictObject({ kind: z.literal("given"), theCase: caseSchema }),
  z.strictObject({ kind: z.literal("history"), theCase: caseSchema, events: looseEvents }),
]);
export type Target = z.infer<typeof target>;

/** rotate: one twin clause per case, chosen by k. all: of every judged clause. none: for histories that are only judged. */
export const TWIN_PLANS = ["rotate", "all", "none"] as const;
export type TwinPlan = (typeof TWIN_PLANS)[number];

export const task = z.strictObject({
  source: engineSource,
  target,
  /** Ids of the clauses to judge by; host clauses included. */
  clauses: z.array(z.string()),
  twins: z.enum(TWIN_PLANS),
  /** Clauses whose twins are played whatever the plan. */
  twinsOf: z.array(z.string()),
  callTimeoutMs: z.number(),
  compactTimeoutMs: z.number(),
  /** brief: counts and findings. history: the history as well. */
  answer: z.enum(["brief", "history"]),
  /** Every event is written to a file before the next call, so that the history survives the process. */
  trace: z.boolean(),
  /** Nothing is judged: the case is played twice in one process, and `unstable` says where the second play differed. */
  again: z.boolean(),
});
export type Task = z.infer<typeof task>;

const finding = z.strictObject({
  message: z.string(),
  expected: z.string(),
  actual: z.string(),
  at: z.number(),
  blame: z.array(z.number()),
  level: z.literal("should").optional(),
});

/** What one clause said about one case. Clauses with no witness and no finding are left out. */
export const judged = z.strictObject({
  clause: z.string(),
  witness: z.number(),
  findings: z.array(finding),
  /** The engine differed from itself when the case was played again: nothing can be concluded from twins. */
  unstable: z.string().optional(),
});
export type Judged = z.infer<typeof judged>;

export const played = z.strictObject({
  kind: z.literal("played"),
  steps: z.number(),
  engineCalls: z.number(),
  facts: z.record(z.string(), z.number()),
  judged: z.array(judged),
  /** What the engine wrote to stdout and stderr. With a finding only. */
  output: z.string().optional(),
  /** Refused network targets. */
  network: z.array(z.string()).optional(),
  /** Ids of the steps the host skipped. */
  skipped: z.array(z.string()),
  /** The case was played twice as a watch on determinism and differed: where. */
  unstable: z.string().optional(),
  /** The case as it can be played again, where it differs: kills by time put where they struck. With a finding only. */
  fixed: caseSchema.optional(),
  history: z.looseObject({ case: z.unknown(), events: looseEvents }).optional(),
});
export type Played = z.infer<typeof played>;

/** How a worker process was lost. memory: it ran into its limit. timeout: the supervisor ended it. */
export const LOSSES = ["exit", "signal", "memory", "timeout"] as const;

export interface Lost {
  kind: "lost";
  how: (typeof LOSSES)[number];
  /** Exit code, signal name or limit, for the reader. */
  detail: string;
  /** The call in flight, or the last one before; undefined when no call was made. */
  call?: { number: number; method: string; step: string; inFlight: boolean };
  /** The case that was being played (a twin's own case where a twin was); with a trace only. */
  theCase?: unknown;
  /** With a trace: every event up to the loss. */
  events?: z.infer<typeof looseEvents>;
  /** The last lines the process wrote to stdout and stderr. */
  output: string;
}
export type Outcome = Played | Lost;

/** The engine as a worker saw it, for the process that never loads it. */
export const description = z.strictObject({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  source: z.string(),
  kind: z.enum(["plugin", "module", "adapter", "built-in", "in-process"]),
  root: z.string().optional(),
  digest: z.string(),
  /** process.version of the Node that runs the engine. */
  node: z.string(),
  notes: z.array(z.string()),
  touched: z.array(z.string()),
  sdk: z.record(z.string(), z.string()),
  hostVersions: z.strictObject({ minHostVersion: z.string().optional(), peer: z.string().optional() }),
  info: z.looseObject({ id: z.string(), name: z.string() }),
  methods: z.array(z.enum(ENGINE_METHODS)),
  adapter: authorSays,
});
export type Description = z.infer<typeof description>;

export const toWorker = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("task"), id: z.number(), task }),
  z.strictObject({ type: z.literal("describe"), id: z.number(), source: engineSource }),
]);
export type ToWorker = z.infer<typeof toWorker>;

export const problem = z.strictObject({ code: z.string(), message: z.string(), hint: z.string(), cause: z.string().optional() });
export type Problem = z.infer<typeof problem>;

export const fromWorker = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready") }),
  /** spent: so much of the engine still runs in the process that the next case is better played in a fresh one. */
  z.strictObject({ type: z.literal("outcome"), id: z.number(), outcome: played, spent: z.boolean() }),
  z.strictObject({ type: z.literal("described"), id: z.number(), description }),
  /** The engine could not be loaded, or ctxspec itself failed (code "internal"). */
  z.strictObject({ type: z.literal("problem"), id: z.number(), problem }),
]);
export type FromWorker = z.infer<typeof fromWorker>;
