// From an <engine> argument to a LoadedEngine: locates it, imports it and recognises what it exports. Creates no instance.

import { basename, extname } from "node:path";
import type { EngineAdapter, EngineFactory } from "../define/engine.js";
import { CtxspecError } from "../define/errors.js";
import type { LoadedEngine } from "../define/loaded.js";
import { isAdapter } from "./adapter.js";
import { digestFile, digestFolder } from "./digest.js";
import { defaultExport, importModule } from "./import-module.js";
import { type Located, locate } from "./locate.js";
import type { PackageFacts } from "./package-facts.js";
import { loadPlugin, registerMethod } from "./plugin.js";
import { pluginConfig, pluginIdentity } from "./plugin-identity.js";
import { privately } from "./private-load.js";
import { sdkNoOpCalls, sdkUses } from "./sdk.js";
import { prepareSdk } from "./sdk-choice.js";

export interface LoadOptions {
  /** Folder that relative paths and package names are seen from. */
  cwd: string;
  /** Chooses among several engines of a plugin. */
  engineId?: string;
  /** Engines of ctxspec itself: name → importer of a module whose default export is a factory or an adapter. */
  builtIn: Record<string, () => Promise<unknown>>;
  /** The plugin's own configuration; what its manifest's schema gives as defaults is filled in. */
  pluginConfig?: Record<string, unknown>;
  /** The engine was loaded in another process before: what its author declares is not checked again, and no digest is taken. */
  isKnown?: boolean;
}

type Parts = Omit<LoadedEngine, "source" | "touched" | "sdk"> & { touched?: () => string[] };

