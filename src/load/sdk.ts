// What an engine gets when it imports the host's SDK: our stand-ins, recorded no-ops for every other name, and the real package's
// members where the engine has it. Decides nothing about resolution (sdk-resolution.ts does) and remembers who imported what.

import { defineEngine } from "./adapter.js";
import { noOp } from "./no-op.js";
import { REACH_BACK, STAND_IN_MODULES, STAND_INS } from "./stand-ins.js";

export const SDK_SOURCES = ["engine's own package", "stand-in", "no-op"] as const;
export type SdkSource = (typeof SDK_SOURCES)[number];

export interface SdkUse {
  /** The import's text, e.g. "openclaw/plugin-sdk/core". */
  specifier: string;
  source: SdkSource;
  /** File or URL of the importing module; "" when unknown. */
  importer: string;
}

const uses: SdkUse[] = [];
const noOpCalls = new Set<string>();

/** Every SDK import evaluated in this process so far, in order. */
export function sdkUses(): readonly SdkUse[] {
  return uses;
}

/** SDK no-ops that were called so far, e.g. "openclaw/plugin-sdk/tool-send: sendText()". */
export function sdkNoOpCalls(): string[] {
  return [...noOpCalls].sort();
}

/** Whether an import's text names the SDK. */
export function isSdkName(specifier: string): boolean {
  return specifier === "openclaw" || specifier.startsWith("openclaw/");
}

/** What a module gets for `import … from "ctxspec"` where the package is not installed beside it. */
const OWN_MODULE = { __esModule: true, defineEngine, defineConfig: <T>(config: T): T => config };

function namespaceOf(own: Record<string, unknown>, lookUp: (name: string) => unknown): object {
  const made = new Map<string, unknown>();
  return new Proxy(
    {},
    {
      get(_target, name) {
        if (name === "__esModule") return true;
        if (typeof name === "symbol" || name === "then") return undefined;
        if (Object.hasOwn(own, name)) return own[name];
        if (!made.has(name)) made.set(name, lookUp(name));
        return made.get(name);
      },
      has: (_target, name) => typeof name === "string" && name !== "then",
    },
  );
}

/** The members of SDK module `specifier`: any name can be read. `real` is the module of the engine's own package, if it has one. */
export function sdkNamespace(specifier: string, importer: string, real?: object): object {
  if (specifier === "ctxspec") return OWN_MODULE;
  if (real !== undefined) {
    uses.push({ specifier, source: "engine's own package", importer });
    return namespaceOf(REACH_BACK, (name) => (real as Record<string, unknown>)[name]);
  }
  uses.push({ specifier, source: STAND_IN_MODULES.has(specifier) ? "stand-in" : "no-op", importer });
  return namespaceOf(STAND_INS, (name) => noOp(name, (path) => noOpCalls.add(`${specifier}: ${path}`)));
}

/** Name under which generated modules find sdkNamespace; they run outside this module graph. */
export const SDK_ACCESS = "ctxspec.sdk";

/** Hangs the access on globalThis; idempotent. Generated modules of a real package pass their namespace. */
export function offerSdk(): void {
  (globalThis as Record<symbol, unknown>)[Symbol.for(SDK_ACCESS)] = sdkNamespace;
}
