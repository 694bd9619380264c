// A certificate: what a conforming run says of an engine, closed by digests so that any change shows, and perhaps signed. Format:
// ctxspec-certificate/1. The body alone is digested and signed; src/certificate/seal.ts says how.

import { z } from "zod";
import { LEVELS } from "./clause.js";
import { PROFILE_IDS } from "./profile.js";
import { CERTIFICATE_FORMAT, CLAUSE_VERDICTS } from "./words.js";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: "must be 64 hexadecimal digits" });
const host = z.enum(PROFILE_IDS);

/** What was played again for the certificate, so that whoever verifies it can compare. */
export const sampledCase = z.strictObject({
  host,
  k: z.number().int().min(0),
  /** Of the case as it was generated: another generator makes another case. */
  case: sha256,
  /** Engine calls of the history. */
  calls: z.number(),
  /** Of the calls and answers with ids, times and paths made equal; absent where the engine differs from itself. */
  history: sha256.optional(),
  /** Why there is no digest of the history. */
  unstable: z.string().optional(),
});
export type SampledCase = z.infer<typeof sampledCase>;

const certifiedEngine = z.strictObject({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  kind: z.enum(["plugin", "module", "adapter", "built-in", "in-process"]),
  /** What the user asked for: path, package or engine name. */
  source: z.string(),
  /** As given by --engine-id. */
  engineId: z.string().optional(),
  /** Which files the digests are of, in one sentence. */
  covers: z.string(),
  /** Path → sha256, relative to the engine's folder. */
  files: z.record(z.string(), sha256),
  /** sha256 over the canonical form of `files`. */
  filesDigest: sha256,
  /** Files and folders of the engine's folder that are no part of it: the certificate, the reports. */
  leftOut: z.array(z.string()),
  declares: z.record(z.string(), z.unknown()),
  claims: z.array(z.string()),
  /** What the author's adapter says beside the factory. */
  adapter: z.record(z.string(), z.unknown()),
});

const certifiedClause = z.strictObject({
  id: z.string(),
  host,
  level: z.enum(LEVELS),
  verdict: z.enum(CLAUSE_VERDICTS),
  witnessed: z.number(),
  cases: z.number(),
  violations: z.number(),
  reason: z.string().optional(),
});

/** How good the tool is at finding faults, by its self-test. */
export const detectionPower = z.discriminatedUnion("measured", [
  z.strictObject({ measured: z.literal(false), reason: z.string() }),
  z.strictObject({
    measured: z.literal(true),
    breaks: z.number(),
    killed: z.number(),
    killRate: z.number(),
    conformingEngines: z.number(),
    accused: z.number(),
    seed: z.number(),
  }),
]);
export type DetectionPower = z.infer<typeof detectionPower>;

export const certificateBody = z.strictObject({
  issuedAt: z.string(),
  tool: z.strictObject({ name: z.literal("ctxspec"), version: z.string(), generator: z.string() }),
  engine: certifiedEngine,
  /** Nothing else is certified. */
  verdict: z.literal("conforms"),
  run: z.strictObject({
    seed: z.number(),
    preset: z.string(),
    strict: z.boolean(),
    cases: z.number(),
    extraCases: z.number(),
    steps: z.number(),
    engineCalls: z.number(),
    node: z.string(),
    startedAt: z.string(),
    durationMs: z.number(),
    /** Time or an interrupt ended the run before all its cases were played. */
    truncated: z.boolean(),
    shard: z.string().optional(),
  }),
  hosts: z.array(z.strictObject({ id: host, reason: z.string(), cases: z.number(), steps: z.number(), engineCalls: z.number() })),
  clauses: z.array(certifiedClause),
  /** Upper bound on the failure rate per case; without `atMost` there is none, and `reason` says why. */
  failureRate: z.strictObject({
    confidence: z.literal(0.95),
    cases: z.number(),
    atMost: z.number().optional(),
    reason: z.string().optional(),
  }),
  detectionPower,
  /** Violations that the adapter or a baseline excuses. */
  excuses: z.array(
    z.strictObject({ clause: z.string(), host, level: z.enum(LEVELS), violations: z.number(), reason: z.string() }),
  ),
  notJudged: z.strictObject({
    /** What ctxspec never judges. */
    never: z.array(z.string()),
    /** Clauses left out by --only or --skip. */
    clauses: z.array(z.string()),
    hosts: z.array(z.strictObject({ id: host, reason: z.string() })),
    /** Situations that no case brought about, per profile. */
    unexercised: z.record(z.string(), z.array(z.string())),
  }),
  sample: z.array(sampledCase),
  /** Ed25519 public key of the signature, 32 bytes in hexadecimal digits; absent: not signed. */
  signer: z
    .string()
    .regex(/^[0-9a-f]{64}$/, { error: "must be 64 hexadecimal digits" })
    .optional(),
});
export type CertificateBody = z.infer<typeof certificateBody>;

const envelope = {
  format: z.literal(CERTIFICATE_FORMAT),
  /** Member of the body → sha256 of its canonical JSON: says which one was changed. */
  digests: z.record(z.string(), z.string()),
  /** Of the canonical JSON of {body, format}. */
  sha256: z.string(),
  signature: z
    .strictObject({
      algorithm: z.literal("ed25519"),
      /** Over the canonical JSON of {body, digests, format, sha256}; 64 bytes in hexadecimal digits. */
      value: z.string().regex(/^[0-9a-f]{128}$/, { error: "must be 128 hexadecimal digits" }),
    })
    .optional(),
};

/** The outer form, before anything is believed of the body. */
export const sealedSchema = z.strictObject({ ...envelope, body: z.record(z.string(), z.unknown()) });
export type Sealed = z.infer<typeof sealedSchema>;

export const certificateSchema = z.strictObject({ ...envelope, body: certificateBody });
export type Certificate = z.infer<typeof certificateSchema>;
