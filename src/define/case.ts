// A case: one random program for the simulated host, as plain data. zod guards it wherever it crosses a file or process.
// Texts, ids and canaries are not in here: they derive from (case seed, step id, ordinal), so removing a step changes no other.

import { z } from "zod";
import { PROFILE_IDS } from "./profile.js";
import { CASE_FORMAT, PROVIDER_ANSWERS, REPLY_KINDS, SUMMARISER_MODES } from "./words.js";

const alias = z.string().min(1).max(40);
const stepId = z.string().min(1).max(40);
const count = (max: number) => z.number().int().min(0).max(max);

/** How a text looks. `same` makes it equal (canary included) to the user text of another step. Sizes in tokens (about 4 ASCII characters). */
export const textSpec = z.strictObject({
  form: z.enum(["plain", "fact", "cjk", "emoji", "empty"]),
  tokens: count(200_000),
  same: stepId.optional(),
});
export type TextSpec = z.infer<typeof textSpec>;

/** One tool round of a turn: the model calls `name` `calls` times in one message; `ids: reused` repeats the ids of earlier turns. */
export const toolSpec = z.strictObject({
  name: z.string().min(1).max(60),
  calls: z.number().int().min(1).max(3),
  ids: z.enum(["unique", "reused"]),
  argTokens: count(4_000),
  resultTokens: count(100_000),
  isError: z.boolean(),
});
export type ToolSpec = z.infer<typeof toolSpec>;

/**
 * The fake model of a turn. scripted: answer n of the list for provider call n; past its end the remaining tool rounds, then ok.
 * by-size: overflow exactly when size of view + prompt exceeds limitTokens (default: the window).
 */
export const providerSpec = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("scripted"), answers: z.array(z.enum(PROVIDER_ANSWERS)).max(32) }),
  z.strictObject({ mode: z.literal("by-size"), limitTokens: count(10_000_000).optional() }),
]);
export type ProviderSpec = z.infer<typeof providerSpec>;

export const summariserMode = z.enum(SUMMARISER_MODES);
export type SummariserMode = z.infer<typeof summariserMode>;

const base = { id: stepId, at: z.number().int().min(0) };
const talk = {
  reply: z.enum(REPLY_KINDS),
  replyTokens: count(50_000).default(12),
  tools: z.array(toolSpec).max(8),
  provider: providerSpec,
  /** Usage in tokens that the provider reports with its final answer; default a small figure. */
  usage: count(10_000_000).optional(),
  /** Default: settings.summariser. */
  summariser: summariserMode.optional(),
  /** The host's abort signal fires at the n-th summariser call of this step's compactions. */
  abortAt: z.number().int().min(1).max(20).optional(),
};

export const turnStep = z.strictObject({
  ...base,
  kind: z.literal("turn"),
  /** A session alias; a heartbeat lane's alias addresses the turn to the lane's `:heartbeat` key; with via cron, a cron lane's alias. */
  session: alias,
  via: z.enum(["rpc", "chat", "cron"]),
  text: textSpec,
  ...talk,
});

export const tickStep = z.strictObject({
  ...base,
  kind: z.literal("tick"),
  lane: alias,
  isolated: z.boolean(),
  wakeKey: z.enum(["none", "base", "heartbeat", "heartbeat-twice"]),
  /** A system event carried in the prompt. */
  event: textSpec.optional(),
  ...talk,
});

export const compactStep = z.strictObject({
  ...base,
  kind: z.literal("compact"),
  session: alias,
  trigger: z.enum(["manual", "proactive"]),
  summariser: summariserMode.optional(),
  abortAt: z.number().int().min(1).max(20).optional(),
});

export const resetStep = z.strictObject({ ...base, kind: z.literal("reset"), session: alias });

/** soft: new engine instances over the same directories, quarantine lifted. hard: a new process. */
export const restartStep = z.strictObject({ ...base, kind: z.literal("restart"), mode: z.enum(["soft", "hard"]) });

export const killStep = z.strictObject({
  ...base,
  kind: z.literal("kill"),
  /** `step` names the step in which the call is made; `nth` counts the calls of that method in it from 1. */
  point: z.discriminatedUnion("where", [
    z.strictObject({ where: z.literal("boundary") }),
    z.strictObject({
      where: z.literal("call"),
      step: stepId,
      method: z.string(),
      nth: z.number().int().min(1).max(50),
      when: z.discriminatedUnion("moment", [
        z.strictObject({ moment: z.literal("before") }),
        z.strictObject({ moment: z.literal("after") }),
        z.strictObject({ moment: z.literal("write"), n: z.number().int().min(1).max(10_000) }),
        z.strictObject({ moment: z.literal("elapsed"), ms: z.number().int().min(0).max(60_000) }),
      ]),
    }),
  ]),
});