/** SDK imports of this engine: those since `first`, and earlier ones from its own folder (modules are evaluated once per process). */
function sdkOf(root: string | undefined, first: number): Record<string, string> {
  const found = sdkUses().filter(({ importer }, at) => at >= first || (root !== undefined && importer.includes(root)));
  const pairs = found.map(({ specifier, source }): [string, string] => [specifier, source]);
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** With what is only known later, taken when it is asked for. */
export function finished(source: string, parts: Parts, firstUse: number): LoadedEngine {
  const { touched, ...rest } = parts;
  return {
    ...rest,
    source,
    get touched() {
      return touched?.() ?? [];
    },
    get sdk() {
      return sdkOf(parts.root, firstUse);
    },
  };
}

interface Recognised {
  adapter: EngineAdapter;
  kind: "module" | "adapter";
}

/** The factory or adapter among a module's exports; undefined when there is none. */
async function recognise(module: Record<string, unknown>, where: string, options: LoadOptions): Promise<Recognised | undefined> {
  const found = defaultExport(module);
  if (isAdapter(found)) {
    if (options.isKnown !== true) (await import("./adapter-check.js")).checkAdapter(found, where);
    return { adapter: found, kind: "adapter" };
  }
  if (typeof found === "function") return { adapter: { factory: found as EngineFactory }, kind: "module" };
  const holders = [module, found] as { createContextEngine?: unknown }[];
  const named = holders.map((holder) => holder?.createContextEngine).find((value) => typeof value === "function");
  return named === undefined ? undefined : { adapter: { factory: named as EngineFactory }, kind: "module" };
}

function noFactory(file: string, module: Record<string, unknown>): CtxspecError {
  const found = defaultExport(module);
  const unmarked = typeof found === "object" && found !== null && "factory" in found;
  const exported = Object.keys(module).filter((name) => name !== "module.exports");
  return new CtxspecError(
    "engine-no-factory",
    `${file} exports no engine: expected a default export or an export createContextEngine that is a function (ctx) => engine, or a default export made by defineEngine; it exports ${exported.join(", ") || "nothing"}`,
    unmarked
      ? 'wrap the default export: import { defineEngine } from "ctxspec"; export default defineEngine({ factory, … })'
      : "export default (ctx) => createMyEngine(ctx)",
  );
}

function refuseEngineId(engineId: string | undefined, where: string): void {
  if (engineId === undefined) return;
  throw new CtxspecError(
    "engine-unknown-id",
    `${where} is one engine, no plugin, so there is no engine "${engineId}" to choose`,
    "leave --engine-id out: it chooses among the engines of a plugin",
  );
}

async function loadBuiltIn(name: string, module: unknown, options: LoadOptions): Promise<Parts> {
  refuseEngineId(options.engineId, `"${name}"`);
  const recognised = await recognise(module as Record<string, unknown>, name, options);
  if (recognised === undefined) throw noFactory(`engines/${name}`, module as Record<string, unknown>);
  const notes = ["the engine is part of ctxspec: its code is that of this version"];
  return {
    ...recognised,
    kind: "built-in",
    id: name,
    name: recognised.adapter.name ?? name,
    version: "",
    digest: "",
    notes,
    hostVersions: {},
  };
}

const fileDigest = (file: string, { isKnown }: LoadOptions): string => (isKnown === true ? "" : digestFile(file));

async function loadFile(file: string, facts: PackageFacts | undefined, options: LoadOptions): Promise<Parts> {
  const module = await importModule(file);
  const found = defaultExport(module);
  if (!isAdapter(found) && typeof found !== "function" && (registerMethod(found) ?? registerMethod(module)) !== undefined)
    return loadPluginParts(facts ?? { root: file, hostVersions: {} }, [file], options, {
      root: file,
      digest: fileDigest(file, options),
    });
  const recognised = await recognise(module, file, options);
  if (recognised === undefined) throw noFactory(file, module);
  refuseEngineId(options.engineId, file);
  const id = basename(file, extname(file));
  return {
    ...recognised,
    id,
    name: recognised.adapter.name ?? facts?.name ?? id,
    version: facts?.version ?? "",
    root: file,
    digest: fileDigest(file, options),
    notes: ["the digest covers this one file, not what it imports (a certificate names those files, too)"],
    hostVersions: facts?.hostVersions ?? {},
  };
}

async function loadPluginParts(
  facts: PackageFacts,
  entries: string[],
  options: LoadOptions,
  covers: { root: string; digest: string },
): Promise<Parts> {
  const identity = pluginIdentity(facts, entries[0] ?? facts.root, pluginConfig(facts, options.pluginConfig));
  const plugin = await loadPlugin(identity, entries, options.engineId);
  return {
    ...covers,
    kind: "plugin",
    id: plugin.engineId,
    name: identity.name,
    version: facts.version ?? "",
    adapter: { factory: plugin.factory, config: identity.config },
    notes: plugin.notes,
    hostVersions: facts.hostVersions,
    touched: plugin.touched,
    ...(plugin.gateway === undefined ? {} : { gateway: plugin.gateway }),
  };
}

function missingEntries(facts: PackageFacts, missing: string[]): CtxspecError {
  return new CtxspecError(
    "engine-not-found",
    `the plugin in ${facts.root} has no entry: expected a module at ${missing.join(" or ")}`,
    "build the plugin first, or correct openclaw.extensions in its package.json",
  );
}

async function loadLocated(located: Located, options: LoadOptions): Promise<Parts> {
  switch (located.kind) {
    case "built-in":
      return loadBuiltIn(located.name, await options.builtIn[located.name]?.(), options);
    case "file":
      return loadFile(located.file, located.facts, options);
    case "plugin": {
      const { facts, entries, missing } = located;
      if (entries.length === 0) throw missingEntries(facts, missing);
      const parts = await loadPluginParts(facts, entries, options, {
        root: facts.root,
        digest: options.isKnown === true ? "" : digestFolder(facts.root),
      });
      const absent = missing.map((entry) => `the entry ${entry} does not exist and was left out`);
      return { ...parts, notes: [...parts.notes, ...absent] };
    }
    default:
      return located satisfies never;
  }
}

/**
 * Loads the engine `spec` names: a path, else an engine of ctxspec, else a package installed at options.cwd. Runs the engine's own code
 * (module and register function) in a private home and without a network, but creates no instance.
 * Throws CtxspecError: engine-not-found, engine-import, engine-no-factory, engine-nothing-registered, engine-several, engine-unknown-id,
 * engine-adapter.
 */
export async function loadEngine(spec: string, options: LoadOptions): Promise<LoadedEngine> {
  const located = await locate(spec, options.cwd, Object.keys(options.builtIn));
  const firstUse = sdkUses().length;
  const calledBefore = sdkNoOpCalls();
  const sdkNotes =
    located.kind === "built-in" ? [] : await prepareSdk(located.kind === "file" ? located.file : located.facts.root);
  const { result: parts, refused } = await privately({}, () => loadLocated(located, options));
  const reached = [...new Set(refused)].map((target) => `tried to reach ${target} while it was loaded; that was refused`);
  const newCalls = sdkNoOpCalls().filter((call) => !calledBefore.includes(call));
  const called = newCalls.map((call) => `called the no-op ${call}`);
  return finished(spec, { ...parts, notes: [...parts.notes, ...sdkNotes, ...reached, ...called] }, firstUse);
}
