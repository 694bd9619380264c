// The check of the fields an engine's author declares beside the factory.

import { z } from "zod";
import type { EngineAdapter } from "../define/engine.js";
import { CtxspecError } from "../define/errors.js";
import { PROFILE_IDS } from "../define/profile.js";
import { didYouMean, nearest } from "./nearest.js";

const fn = (what: string) => z.custom((value) => typeof value === "function", { error: `expected ${what}` });
const host = z.enum(PROFILE_IDS, {
  error: (issue) => {
    const close = nearest(String(issue.input), PROFILE_IDS);
    return `no host profile ${JSON.stringify(issue.input)}${close ? `, did you mean "${close}"?` : `; there are ${PROFILE_IDS.join(", ")}`}`;
  },
});

const adapterSchema = z.strictObject({
  name: z.string().min(1).optional(),
  factory: fn("a function (ctx) => engine"),
  claims: z.array(z.string()).optional(),
  hosts: z.array(host).min(1).optional(),
  recall: z.enum(["cross-session", "cross-session-and-isolated"]).optional(),
  isRecalled: fn("a function (message) => boolean").optional(),
  keepsAcrossReset: z.boolean().optional(),
  protectedTailMessages: z.number().int().min(0).optional(),
  excuses: z.array(z.strictObject({ clause: z.string(), host: host.optional(), reason: z.string().min(1) })).optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  settle: fn("a function () => Promise<void>").optional(),
});

/** Returns the adapter as it is, or throws engine-adapter naming every field that is wrong. `where` is a file or a name. */
export function checkAdapter(adapter: EngineAdapter, where: string): EngineAdapter {
  const checked = adapterSchema.safeParse(adapter);
  if (checked.success) return adapter;
  const unknown = checked.error.issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  const said = checked.error.issues.map((issue) => `${issue.path.join(".") || "adapter"}: ${issue.message}`);
  const guesses = unknown.map((name) => didYouMean(name, Object.keys(adapterSchema.shape))).join("");
  throw new CtxspecError(
    "engine-adapter",
    `the adapter in ${where} is not what defineEngine takes: ${said.join("; ")}`,
    `${guesses}fields: ${Object.keys(adapterSchema.shape).join(", ")}; only factory is required`,
  );
}
