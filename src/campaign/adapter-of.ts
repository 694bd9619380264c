// The adapter that a task names, and nothing else: the process of one engine alone starts with this file, so it imports little, and the
// loader of plugins only where there is a plugin to load.

import type { Break, EngineAdapter } from "../define/index.js";
import { builtInEngines, clauseById } from "../discover.js";
import type { EngineSource } from "./protocol.js";

export const DEFAULT_BASE = "reference";

/** A break's id begins with that of its clause, so only that one file is imported. */
export async function breakById(id: string): Promise<Break> {
  const clause = await clauseById(id.split("/")[0] ?? "");
  const found = clause?.breaks.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no break "${id}"`);
  return found;
}

/** The adapter of a break: that of the conforming engine it starts from, with the factory wrapped. */
export function brokenAdapter(broken: Break, base: EngineAdapter): EngineAdapter {
  const factory = broken.wrap === undefined ? base.factory : broken.wrap(base.factory);
  return { ...base, factory, claims: [...(base.claims ?? []), ...(broken.claims ?? [])] };
}

async function builtIn(name: string): Promise<EngineAdapter> {
  const found = (await builtInEngines()[name]?.()) as { default?: unknown } | undefined;
  if (found?.default === undefined) throw new Error(`there is no engine "${name}"`);
  return typeof found.default === "function" ? ({ factory: found.default } as EngineAdapter) : (found.default as EngineAdapter);
}

/** Throws CtxspecError where the engine cannot be loaded. */
export async function adapterOf(source: EngineSource): Promise<EngineAdapter> {
  switch (source.kind) {
    case "built-in":
      return builtIn(source.name);
    case "break": {
      const broken = await breakById(source.id);
      return brokenAdapter(broken, await builtIn(broken.base ?? DEFAULT_BASE));
    }
    case "engine": {
      const { loadEngine } = await import("../load/load.js");
      const id = source.engineId === undefined ? {} : { engineId: source.engineId };
      const engine = await loadEngine(source.spec, { cwd: source.cwd, builtIn: builtInEngines(), isKnown: true, ...id });
      return engine.adapter;
    }
  }
}
