// A factory or an adapter at hand, as a library's user gives it, as a LoadedEngine. Nothing is imported or located.

import type { EngineAdapter, EngineFactory } from "../define/engine.js";
import type { LoadedEngine } from "../define/loaded.js";
import { checkAdapter } from "./adapter-check.js";
import { finished } from "./load.js";
import { sdkUses } from "./sdk.js";

/** A LoadedEngine for a factory or adapter at hand, for use within a process. Throws engine-adapter. */
export function loadedFromFactory(value: EngineFactory | EngineAdapter): LoadedEngine {
  const adapter = typeof value === "function" ? { factory: value } : checkAdapter(value, "the call");
  const name = adapter.name ?? (adapter.factory.name || "engine");
  const notes = ["given as a function: there is no file to take a digest of"];
  return finished(
    "(in process)",
    { kind: "in-process", id: name, name, version: "", digest: "", adapter, notes, hostVersions: {} },
    sdkUses().length,
  );
}
