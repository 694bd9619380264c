// What an engine declares, learned from one trial instance in private directories. Calls no method but dispose.
// Members are probed by contract name only: a property nobody asked for may be a getter that throws.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { dir } from "tmp-promise";
import { type ContextEngine, ENGINE_METHODS, type EngineInfo, type EngineMethod } from "../define/engine.js";
import { CtxspecError } from "../define/errors.js";
import type { Declared, LoadedEngine } from "../define/loaded.js";
import { describeThrown } from "./import-module.js";
import { privately } from "./private-load.js";

const REQUIRED = ["ingest", "assemble", "compact"] as const satisfies readonly EngineMethod[];
const EXPECTED = "an engine object with info {id, name} and the functions ingest, assemble and compact";

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return `an object with ${Object.keys(value).slice(0, 8).join(", ") || "no members"}`;
  return typeof value === "function" ? "a function" : `${typeof value} ${JSON.stringify(String(value).slice(0, 60))}`;
}

function wrongResult(engine: LoadedEngine, came: string, hint: string, cause?: unknown): CtxspecError {
  return new CtxspecError(
    "engine-factory-result",
    `the factory of ${engine.source} must return ${EXPECTED}; ${came}`,
    hint,
    cause,
  );
}

/** Contract methods that `instance` has. A getter that throws counts as absent. */
export function methodsOf(instance: object): EngineMethod[] {
  return ENGINE_METHODS.filter((method) => {
    try {
      return typeof (instance as Record<string, unknown>)[method] === "function";
    } catch {
      return false;
    }
  });
}

function copyInfo(engine: LoadedEngine, instance: object): EngineInfo {
  let info: unknown;
  try {
    info = (instance as { info?: unknown }).info;
    if (typeof info === "object" && info !== null) info = JSON.parse(JSON.stringify(info)) as unknown;
  } catch (error) {
    throw wrongResult(
      engine,
      `reading info failed: ${describeThrown(error)}`,
      "make info a plain object that survives JSON",
      error,
    );
  }
  if (typeof info !== "object" || info === null) {
    throw wrongResult(engine, `info is ${kindOf(info)}`, "give the engine an info object: { id, name, version? }");
  }
  for (const field of ["id", "name"] as const) {
    const value = (info as Record<string, unknown>)[field];
    if (typeof value === "string" && value !== "") continue;
    throw wrongResult(
      engine,
      `info.${field} is ${JSON.stringify(value) ?? "missing"}`,
      `set info.${field} to a non-empty string`,
    );
  }
  return info as EngineInfo;
}

function check(engine: LoadedEngine, instance: unknown): Declared {
  if (typeof instance !== "object" || instance === null) {
    const forgotten = instance === undefined ? "return the engine from the factory" : "return the engine object itself";
    throw wrongResult(engine, `it returned ${kindOf(instance)}`, forgotten);
  }
  const info = copyInfo(engine, instance);
  const methods = methodsOf(instance);
  const missing = REQUIRED.filter((method) => !methods.includes(method));
  if (missing.length > 0) {
    const came = `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} no function`;
    throw wrongResult(
      engine,
      `${came} (it has ${methods.join(", ") || "none"})`,
      `add ${missing.join(", ")} to the engine "${info.id}"`,
    );
  }
  return { info, methods };
}

function factoryThrew(engine: LoadedEngine, error: unknown): CtxspecError {
  const isClass = /^class[\s{]/.test(Function.prototype.toString.call(engine.adapter.factory));
  const hint = isClass
    ? "export a function that makes the engine: (ctx) => new TheClass(ctx)"
    : "it was called with {config, agentDir, workspaceDir}, the directories empty; make it work with those alone";
  return new CtxspecError("engine-factory-threw", `the factory of ${engine.source} threw ${describeThrown(error)}`, hint, error);
}

async function tryInstance(engine: LoadedEngine, folder: string, trial: Trial): Promise<Declared> {
  const [agentDir, workspaceDir] = [join(folder, "agent"), join(folder, "workspace")];
  for (const path of [agentDir, workspaceDir]) mkdirSync(path, { recursive: true });
  let instance: ContextEngine;
  try {
    trial.enter?.();
    instance = await engine.adapter.factory({ config: engine.adapter.config ?? {}, agentDir, workspaceDir });
    trial.leave?.();
  } catch (error) {
    trial.leave?.();
    throw factoryThrew(engine, error);
  }
  try {
    return check(engine, instance);
  } finally {
    // What dispose does wrong is found and reported when cases are played.
    trial.disposing?.();
    trial.enter?.();
    if (!trial.keep)
      await Promise.resolve()
        .then(() => instance?.dispose?.())
        .catch(() => {});
    trial.leave?.();
  }
}

/** What becomes of the trial instance. */
export interface Trial {
  /** It is not disposed of: its dispose has ended a process before. */
  keep: boolean;
  /** Called before it is disposed of. */
  disposing?(): void;
  /** Called before and after code of the engine runs: it may have globals of its own. */
  enter?(): void;
  leave?(): void;
}

/**
 * Makes one trial instance, checks it, disposes it, and returns a JSON copy of its info and the contract methods it has.
 * Throws engine-factory-threw or engine-factory-result.
 */
export async function declare(engine: LoadedEngine, trial: Trial = { keep: false }): Promise<Declared> {
  const folder = await dir({ prefix: "ctxspec-trial", unsafeCleanup: true });
  try {
    const { result } = await privately(engine.adapter.env ?? {}, () => tryInstance(engine, folder.path, trial));
    return result;
  } finally {
    await folder.cleanup().catch(() => {});
  }
}
