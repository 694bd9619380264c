// Loads what a task names: the engine the user asked for, a built-in one, or a break. A break is the conforming engine it starts from,
// wrapped, or the true host with one decision replaced. Imports little: the process of one engine alone starts with this file.

import type { Break, Declared, LoadedEngine } from "../define/index.js";
import { builtInEngines, clauseById } from "../discover.js";
import { truePolicy } from "../host/keys.js";
import { declare, loadEngine } from "../load/index.js";
import type { Loaded } from "./parts.js";
import type { EngineSource } from "./protocol.js";

const DEFAULT_BASE = "reference";

async function loadBuiltIn(name: string): Promise<Loaded> {
  const engine = await loadEngine(name, { cwd: "/", builtIn: builtInEngines() });
  return { engine, declared: await declare(engine) };
}

/** A break's id begins with that of its clause, so only that one file is imported. */
export async function breakById(id: string): Promise<Break> {
  const clause = await clauseById(id.split("/")[0] ?? "");
  const found = clause?.breaks.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no break "${id}"`);
  return found;
}

/** What the broken engine declares; what its base does where it cannot even be made. */
async function declaredBy(engine: LoadedEngine, base: Declared): Promise<Declared> {
  try {
    return await declare(engine);
  } catch {
    return base;
  }
}

async function loadBreak(id: string): Promise<Loaded> {
  const broken = await breakById(id);
  const { engine: base, declared } = await loadBuiltIn(broken.base ?? DEFAULT_BASE);
  const factory = broken.wrap === undefined ? base.adapter.factory : broken.wrap(base.adapter.factory);
  const claims = [...(base.adapter.claims ?? []), ...(broken.claims ?? [])];
  const engine: LoadedEngine = { ...base, id: broken.id, name: broken.id, adapter: { ...base.adapter, factory, claims } };
  const { host } = broken;
  const policy = host === undefined ? {} : { policyFor: (profile: Parameters<typeof host>[1]) => host(truePolicy, profile) };
  return { engine, declared: broken.wrap === undefined ? declared : await declaredBy(engine, declared), ...policy };
}

/** Throws CtxspecError where the engine cannot be loaded or made. */
export async function loadSource(source: EngineSource): Promise<Loaded> {
  switch (source.kind) {
    case "built-in":
      return loadBuiltIn(source.name);
    case "break":
      return loadBreak(source.id);
    case "engine": {
      const id = source.engineId === undefined ? {} : { engineId: source.engineId };
      const engine = await loadEngine(source.spec, { cwd: source.cwd, builtIn: builtInEngines(), ...id });
      return { engine, declared: await declare(engine) };
    }
  }
}
