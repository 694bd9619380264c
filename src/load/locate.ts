// From an <engine> argument to the thing on disk it names: a path, a built-in name, or an installed package. Loads nothing.
// A path wins over a name, and a name of ours over a package, so that what a user types means the same everywhere.

import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CtxspecError } from "../define/errors.js";
import { MODULE_EXTENSIONS, resolveFrom } from "./import-module.js";
import { didYouMean } from "./nearest.js";
import {
  enclosingPackage,
  installedPackage,
  moduleFile,
  type PackageFacts,
  pluginEntries,
  readPackage,
} from "./package-facts.js";

export type Located =
  | { kind: "built-in"; name: string }
  | { kind: "plugin"; facts: PackageFacts; entries: string[]; missing: string[] }
  | { kind: "file"; file: string; facts: PackageFacts | undefined };

function asPath(spec: string, cwd: string): string {
  if (spec.startsWith("file:")) return fileURLToPath(spec);
  if (spec === "~" || spec.startsWith("~/")) return join(homedir(), spec.slice(1));
  return resolve(cwd, spec);
}

/** Whether the text can only mean a path. */
function looksLikePath(spec: string): boolean {
  return (
    /^(\.{1,2}([\\/]|$)|~([\\/]|$)|file:)/.test(spec) ||
    isAbsolute(spec) ||
    MODULE_EXTENSIONS.some((ending) => spec.endsWith(ending))
  );
}

function isPlugin(facts: PackageFacts): boolean {
  return facts.plugin !== undefined || (facts.extensions?.length ?? 0) > 0;
}

function locateFile(file: string): Located {
  const facts = enclosingPackage(file);
  if (facts !== undefined && isPlugin(facts) && pluginEntries(facts).files.includes(file))
    return { kind: "plugin", facts, entries: [file], missing: [] };
  return { kind: "file", file, facts };
}

/** What a folder holds: a plugin, else a package with a main file, else an index file. */
function locateFolder(folder: string): Located | undefined {
  const facts = readPackage(folder);
  if (facts !== undefined && isPlugin(facts)) {
    const { files, missing } = pluginEntries(facts);
    return { kind: "plugin", facts, entries: files, missing };
  }
  const main = facts?.main === undefined ? undefined : moduleFile(resolve(folder, facts.main));
  const file = main ?? moduleFile(join(folder, "index"));
  return file === undefined ? undefined : { kind: "file", file, facts };
}

function neighbours(path: string): string[] {
  try {
    return readdirSync(dirname(path)).filter((name) => !name.startsWith("."));
  } catch {
    return [];
  }
}

function noSuchPath(spec: string, path: string): CtxspecError {
  const close = didYouMean(basename(path), neighbours(path));
  const where = existsSync(dirname(path)) ? `${dirname(path)} has no "${basename(path)}"` : `there is no folder ${dirname(path)}`;
  return new CtxspecError(
    "engine-not-found",
    `the engine "${spec}" does not exist: ${where}`,
    `${close}give the path of a plugin folder or of a module (${MODULE_EXTENSIONS.join(" ")})`,
  );
}

function unusable(spec: string, folder: string): CtxspecError {
  return new CtxspecError(
    "engine-not-found",
    `"${spec}" is a folder without an engine: expected openclaw.plugin.json, package.json with openclaw.extensions or main, or an index file in ${folder}`,
    "name the file that exports the engine",
  );
}

async function locatePackage(spec: string, cwd: string): Promise<Located | undefined> {
  const [, name, subpath] = /^(@[^/]+\/[^/]+|[^/@][^/]*)(\/.+)?$/.exec(spec) ?? [];
  if (name === undefined) return undefined;
  const installed = installedPackage(name, cwd);
  if (installed === undefined) return undefined;
  const folder = realpathSync(installed);
  if (subpath === undefined) {
    const facts = readPackage(folder);
    if (facts !== undefined && isPlugin(facts)) return locateFolder(folder);
  }
  const file = await resolveFrom(spec, cwd);
  if (file !== undefined) return locateFile(realpathSync(file));
  const found = locateFolder(subpath === undefined ? folder : join(folder, subpath));
  if (found !== undefined) return found;
  throw unusable(spec, folder);
}

function noSuchName(spec: string, cwd: string, builtIn: string[]): CtxspecError {
  const local = neighbours(join(cwd, spec));
  return new CtxspecError(
    "engine-not-found",
    `there is no engine "${spec}": no such path in ${cwd}, no engine of ctxspec has that name, and no package of that name is installed there`,
    `${didYouMean(spec, [...builtIn, ...local])}engines of ctxspec: ${builtIn.join(", ") || "none"}; a package must be installed first (npm install ${spec})`,
  );
}

/** Finds what `spec` names, seen from `cwd`. Throws engine-not-found with the nearest existing name. */
export async function locate(spec: string, cwd: string, builtIn: string[]): Promise<Located> {
  const path = asPath(spec, cwd);
  const stats = spec === "" ? undefined : statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile()) return locateFile(path);
  const folder = stats?.isDirectory() ? locateFolder(path) : undefined;
  if (folder !== undefined) return folder;
  if (looksLikePath(spec)) throw stats?.isDirectory() ? unusable(spec, path) : noSuchPath(spec, path);
  if (builtIn.includes(spec)) return { kind: "built-in", name: spec };
  const found = await locatePackage(spec, cwd);
  if (found !== undefined) return found;
  throw stats?.isDirectory() ? unusable(spec, path) : noSuchName(spec, cwd, builtIn);
}
