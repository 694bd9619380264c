// ctxspec init: sets a project up for its engine. Asks before it writes, or does what --yes and --force say; a file that exists is never
// written over without a word. Everything is made and proven writable before the first file is written.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { prepareOut, writeWhole } from "../campaign/save.js";
import { findConfig } from "../config-file.js";
import { CtxspecError } from "../define/errors.js";
import { describeEngine, findEngine, usualEngine } from "./init-engine.js";
import { type InitFile, initFiles } from "./init-files.js";
import { columns } from "./list.js";
import type { Terminal } from "./terminal.js";

const WANTED = "init a project folder that can be written: run it there";

export interface InitOptions {
  yes?: boolean;
  force?: boolean;
  engineId?: string;
}

/** write: there is none yet. ask: there is one, and a person may say. */
type Fate = "write" | "overwrite" | "ask" | "keep" | "same";

interface Planned {
  file: InitFile;
  fate: Fate;
  /** What is said of it. */
  note: string;
}

/** Answers the exit code. Throws CtxspecError: nobody to ask, an engine that cannot be loaded, files that cannot be written. */
export async function initCommand(given: string | undefined, options: InitOptions, terminal: Terminal): Promise<number> {
  const { cwd } = terminal;
  const ask = askerOf(options, terminal);
  const engine = await findEngine(await engineSpec(given, ask, cwd), options.engineId, cwd);
  const planned = initFiles({ engine, install: installCommand(cwd) }).map((file) => planOf(file, options, cwd));
  terminal.out(`${engine.name} (${engine.spec})\n${tableOf(planned)}\n`);
  const decided = ask === undefined ? planned : await decide(planned, ask);
  const toWrite = decided.filter(({ fate }) => fate === "write" || fate === "overwrite").map(({ file }) => file);
  for (const file of toWrite) prepareOut(path.dirname(path.join(cwd, file.path)), WANTED);
  for (const file of toWrite) writeWhole(path.join(cwd, file.path), file.text, WANTED);
  if (toWrite.length === 0) {
    terminal.out("nothing written\n");
    return 0;
  }
  terminal.out(`written: ${toWrite.map((file) => file.path).join(", ")}\n`);
  const wired = toWrite.find((file) => file.path.startsWith("ctxspec.adapter."));
  if (wired !== undefined) await describeEngine(`./${wired.path}`, undefined, cwd);
  terminal.out(`${nextSteps(decided, cwd).join("\n")}\n`);
  return 0;
}

type Ask = NonNullable<Terminal["ask"]>;

/** Undefined: nothing is to be asked. */
function askerOf({ yes, force }: InitOptions, { ask }: Terminal): Ask | undefined {
  if (yes === true || force === true) return undefined;
  if (ask !== undefined) return ask;
  throw new CtxspecError(
    "usage-option",
    "init asks before it writes, but there is no terminal to ask at",
    "--yes writes what is not there yet; --force writes over what is",
  );
}

async function engineSpec(given: string | undefined, ask: Ask | undefined, cwd: string): Promise<string> {
  if (given !== undefined) return given;
  const usual = usualEngine(cwd);
  const answer =
    ask === undefined ? "" : await ask(`Which engine? A path or package${usual === undefined ? "" : ` [${usual}]`}: `);
  const spec = answer === "" ? usual : answer;
  if (spec !== undefined) return spec;
  throw new CtxspecError(
    "usage-option",
    `no engine was named, and none is in the usual places of ${cwd}`,
    "name the file that exports it: ctxspec init ./my-engine.ts",
  );
}

function planOf(file: InitFile, { yes, force }: InitOptions, cwd: string): Planned {
  const other = file.path.startsWith("ctxspec.config.") ? findConfig(undefined, cwd) : undefined;
  if (other !== undefined && path.basename(other) !== file.path)
    return { file, fate: "keep", note: `not written: there is ${path.basename(other)} already` };
  const full = path.join(cwd, file.path);
  if (!existsSync(full)) return { file, fate: "write", note: file.what };
  if (isSame(full, file.text)) return { file, fate: "same", note: "is there already, the same" };
  if (force === true) return { file, fate: "overwrite", note: "exists; is written over" };
  return yes === true
    ? { file, fate: "keep", note: "exists; left as it is (--force writes over it)" }
    : { file, fate: "ask", note: "exists" };
}

function isSame(file: string, text: string): boolean {
  try {
    return readFileSync(file, "utf8") === text;
  } catch {
    return false;
  }
}

const tableOf = (planned: Planned[]): string => columns(planned.map(({ file, note }) => [`  ${file.path}`, note])).join("\n");

async function decide(planned: Planned[], ask: Ask): Promise<Planned[]> {
  const fresh = planned.some(({ fate }) => fate === "write");
  const goOn = !fresh || isYes(await ask("Write the files that are not there yet? [Y/n] "), true);
  const decided: Planned[] = [];
  for (const one of planned) {
    if (one.fate === "write" && !goOn) decided.push({ ...one, fate: "keep" });
    else if (one.fate === "ask")
      decided.push({ ...one, fate: isYes(await ask(`Write over ${one.file.path}? [y/N] `), false) ? "overwrite" : "keep" });
    else decided.push(one);
  }
  return decided;
}

function isYes(answer: string, otherwise: boolean): boolean {
  return answer === "" ? otherwise : /^y(es)?$/i.test(answer);
}

/** How the project's dependencies are installed in CI. */
function installCommand(cwd: string): string {
  const has = (file: string) => existsSync(path.join(cwd, file));
  if (has("pnpm-lock.yaml")) return "corepack enable && pnpm install --frozen-lockfile";
  if (has("yarn.lock")) return "corepack enable && yarn install --immutable";
  return has("package-lock.json") ? "npm ci" : "npm install";
}

function nextSteps(decided: Planned[], cwd: string): string[] {
  const missing = ["ctxspec", "vitest"].filter((name) => !isInstalled(name, cwd));
  const test = decided.find(({ file }) => file.path.startsWith("conformance.test."))?.file.path ?? "";
  const steps = [
    ...(missing.length > 0 ? [`npm install --save-dev ${missing.join(" ")}`] : []),
    "npx ctxspec certify",
    `npx vitest run ${test}`,
  ];
  const atRoot = existsSync(path.join(cwd, ".git"));
  return [
    "Next:",
    ...steps.map((step) => `  ${step}`),
    "Keep reports out of git: ctxspec-report/ in .gitignore.",
    ...(atRoot ? [] : ["GitHub reads workflows in the root of a repository only; this folder is none."]),
  ];
}

function isInstalled(name: string, cwd: string): boolean {
  try {
    createRequire(path.join(cwd, "resolve-from-here.js")).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}
