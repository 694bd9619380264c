// The options of the library's certify, before anything is done with them: callers without types get told of a name that is none, and of lists,
// numbers and functions that are something else. Ranges are checked where the values are used, with the words of the command line.

import { z } from "zod";
import { CtxspecError } from "../define/index.js";
import { nearest } from "../load/nearest.js";
import type { CertifyOptions } from "./options.js";
import { PRESETS } from "./preset.js";

const names = z.array(z.string());
const number = z.number();
const fn = z.custom((value) => typeof value === "function", { error: "expected a function" });

const OPTIONS = {
  engine: z.union([z.string().min(1), fn, z.looseObject({ factory: z.unknown() })], {
    error: "expected a path, a package, the name of a built-in engine, a factory or an adapter",
  }),
  engineId: z.string(),
  cwd: z.string(),
  hosts: names,
  cases: number.int().min(0),
  timeMs: number.min(0),
  preset: z.enum(PRESETS),
  seed: number,
  only: names,
  skip: names,
  strict: z.boolean(),
  workers: number,
  shard: z.string(),
  callTimeoutMs: number,
  shrinkRuns: number.min(0),
  shrinkTimeMs: number.min(0),
  bail: z.boolean(),
  nodePath: z.string(),
  memoryMb: number,
  extraCases: z.array(z.unknown()),
  baseline: z.unknown(),
  out: z.string(),
  onProgress: fn,
  onHostDone: fn,
  signal: z.instanceof(AbortSignal),
} satisfies Record<keyof Required<CertifyOptions>, z.ZodType>;

const NAMES = Object.keys(OPTIONS);
/** What the command line and the config file call them. */
const ELSEWHERE: Record<string, string> = {
  host: "hosts",
  callTimeout: "callTimeoutMs",
  shrinkTime: "shrinkTimeMs",
  time: "timeMs",
  memory: "memoryMb",
  node: "nodePath",
};

function refuse(what: string, hint: string): never {
  throw new CtxspecError("usage-option", `certify cannot be called so: ${what}`, `${hint}options: ${NAMES.join(", ")}`);
}

/** Throws usage-option. An option that is undefined counts as left out, but for `engine`. */
export function checkOptions(options: unknown): asserts options is CertifyOptions {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    refuse(
      `expected an object of options, got ${Array.isArray(options) ? "a list" : String(options)}`,
      'e.g. { engine: "./my-engine.js" }; ',
    );
  const given = options as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    if (NAMES.includes(name)) continue;
    const meant = ELSEWHERE[name] ?? nearest(name, NAMES);
    refuse(`there is no option "${name}"`, meant === undefined ? "" : `did you mean "${meant}"? `);
  }
  for (const [name, schema] of Object.entries(OPTIONS)) {
    const value = given[name];
    if (value === undefined && name !== "engine") continue;
    const [issue] = schema.safeParse(value).error?.issues ?? [];
    if (issue === undefined) continue;
    const came =
      typeof value === "function" ? "a function" : value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
    refuse(`${name}: ${issue.message}; it is ${came.slice(0, 100)}`, "");
  }
}
