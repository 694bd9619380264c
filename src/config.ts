// Every option of ctxspec, once: how its value is read, what --help and the README say of it, and which error a wrong value is. The command
// line and ctxspec.config.* are checked by this one schema. It does not look for config files; config-file.ts does.

import { z } from "zod";
import { PRESETS } from "./campaign/preset.js";
import { duration, flag, milliseconds, names, oneOf, reportWishes, shard, text, whole } from "./config-values.js";
import { CtxspecError, type ErrorCode } from "./define/errors.js";
import { PROFILE_IDS } from "./define/profile.js";
import { clauseIds, reportNames } from "./discover.js";
import { didYouMean } from "./load/nearest.js";

export interface OptionHelp {
  /** What stands after the option's name; absent: it takes no value. */
  value?: string;
  about: string;
  /** What holds when it is not given, where that is not simply "off". */
  otherwise?: string;
  /** The error a wrong value is; default usage-option. */
  code?: ErrorCode;
}

/** What --help and the README say of each option. */
export const optionHelp = z.registry<OptionHelp>();

const seeClauses = "ctxspec list clauses shows all of them";
const clauses = () => names("clause", clauseIds, seeClauses).optional();
const hosts = () => names("host profile", () => PROFILE_IDS, `profiles: ${PROFILE_IDS.join(", ")}`).optional();
const seconds = () => duration().optional();

/** Keys are the options' names in camel case; `engine` is the command's argument. */
export const configSchema = z.strictObject({
  engine: text("a path, a package or the name of an engine").optional(),
  engineId: text("the id of an engine").optional().register(optionHelp, {
    value: "<id>",
    about: "which engine of a plugin that registers several",
  }),
  host: hosts().register(optionHelp, {
    value: "<profile,...>",
    about: "host profiles to play",
    otherwise: "all that apply",
    code: "usage-host",
  }),
  /** The same by the library's name for it. */
  hosts: hosts(),
  preset: oneOf(PRESETS).optional().register(optionHelp, {
    value: "<name>",
    about: "smoke (about 10 s), ci (about 60 s) or certify (10,000 cases per profile)",
    otherwise: "ci",
  }),
  cases: whole(0).optional().register(optionHelp, { value: "<n>", about: "cases per profile, in place of a preset" }),
  time: seconds().register(optionHelp, {
    value: "<duration>",
    about: "time for playing cases, e.g. 30s, 2m, 1h, in place of a preset",
  }),
  seed: whole(Number.MIN_SAFE_INTEGER).optional().register(optionHelp, {
    value: "<n>",
    about: "number from which all cases follow",
    otherwise: "1",
  }),
  only: clauses().register(optionHelp, {
    value: "<clause,...>",
    about: "judge by these clauses only",
    otherwise: "all",
    code: "usage-clause",
  }),
  skip: clauses().register(optionHelp, { value: "<clause,...>", about: "leave these clauses out", code: "usage-clause" }),
  strict: flag().optional().register(optionHelp, { about: "a violated should counts like a must" }),
  bail: flag().optional().register(optionHelp, { about: "stop at the first violation that counts" }),
  workers: whole(0, 256).optional().register(optionHelp, {
    value: "<n>",
    about: "worker processes; 0 plays in this process, without protection from the engine",
    otherwise: "what the machine has",
  }),
  shard: shard().optional().register(optionHelp, {
    value: "<i>/<n>",
    about: "play one of n equal shares of the cases; ctxspec merge puts the reports together",
  }),
  callTimeout: milliseconds().optional().register(optionHelp, {
    value: "<ms>",
    about: "longest time for one engine call; compact gets three times that",
    otherwise: "10000",
  }),
  shrinkTime: seconds().register(optionHelp, {
    value: "<duration>",
    about: "longest time for shrinking one violation: an emergency brake",
    otherwise: "2m",
  }),
  shrinkRuns: whole(0)
    .optional()
    .register(optionHelp, { value: "<n>", about: "most plays for shrinking one violation", otherwise: "2000" }),
  memory: whole(64).optional().register(optionHelp, { value: "<MB>", about: "heap limit of a worker process", otherwise: "512" }),
  node: text("the path of a Node executable").optional().register(optionHelp, {
    value: "<path>",
    about: "the Node that runs the engine",
    otherwise: "this one",
  }),
  out: text("the path of a folder").optional().register(optionHelp, {
    value: "<dir>",
    about: "folder for report.json and the failing cases",
    otherwise: "ctxspec-report",
  }),
  report: reportWishes(reportNames).optional().register(optionHelp, {
    value: "<name[=path],...>",
    about: "report formats, each to its place or to a path (- is stdout)",
    otherwise: "text",
    code: "usage-report",
  }),
  baseline: text("the path of a file").optional().register(optionHelp, {
    value: "<file>",
    about: "violations that are known, each with a reason and a date: excused until then; a new, a stale and an expired one fail",
  }),
  updateBaseline: flag().optional().register(optionHelp, {
    about: "write --baseline anew after the run: stale entries go, new violations come in for 90 days",
  }),
  certificate: text("the path of a file").optional().register(optionHelp, {
    value: "<file>",
    about: "write a certificate of a run that conforms; ctxspec verify compares an engine with it",
  }),
  sign: text("the path of a file").optional().register(optionHelp, {
    value: "<pem file>",
    about: "sign the certificate with this Ed25519 private key",
  }),
  quiet: flag().optional().register(optionHelp, { about: "no progress and no line per profile; the report only" }),
  verbose: flag().optional().register(optionHelp, { about: "show the stack of an error" }),
});

