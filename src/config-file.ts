// Finds and reads ctxspec.config.{ts,mts,js,mjs,json}. What it holds is checked by config.ts; what the command line says wins over it.

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readSettings, type Settings } from "./config.js";
import { CtxspecError } from "./define/errors.js";

const ENDINGS = [".ts", ".mts", ".js", ".mjs", ".json"];

/** The file `--config` names, else the first ctxspec.config.* in `cwd`; undefined when there is none. Throws config-invalid. */
export function findConfig(given: string | undefined, cwd: string): string | undefined {
  if (given === undefined)
    return ENDINGS.map((ending) => path.join(cwd, `ctxspec.config${ending}`)).find((file) => existsSync(file));
  const file = path.resolve(cwd, given);
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  throw new CtxspecError(
    "config-invalid",
    `there is no config file ${file}`,
    `--config takes a file ending in ${ENDINGS.join(", ")}`,
  );
}

async function contentOf(file: string): Promise<unknown> {
  const ending = path.extname(file);
  if (!ENDINGS.includes(ending)) {
    throw new CtxspecError(
      "config-invalid",
      `${file} is no config file by its name`,
      `its name must end in ${ENDINGS.join(", ")}`,
    );
  }
  try {
    if (ending === ".json") return JSON.parse(readFileSync(file, "utf8"));
    const { createJiti } = await import("jiti");
    // As in an engine's file, the name resolves to this ctxspec wherever the config lies.
    const alias = { ctxspec: fileURLToPath(new URL(`./index${path.extname(import.meta.url)}`, import.meta.url)) };
    return await createJiti(import.meta.url, { alias }).import(file, { default: true });
  } catch (cause) {
    const how = ending === ".json" ? "JSON with an object of options" : "a module whose default export holds the options";
    throw new CtxspecError("config-invalid", `the config file ${file} cannot be read`, `it must be ${how}`, cause);
  }
}

/** Throws config-invalid. */
export async function readConfigFile(file: string): Promise<Settings> {
  const content = await contentOf(file);
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    const came = content === undefined ? "no default export" : JSON.stringify(content);
    throw new CtxspecError(
      "config-invalid",
      `${file} holds no options: expected an object, found ${came}`,
      "e.g. export default { cases: 500 }",
    );
  }
  return readSettings(content as Record<string, unknown>, { from: "file", file });
}

/** The command line's options over those of the config file. `given` holds texts and flags as they were typed, absent ones left out. */
export async function settingsFrom(given: Record<string, unknown>, cwd: string): Promise<Settings> {
  const { config, ...options } = given;
  const typed = readSettings(options, { from: "command line" });
  const file = findConfig(config as string | undefined, cwd);
  const written = file === undefined ? {} : await readConfigFile(file);
  const extentGiven = typed.cases !== undefined || typed.time !== undefined || typed.preset !== undefined;
  const { cases, time, preset, ...rest } = written;
  return { ...(extentGiven ? rest : { ...rest, cases, time, preset }), ...typed };
}
