// From a plugin's entry files to the factory of the one context engine that was chosen. Creates no engine instance.

import type { EngineFactory } from "../define/engine.js";
import { CtxspecError } from "../define/errors.js";
import type { LoadedEngine } from "../define/loaded.js";
import { defaultExport, importError, importModule } from "./import-module.js";
import { didYouMean } from "./nearest.js";
import type { HookHandler, PluginIdentity } from "./plugin-api.js";
import { PluginRegistrar, type Register } from "./plugin-registrar.js";

/** The register method of a value or module; undefined when it has none. */
export function registerMethod(value: unknown): Register | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { register } = value as { register?: unknown };
  return typeof register === "function" ? (api) => register.call(value, api) : undefined;
}

async function registerOf(entry: string): Promise<Register> {
  const module = await importModule(entry);
  const found = defaultExport(module);
  if (typeof found === "function") return (api) => found(api);
  const register = registerMethod(found) ?? registerMethod(module);
  if (register !== undefined) return register;
  throw new CtxspecError(
    "engine-nothing-registered",
    `the plugin entry ${entry} cannot be registered: expected a default export that is a function register(api) or an object with register; it exports ${Object.keys(module).join(", ") || "nothing"}`,
    "export default { id, register(api) { api.registerContextEngine(id, factory) } }",
  );
}

function chooseEngine(registrar: PluginRegistrar, engineId: string | undefined, where: string): string {
  const ids = registrar.engineIds();
  const quoted = ids.map((id) => `"${id}"`).join(", ");
  if (ids.length === 0) {
    const ignored = registrar.ignored();
    const said = ignored.length > 0 ? `; ignored: ${ignored.join(", ")}` : "";
    throw new CtxspecError(
      "engine-nothing-registered",
      `the plugin ${where} registered no context engine: expected api.registerContextEngine(id, factory) with a non-empty string and a function${said}`,
      "check whether the plugin registers its engine only under some configuration or mode",
    );
  }
  if (engineId !== undefined && !ids.includes(engineId)) {
    throw new CtxspecError(
      "engine-unknown-id",
      `the plugin ${where} registers no engine "${engineId}"; it registers ${quoted}`,
      `${didYouMean(engineId, ids)}choose one of them with --engine-id`,
    );
  }
  const chosen = engineId ?? (ids.length === 1 ? ids[0] : undefined);
  if (chosen !== undefined) return chosen;
  throw new CtxspecError(
    "engine-several",
    `the plugin ${where} registers ${ids.length} engines, and only one can be tested at a time: ${quoted}`,
    `choose one: ${ids.map((id) => `--engine-id ${id}`).join(" or ")}`,
  );
}

async function callHooks(handlers: readonly HookHandler[]): Promise<void> {
  for (const handler of handlers) await handler({ reason: "restart" }, {});
}

function gatewayOf(registrar: PluginRegistrar): LoadedEngine["gateway"] {
  const registered = registrar.hooks("gateway_stop").length + registrar.hooks("gateway_start").length;
  if (registered === 0) return undefined;
  return {
    stop: () => callHooks(registrar.hooks("gateway_stop")),
    start: () => callHooks(registrar.hooks("gateway_start")),
  };
}

export interface LoadedPlugin {
  engineId: string;
  factory: EngineFactory;
  gateway: LoadedEngine["gateway"];
  notes: string[];
  /** Members of the api object touched so far, sorted; grows while the plugin runs. */
  touched(): string[];
}

/** Loads and registers the plugin. Throws engine-import, engine-nothing-registered, engine-unknown-id or engine-several. */
export async function loadPlugin(identity: PluginIdentity, entries: readonly string[], engineId?: string): Promise<LoadedPlugin> {
  const registers: Register[] = [];
  for (const entry of entries) registers.push(await registerOf(entry));
  const registrar = new PluginRegistrar(identity, registers);
  try {
    await registrar.start();
  } catch (error) {
    const hint = "while it registers, a plugin has nothing but its api object: make register work with that alone";
    throw importError(`the plugin ${identity.root} registers with an error and`, error, hint);
  }
  const id = chooseEngine(registrar, engineId, identity.root);
  const ignored = registrar.ignored();
  return {
    engineId: id,
    factory: async (context) => (await registrar.factoryOf(id))(context),
    gateway: gatewayOf(registrar),
    notes: [...registrar.notes, ...(ignored.length > 0 ? [`ignored, as a host does: ${ignored.join(", ")}`] : [])],
    touched: () => registrar.touchedMembers(),
  };
}