/** The commit of `delivery` (a turn or tick) fails `attempts` times: not-sent before the call, answer-lost after it returned. Durable hosts. */
export const lateStep = z.strictObject({
  ...base,
  kind: z.literal("late"),
  delivery: stepId,
  fault: z.enum(["not-sent", "answer-lost"]),
  attempts: z.number().int().min(1).max(3),
});

/** The last delivery call of step `delivery` is made once more, exactly as it was. */
export const repeatStep = z.strictObject({ ...base, kind: z.literal("repeat"), delivery: stepId });

/** A turn of `parent` spawns a subagent. fails: the spawn is rolled back and the child never runs. */
export const spawnStep = z.strictObject({
  ...base,
  kind: z.literal("spawn"),
  parent: alias,
  contextMode: z.enum(["isolated", "fork"]),
  fails: z.boolean(),
  text: textSpec,
  childText: textSpec,
  childReplyTokens: count(50_000),
  ended: z.enum(["completed", "deleted", "swept", "released"]),
  endedTwice: z.boolean(),
});

/**
 * A session that already has a history the engine never saw. Skipped when the session exists. A tool exchange may stand there as transcripts
 * of real hosts hold it: its result before its call (tool-early), a word of progress between the two (tool-late), or with another exchange so
 * that the results come in the other order (tool-crossed).
 */
export const importStep = z.strictObject({
  ...base,
  kind: z.literal("import"),
  session: alias,
  messages: z
    .array(
      z.strictObject({
        role: z.enum(["user", "assistant", "tool", "tool-early", "tool-late", "tool-crossed", "failed", "custom", "summary"]),
        text: textSpec,
      }),
    )
    .max(4_000),
});

/** The transcript file of a session is cut short or removed (classic hosts). */
export const damageStep = z.strictObject({
  ...base,
  kind: z.literal("damage"),
  session: alias,
  fault: z.enum(["truncated", "missing"]),
});

/** The host clock jumps by `byMs`, backwards when negative, on top of the steps' own times. */
export const clockStep = z.strictObject({
  ...base,
  kind: z.literal("clock"),
  byMs: z.number().int().min(-31_536_000_000).max(31_536_000_000),
});

const plainStep = z.discriminatedUnion("kind", [
  turnStep,
  tickStep,
  compactStep,
  resetStep,
  restartStep,
  killStep,
  lateStep,
  repeatStep,
  spawnStep,
  importStep,
  damageStep,
  clockStep,
]);

/**
 * Steps that overlap in time; `order[n]` says which step's pending engine call settles next (modulo the number pending), and how many after it
 * settle in the same breath: all for numbers below the number pending, one less for every multiple of it.
 */
export const overlapStep = z.strictObject({
  ...base,
  kind: z.literal("overlap"),
  steps: z
    .array(z.discriminatedUnion("kind", [turnStep, tickStep, compactStep]))
    .min(2)
    .max(4),
  order: z.array(count(1_000)).max(200),
});

export const step = z.discriminatedUnion("kind", [...plainStep.options, overlapStep]);
export type Step = z.infer<typeof step>;
export type StepKind = Step["kind"];
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;

export const lane = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("heartbeat"), session: alias }),
  z.strictObject({ kind: z.literal("cron"), job: z.string().min(1).max(80) }),
]);
export type Lane = z.infer<typeof lane>;

export const settings = z.strictObject({
  /** Session alias → key text, exactly as the host's user wrote it. */
  keys: z.record(alias, z.string().min(1).max(400)),
  lanes: z.record(alias, lane),
  /** Model window in tokens. */
  window: z.number().int().min(512).max(10_000_000).default(8_000),
  reserve: count(1_000_000).default(1_000),
  summariser: summariserMode.default("healthy"),
  /** With it a classic host asks a non-owning engine to compact on overflow. */
  safeguard: z.boolean().default(false),
  /** What the case was aimed at, for the reader; judges nothing. */
  aim: z.string().max(80).optional(),
});
export type Settings = z.infer<typeof settings>;

export const caseSchema = z.strictObject({
  format: z.literal(CASE_FORMAT),
  host: z.enum(PROFILE_IDS),
  seed: z.number().int(),
  settings,
  steps: z
    .array(step)
    .max(4_000)
    .superRefine((steps, context) => {
      const seen = new Set<string>();
      steps.forEach((one, at) => {
        const inner = one.kind === "overlap" ? one.steps : [];
        for (const { id } of [one, ...inner]) {
          if (seen.has(id))
            context.addIssue({ code: "custom", path: [at, "id"], message: `${id} is the id of another step, too` });
          seen.add(id);
        }
      });
    }),
});
export type Case = z.infer<typeof caseSchema>;