/** What a config file may hold: options as they are written, e.g. `time: "2m"`, `host: ["openclaw-2026.9"]`. */
export type Config = z.input<typeof configSchema>;
/** The same, read: durations in milliseconds, names in lists. */
export type Settings = Omit<z.output<typeof configSchema>, "hosts">;
export type OptionName = Exclude<keyof Settings, "engine">;

/** An option as it is typed: --call-timeout. */
export function optionFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Every option with what is said of it, in the order of the schema. */
export function allOptions(): { name: OptionName; help: OptionHelp }[] {
  return (Object.keys(configSchema.shape) as (keyof z.output<typeof configSchema>)[]).flatMap((name) => {
    const help = optionHelp.get(configSchema.shape[name]);
    return help === undefined || name === "engine" || name === "hosts" ? [] : [{ name, help }];
  });
}

/** Where options were written, for the error. */
export type OptionSource = { from: "command line" } | { from: "file"; file: string };

/** Throws usage-option, usage-host, usage-clause or usage-report for the command line, config-invalid for a file. */
export function readSettings(values: Record<string, unknown>, source: OptionSource): Settings {
  const checked = configSchema.safeParse(values);
  if (checked.success) {
    const { hosts: synonym, ...settings } = checked.data;
    return synonym === undefined ? settings : { host: synonym, ...settings };
  }
  const [issue] = checked.error.issues;
  if (issue === undefined) throw new Error("zod refused the options without an issue");
  if (issue.code === "unrecognized_keys") throw unknownOption(issue.keys[0] ?? "", source);
  const name = String(issue.path[0] ?? "");
  const help = optionHelp.get(configSchema.shape[name as OptionName] as z.ZodType);
  const label = source.from === "file" ? `"${name}" in ${source.file}` : name === "engine" ? "the engine" : optionFlag(name);
  const came = / (names|gives) /.test(` ${issue.message}`) ? "" : `, but is ${shown(values[name])}`;
  const hint = hintOf(issue) ?? howTo(name, help);
  throw new CtxspecError(
    source.from === "file" ? "config-invalid" : (help?.code ?? "usage-option"),
    `${label} ${issue.message}${came}`,
    hint,
  );
}

function hintOf(issue: z.core.$ZodIssue): string | undefined {
  const hint = issue.code === "custom" ? issue.params?.hint : undefined;
  return typeof hint === "string" && hint !== "" ? hint.trim() : undefined;
}

function howTo(name: string, help: OptionHelp | undefined): string {
  if (help === undefined) return "ctxspec certify --help shows all options";
  const otherwise = help.otherwise === undefined ? "" : ` (default: ${help.otherwise})`;
  return `${optionFlag(name)}${help.value === undefined ? "" : ` ${help.value}`}: ${help.about}${otherwise}`;
}

function unknownOption(key: string, source: OptionSource): CtxspecError {
  const known = Object.keys(configSchema.shape);
  if (source.from === "command line") throw new Error(`the command line passed an option without a schema: ${key}`);
  const hint = `${didYouMean(key, known)}options: ${known.join(", ")}`;
  return new CtxspecError("config-invalid", `${source.file} has an option "${key}", which does not exist`, hint);
}

function shown(value: unknown): string {
  return value === undefined ? "missing" : (JSON.stringify(value) ?? String(value));
}
