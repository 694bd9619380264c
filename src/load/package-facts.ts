// Reads what a package says about itself: package.json and openclaw.plugin.json. Trusts neither to be well-formed.
// Runs nothing of the package.

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { CtxspecError } from "../define/errors.js";
import type { LoadedEngine } from "../define/loaded.js";
import { MODULE_EXTENSIONS } from "./import-module.js";

const text = z.string().optional().catch(undefined);
const texts = z.array(z.string()).optional().catch(undefined);
const versions = z.record(z.string(), z.string()).optional().catch(undefined);

const packageSchema = z.looseObject({
  name: text,
  version: text,
  main: text,
  engines: versions,
  peerDependencies: versions,
  exports: z.looseObject({}).optional().catch(undefined),
  openclaw: z
    .looseObject({
      extensions: texts,
      runtimeExtensions: texts,
      install: z.looseObject({ minHostVersion: text }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const manifestSchema = z.looseObject({ id: text, name: text, version: text, configSchema: z.unknown().optional() });

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

function readJson<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, "")));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CtxspecError("engine-import", `${file} is not a JSON object: ${reason}`, "correct the file", error);
  }
}

function defined<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** Facts of the package or plugin in `root`; undefined when it holds neither package.json nor openclaw.plugin.json. */
export function readPackage(root: string): PackageFacts | undefined {
  const pkg = readJson(join(root, "package.json"), packageSchema);
  const manifest = readJson(join(root, "openclaw.plugin.json"), manifestSchema);
  if (pkg === undefined && manifest === undefined) return undefined;
  const built = pkg?.openclaw?.runtimeExtensions?.filter((entry) => existsSync(resolve(root, entry)));
  return defined<PackageFacts>({
    root,
    name: pkg?.name,
    version: pkg?.version ?? manifest?.version,
    main: pkg?.main,
    node: pkg?.engines?.node,
    plugin: manifest && defined({ id: manifest.id, name: manifest.name, configSchema: manifest.configSchema }),
    hasSdk: Object.keys(pkg?.exports ?? {}).some((path) => path.startsWith("./plugin-sdk")),
    extensions: built?.length ? built : pkg?.openclaw?.extensions,
    hostVersions: defined({ minHostVersion: pkg?.openclaw?.install?.minHostVersion, peer: pkg?.peerDependencies?.openclaw }),
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
