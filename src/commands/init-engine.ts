// Which engine a project is set up for, and how other files of the project name it. The engine is loaded once, in a worker process, so that
// nothing is written for one that cannot be loaded.

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { DEFAULT_MEMORY_MB } from "../campaign/options.js";
import type { Description } from "../campaign/protocol.js";
import { WorkerCrew } from "../campaign/supervisor.js";
import { CtxspecError } from "../define/errors.js";
import { engineNames } from "../discover.js";

/** Where an engine usually is, the likelier place first. */
const USUAL_PLACES = ["engine", "src/engine", "src/context-engine", "context-engine"].flatMap((name) =>
  [".ts", ".mts", ".js", ".mjs", ".cjs"].map((ending) => `${name}${ending}`),
);
const MANIFEST = "openclaw.plugin.json";

/** adapter: a file of ours wraps the factory. itself: the engine says what an adapter would, or is a plugin. */
export type Wiring = { kind: "adapter"; specifier: string; export: "default" | "createContextEngine" } | { kind: "itself" };

export interface FoundEngine {
  /** As a config names it: "./engine.ts". */
  spec: string;
  engineId: string | undefined;
  /** As it calls itself. */
  name: string;
  wiring: Wiring;
  /** Whether the files written for it are TypeScript. */
  typed: boolean;
}

/** The engine in the usual places of the folder; undefined when there is none. */
export function usualEngine(cwd: string): string | undefined {
  if (existsSync(path.join(cwd, MANIFEST))) return ".";
  const found = USUAL_PLACES.find((file) => existsSync(path.join(cwd, file)));
  return found === undefined ? undefined : `./${found}`;
}

/** Loads the engine and finds out how to wire it. Throws CtxspecError: an engine that cannot be loaded, or is one of ctxspec itself. */
export async function findEngine(given: string, engineId: string | undefined, cwd: string): Promise<FoundEngine> {
  const spec = specOf(given, cwd);
  const seen = await describeEngine(spec, engineId, cwd);
  if (seen.kind === "built-in") {
    throw new CtxspecError(
      "usage-option",
      `${given} is an engine of ctxspec itself: expected one of this project`,
      `give the path of your engine; certify takes the built-in ones by name: ${engineNames().join(", ")}`,
    );
  }
  const isFile = statSync(path.resolve(cwd, spec), { throwIfNoEntry: false })?.isFile() === true;
  const typed = isFile ? /\.[cm]?ts$/.test(spec) : existsSync(path.join(cwd, "tsconfig.json"));
  return { spec, engineId, name: seen.info.name, wiring: wiringOf(seen, spec, isFile, cwd), typed };
}

/** What the engine declares. Throws CtxspecError where it cannot be loaded. */
export async function describeEngine(spec: string, engineId: string | undefined, cwd: string): Promise<Description> {
  const crew = new WorkerCrew({ workers: 1, memoryMb: DEFAULT_MEMORY_MB });
  try {
    return await crew.describe({ kind: "engine", spec, cwd, ...(engineId === undefined ? {} : { engineId }) });
  } finally {
    await crew.close();
  }
}

/** A path as "./path" with slashes, whatever it was typed like; a package as it is. */
function specOf(given: string, cwd: string): string {
  const full = path.resolve(cwd, given);
  if (!existsSync(full)) return given;
  const relative = path.relative(cwd, full).split(path.sep).join("/");
  return relative === "" ? "." : relative.startsWith(".") ? relative : `./${relative}`;
}

function wiringOf(seen: Description, spec: string, isFile: boolean, cwd: string): Wiring {
  if (seen.kind === "adapter" || seen.kind === "plugin") return { kind: "itself" };
  if (!isFile) return { kind: "adapter", specifier: spec === "." ? "./index.js" : spec, export: "default" };
  const source = readFileSync(path.resolve(cwd, spec), "utf8");
  const hasDefault = /\bexport\s+default\b|\bas\s+default\b|\bmodule\.exports\s*=/.test(source);
  const specifier = spec.replace(/\.([cm]?)ts$/, ".$1js");
  return { kind: "adapter", specifier, export: hasDefault ? "default" : "createContextEngine" };
}
