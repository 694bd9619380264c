// Loads what a task names: the engine the user asked for, a built-in one, or a break. A break is the conforming engine it starts from,
// wrapped, or the true host with one decision replaced.

import type { Declared, LoadedEngine } from "../define/index.js";
import { builtInEngines } from "../discover.js";
import { truePolicy } from "../host/keys.js";
import { declare, loadEngine, type Trial } from "../load/index.js";
import { breakById, brokenAdapter, DEFAULT_BASE } from "./adapter-of.js";
import { refuseUnknownClauses } from "./named-clauses.js";
import type { Loaded } from "./parts.js";
import type { EngineSource } from "./protocol.js";

async function loadBuiltIn(name: string, trial?: Trial): Promise<Loaded> {
  const engine = await loadEngine(name, { cwd: "/", builtIn: builtInEngines() });
  return { engine, declared: await declare(engine, trial) };
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
  const engine: LoadedEngine = { ...base, id: broken.id, name: broken.id, adapter: brokenAdapter(broken, base.adapter) };
  const { host } = broken;
  const policy = host === undefined ? {} : { policyFor: (profile: Parameters<typeof host>[1]) => host(truePolicy, profile) };
  return { engine, declared: broken.wrap === undefined ? declared : await declaredBy(engine, declared), ...policy };
}

/** Throws CtxspecError where the engine cannot be loaded or made. */
export async function loadSource(source: EngineSource, trial?: Trial): Promise<Loaded> {
  switch (source.kind) {
    case "built-in":
      return loadBuiltIn(source.name, trial);
    case "break":
      return loadBreak(source.id);
    case "engine": {
      const id = source.engineId === undefined ? {} : { engineId: source.engineId };
      const engine = await loadEngine(source.spec, { cwd: source.cwd, builtIn: builtInEngines(), ...id });
      trial?.leave?.();
      refuseUnknownClauses(engine.adapter, source.spec);
      return { engine, declared: await declare(engine, trial) };
    }
  }
}
