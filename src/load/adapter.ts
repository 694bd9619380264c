// The mark that makes an adapter recognisable. It is a registered symbol, so an adapter made by another copy of this package is
// recognised, too.

import type { EngineAdapter } from "../define/engine.js";

const BRAND = Symbol.for("ctxspec.adapter");

/** Marks `adapter` as an engine's adapter; a module's default export made so is loaded with everything it says. */
export function defineEngine(adapter: EngineAdapter): EngineAdapter {
  return Object.defineProperty({ ...adapter }, BRAND, { value: true });
}

/** Whether `value` came from defineEngine. */
export function isAdapter(value: unknown): value is EngineAdapter {
  return typeof value === "object" && value !== null && BRAND in value;
}
