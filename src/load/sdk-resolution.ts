// Makes `openclaw`, `openclaw/*` and `ctxspec` resolve for a loaded engine, wherever it lies and whatever it has installed.
// Three ways lead to a module, so three doors are watched: import (loader hooks), require (Module._load), TypeScript (jiti's
// virtual modules). ESM checks imported names while linking, so the hook writes a module that exports every name its importer mentions.

import nodeModule from "node:module";
import { isSdkName, offerSdk, SDK_ACCESS, sdkNamespace } from "./sdk.js";
import { REACH_BACK, STAND_INS } from "./stand-ins.js";

/** use: the engine's own `openclaw` package where it has one. ignore: always stand-ins, e.g. when this Node cannot run it. */
export type RealSdk = "use" | "ignore";

let realSdk: RealSdk = "use";

/**
 * The resolve hook, as source text: before Node 22.15 hooks run in a thread of their own, which loads no TypeScript.
 * `next` answers at once in one kind of hook and with a promise in the other; both are served.
 */
const HOOK_SOURCE = `
import { readFileSync } from "node:fs";
const REACH_BACK = ${JSON.stringify(Object.keys(REACH_BACK))};
const STAND_INS = ${JSON.stringify(Object.keys(STAND_INS))};
const RESERVED = new Set(("then default globalThis Symbol undefined NaN Infinity eval arguments await break case catch class const continue " +
  "debugger delete do else enum export extends false finally for function if implements import in instanceof interface let new null " +
  "package private protected public return static super switch this throw true try typeof var void while with yield").split(" "));
let realSdk = "use";
export function initialize(data) {
  if (data) realSdk = data.realSdk;
}
function namesIn(importer) {
  try {
    const source = readFileSync(new URL(importer), "utf8");
    const names = source.match(/[\\p{ID_Start}$_][\\p{ID_Continue}$\\u200c\\u200d]*/gu) ?? [];
    return /export\\s*\\*/.test(source) ? [...names, ...STAND_INS] : names;
  } catch {
    return STAND_INS;
  }
}
function moduleUrl(lines) {
  return "data:text/javascript," + encodeURIComponent(lines.join("\\n"));
}
function access(specifier, importer, real) {
  const args = [specifier, importer ?? ""].map((text) => JSON.stringify(text)).join(", ");
  return "globalThis[Symbol.for('${SDK_ACCESS}')](" + args + (real ? ", " + real : "") + ")";
}
function ours(specifier, importer) {
  const names = [...new Set(namesIn(importer))].filter((name) => !RESERVED.has(name));
  return moduleUrl([
    "const ctxspec$sdk = " + access(specifier, importer) + ";",
    "export const { " + names.join(", ") + " } = ctxspec$sdk;",
    "export default ctxspec$sdk.default;",
  ]);
}
function theirs(specifier, importer, url) {
  const from = JSON.stringify(url);
  return moduleUrl([
    "import * as real from " + from + ";",
    "export * from " + from + ";",
    "export default real.default;",
    "export const { " + REACH_BACK.join(", ") + " } = " + access(specifier, importer, "real") + ";",
  ]);
}
export function resolve(specifier, context, next) {
  const own = specifier === "ctxspec";
  if (!own && !/^openclaw(\\/|$)/.test(specifier)) return next(specifier, context);
  if (context.conditions.includes("require")) return next(specifier, context);
  const standIn = () => ({ url: ours(specifier, context.parentURL), format: "module", shortCircuit: true });
  if (!own && realSdk === "ignore") return standIn();
  // Once registered anew, this hook stands twice in the chain: what comes as data: is the other one's answer.
  const use = (found) =>
    own || /\\.json$|^data:/.test(found.url) ? found : { url: theirs(specifier, context.parentURL, found.url), format: "module", shortCircuit: true };
  try {
    const found = next(specifier, context);
    return typeof found?.then === "function" ? found.then(use, standIn) : use(found);
  } catch {
    return standIn();
  }
}
`;
const HOOK_URL = `data:text/javascript,${encodeURIComponent(HOOK_SOURCE)}`;

interface Hooks {
  initialize(data: { realSdk: RealSdk }): void;
  resolve(...args: unknown[]): unknown;
}
type RegisterHooks = (hooks: { resolve: Hooks["resolve"] }) => void;

let installed: { hooks?: Hooks } | undefined;
/** Whether realSdk changed since the hooks were told. */
let changed = false;

async function installHooks(): Promise<void> {
  const registerHooks = (nodeModule as unknown as { registerHooks?: RegisterHooks }).registerHooks;
  if (registerHooks === undefined) {
    if (installed === undefined || changed) nodeModule.register(HOOK_URL, { data: { realSdk } });
    installed = {};
  } else {
    const hooks = installed?.hooks ?? ((await import(/* @vite-ignore */ HOOK_URL)) as Hooks);
    if (installed === undefined) registerHooks({ resolve: hooks.resolve });
    hooks.initialize({ realSdk });
    installed = { hooks };
  }
  changed = false;
}

type Load = (this: unknown, request: string, parent?: { filename?: string }, ...rest: unknown[]) => unknown;
const loader = nodeModule as unknown as { _load: Load };

const NOT_THERE = new Set([
  "MODULE_NOT_FOUND",
  "ERR_MODULE_NOT_FOUND",
  "ERR_PACKAGE_PATH_NOT_EXPORTED",
  "ERR_REQUIRE_ESM",
  "ERR_REQUIRE_ASYNC_MODULE",
]);

/** The namespace for a synchronous import: the real module when `requireReal` finds it, else ours. */
function requireSdk(specifier: string, importer: string, requireReal: () => unknown): unknown {
  if (specifier !== "ctxspec" && realSdk === "ignore") return sdkNamespace(specifier, importer);
  try {
    const real = requireReal();
    if (specifier === "ctxspec" || typeof real !== "object" || real === null) return real;
    return sdkNamespace(specifier, importer, real);
  } catch (error) {
    if (NOT_THERE.has(String((error as { code?: unknown }).code))) return sdkNamespace(specifier, importer);
    throw error;
  }
}

function watchRequire(): void {
  const original = loader._load;
  loader._load = function load(request, parent, ...rest) {
    const plain = () => original.call(this, request, parent, ...rest);
    if (!isSdkName(request) && request !== "ctxspec") return plain();
    return requireSdk(request, parent?.filename ?? "", plain);
  };
}

/** Opens all three doors; later calls only change what happens to a real package. */
export async function resolveSdk(real: RealSdk): Promise<void> {
  changed = changed || real !== realSdk;
  realSdk = real;
  const first = installed === undefined;
  offerSdk();
  await installHooks();
  if (first) watchRequire();
}

/** jiti's virtual modules for the modules of `file`: answers every SDK name, found through `require` of that file. */
export function virtualSdk(file: string): Record<string, unknown> {
  const require = nodeModule.createRequire(file);
  const modules = new Map<string, unknown>();
  const answers = (name: string | symbol): name is string => typeof name === "string" && (isSdkName(name) || name === "ctxspec");
  return new Proxy(
    {},
    {
      has: (_target, name) => answers(name),
      get(_target, name) {
        if (!answers(name)) return undefined;
        // require goes through watchRequire, so stand-ins and the engine's own package come out of the same door.
        if (!modules.has(name)) modules.set(name, require(name));
        return modules.get(name);
      },
    },
  );
}
