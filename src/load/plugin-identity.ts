// What a plugin is told about itself: id, name, and the configuration a user would have written. Reads nothing from disk.

import { basename } from "node:path";
import type { PackageFacts } from "./package-facts.js";
import type { PluginIdentity } from "./plugin-api.js";

type Schema = { default?: unknown; properties?: Record<string, Schema> };

/** The defaults a JSON schema gives for an object; undefined where it gives none. */
function defaultsOf(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return undefined;
  const { default: own, properties } = schema as Schema;
  if (own !== undefined || typeof properties !== "object" || properties === null) return structuredClone(own);
  const entries = Object.entries(properties).map(([name, part]): [string, unknown] => [name, defaultsOf(part)]);
  const given = entries.filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

/** The plugin's configuration as a host hands it over: the manifest's defaults, `given` on top. */
export function pluginConfig(facts: PackageFacts, given: Record<string, unknown> = {}): Record<string, unknown> {
  const defaults = defaultsOf(facts.plugin?.configSchema);
  return { ...(typeof defaults === "object" ? defaults : {}), ...given };
}

/** The identity under which the plugin in `facts` registers; `entry` is its first entry file. */
export function pluginIdentity(facts: PackageFacts, entry: string, config: Record<string, unknown>): PluginIdentity {
  const id = facts.plugin?.id ?? facts.name?.replace(/^@[^/]+\//, "") ?? basename(facts.root);
  return {
    id,
    name: facts.plugin?.name ?? facts.name ?? id,
    version: facts.version ?? "",
    source: entry,
    root: facts.root,
    pluginConfig: config,
    config: {
      agents: { defaults: {}, list: [{ id: "main", default: true }] },
      plugins: { slots: { contextEngine: id }, entries: { [id]: { enabled: true, config } } },
    },
  };
}
