// What an engine says of itself, read with care: a getter of its may throw.

import type { ContextEngine, EngineInfo } from "../define/index.js";

export function readInfo(engine: ContextEngine | null | undefined): EngineInfo {
  try {
    const info = engine?.info;
    return info && typeof info === "object" ? info : { id: "", name: "" };
  } catch {
    return { id: "", name: "" };
  }
}
