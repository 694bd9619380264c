// Reads what a package says about itself: package.json and openclaw.plugin.json. Trusts neither to be well-formed.
// Runs nothing of the package.

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CtxspecError } from "../define/errors.js";
import type { LoadedEngine } from "../define/loaded.js";
import { MODULE_EXTENSIONS } from "./import-module.js";

type Fields = Record<string, unknown>;

// Values as far as they are what they should be; the rest counts as not said. By hand: the process of one engine loads this file, of which
// a killing case starts dozens, and zod takes as long to load as all the rest.
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const texts = (value: unknown): string[] | undefined =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string") ? value : undefined;

export interface PackageFacts {
  /** Folder with package.json or openclaw.plugin.json. */
  root: string;
  name?: string;
  version?: string;
  main?: string;
  /** engines.node. */
  node?: string;
  /** Id and name in openclaw.plugin.json. */
  plugin?: { id?: string; name?: string; configSchema?: unknown };
  /** It exports something below openclaw/plugin-sdk. */
  hasSdk?: boolean;
  /** Entry files as written; undefined when the package declares none. */
  extensions?: string[];
  hostVersions: LoadedEngine["hostVersions"];
}

/** The object in a JSON file; undefined where there is no such file. Throws engine-import. */
function readFields(file: string): Fields | undefined {
  if (!existsSync(file)) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CtxspecError("engine-import", `${file} is not a JSON object: ${reason}`, "correct the file", error);
  }
  if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Fields;
  const what = found === null ? "null" : Array.isArray(found) ? "an array" : `a ${typeof found}`;
  throw new CtxspecError("engine-import", `${file} is not a JSON object: it holds ${what}`, "correct the file");
}

function defined<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** Facts of the package or plugin in `root`; undefined when it holds neither package.json nor openclaw.plugin.json. */
export function readPackage(root: string): PackageFacts | undefined {
  const pkg = readFields(join(root, "package.json"));
  const manifest = readFields(join(root, "openclaw.plugin.json"));
  if (pkg === undefined && manifest === undefined) return undefined;
  const openclaw = fields(pkg?.openclaw);
  const built = texts(openclaw.runtimeExtensions)?.filter((entry) => existsSync(resolve(root, entry)));
  return defined<PackageFacts>({
    root,
    name: text(pkg?.name),
    version: text(pkg?.version) ?? text(manifest?.version),
    main: text(pkg?.main),
    node: text(fields(pkg?.engines).node),
    plugin: manifest && defined({ id: text(manifest.id), name: text(manifest.name), configSchema: manifest.configSchema }),
    hasSdk: Object.keys(fields(pkg?.exports)).some((path) => path.startsWith("./plugin-sdk")),
    extensions: built?.length ? built : texts(openclaw.extensions),
    hostVersions: defined({
      minHostVersion: text(fields(openclaw.install).minHostVersion),
      peer: text(fields(pkg?.peerDependencies).openclaw),
    }),
  });
}

/** Facts of the package or plugin that `file` belongs to: the nearest folder upwards that says something about itself. */
export function enclosingPackage(file: string): PackageFacts | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const facts = readPackage(folder);
    if (facts !== undefined) return facts;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Folder of the installed package `name`, looked for in node_modules from `folder` upwards. */
export function installedPackage(name: string, folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const candidate = join(at, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return candidate;
    if (at === dirname(at)) return undefined;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** `path` itself, with a known ending added or exchanged (x.js may be there as x.ts), or its index file. */
export function moduleFile(path: string): string | undefined {
  const bare = path.replace(/\.[cm]?[jt]s$/, "");
  const candidates = [
    path,
    ...MODULE_EXTENSIONS.map((ending) => bare + ending),
    ...MODULE_EXTENSIONS.map((e) => join(path, `index${e}`)),
  ];
  return candidates.find(isFile);
}

/** Entry files of a plugin: what it declares, else its main file, else index or src/index. Missing ones stand under `missing`. */
export function pluginEntries(facts: PackageFacts): { files: string[]; missing: string[] } {
  const declared = facts.extensions ?? [];
  if (declared.length > 0) {
    const found = declared.map((entry) => ({ entry, file: moduleFile(resolve(facts.root, entry)) }));
    return {
      files: found.flatMap(({ file }) => (file === undefined ? [] : [file])),
      missing: found.flatMap(({ entry, file }) => (file === undefined ? [entry] : [])),
    };
  }
  const guesses = [...(facts.main === undefined ? [] : [facts.main]), "index", "src/index", "dist/index"];
  const file = guesses.map((guess) => moduleFile(resolve(facts.root, guess))).find((found) => found !== undefined);
  return file === undefined ? { files: [], missing: guesses } : { files: [file], missing: [] };
}
