// The `api` object a plugin's register function gets. Members a context engine needs work; the rest of the real interface does
// nothing; members nobody knows do nothing either and are recorded as unknown, so that no plugin fails over a host it does not need.

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { CompletionRequest, EngineFactory } from "../define/engine.js";
import { bridgeFor, stateDirectory } from "./bridge.js";
import { KNOWN_NO_OPS } from "./known-api.js";
import { noOp } from "./no-op.js";
import { silentLogger } from "./stand-ins.js";

export type RegistrationMode = "full" | "discovery";
export type HookHandler = (event: unknown, context: unknown) => unknown;

/** What one run of a plugin's register function left behind. */
export interface Registration {
  engines: Map<string, EngineFactory>;
  hooks: Map<string, HookHandler[]>;
  /** registerContextEngine calls that were not (non-empty string, function), described. */
  ignored: string[];
}

export interface PluginIdentity {
  id: string;
  name: string;
  version: string;
  /** Entry file. */
  source: string;
  root: string;
  config: Record<string, unknown>;
  pluginConfig: Record<string, unknown>;
}

/** The host release whose interface this is. */
const HOST_VERSION = "2026.9.6";

type Members = Record<string, unknown>;

function sessionsFolder(agentId: unknown): string {
  return join(stateDirectory(), "agents", typeof agentId === "string" && agentId !== "" ? agentId : "main", "sessions");
}

function readStore(path: unknown): unknown {
  try {
    return JSON.parse(readFileSync(String(path), "utf8"));
  } catch {
    return {};
  }
}

interface SessionFileOptions {
  agentId?: string;
  sessionsDir?: string;
  storePath?: string;
}

function sessionFilePath(sessionId: string, entry?: { sessionFile?: string }, options: SessionFileOptions = {}): string {
  const store = options.storePath === undefined ? undefined : dirname(options.storePath);
  const folder = options.sessionsDir ?? store ?? sessionsFolder(options.agentId);
  return entry?.sessionFile ? resolve(folder, entry.sessionFile) : join(folder, `${sessionId}.jsonl`);
}

function runtimeMembers(identity: PluginIdentity): Members {
  const agentFolder = (_config?: unknown, agentId?: unknown) => join(dirname(sessionsFolder(agentId)), "agent");
  return {
    version: HOST_VERSION,
    config: { current: () => identity.config, loadConfig: () => identity.config },
    logging: { shouldLogVerbose: () => false, getChildLogger: () => silentLogger() },
    llm: { complete: async (request: CompletionRequest) => bridgeFor("api.runtime.llm.complete").complete(request) },
    state: { resolveStateDir: () => stateDirectory() },
    modelAuth: { getApiKeyForModel: async () => undefined, resolveApiKeyForProvider: async () => undefined },
    agent: {
      resolveAgentDir: agentFolder,
      resolveAgentWorkspaceDir: () => join(stateDirectory(), "workspace"),
      session: {
        resolveStorePath: (_store?: unknown, options?: SessionFileOptions) =>
          join(sessionsFolder(options?.agentId), "sessions.json"),
        loadSessionStore: readStore,
        resolveSessionFilePath: sessionFilePath,
        getSessionEntry: () => undefined,
        listSessionEntries: () => [],
      },
    },
  };
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function apiMembers(identity: PluginIdentity, mode: RegistrationMode, registration: Registration): Members {
  return {
    id: identity.id,
    name: identity.name,
    version: identity.version,
    description: "",
    source: identity.source,
    rootDir: identity.root,
    registrationMode: mode,
    config: identity.config,
    pluginConfig: identity.pluginConfig,
    logger: silentLogger(),
    runtime: runtimeMembers(identity),
    resolvePath: (path: string) => (path.startsWith("~") ? join(homedir(), path.slice(1)) : resolve(path)),
    on(event: unknown, handler: unknown) {
      if (typeof event !== "string" || typeof handler !== "function") return;
      registration.hooks.set(event, [...(registration.hooks.get(event) ?? []), handler as HookHandler]);
    },
    registerContextEngine(id: unknown, factory: unknown) {
      if (typeof id === "string" && id !== "" && typeof factory === "function")
        registration.engines.set(id, factory as EngineFactory);
      else registration.ignored.push(`registerContextEngine(${kindOf(id)}, ${kindOf(factory)})`);
    },
  };
}

/** Values whose members are the plugin's business: handed over as they are, not watched. */
const UNWATCHED = new Set(["config", "pluginConfig", "logger"]);

/** Names that no release has, and that plugins try before the one that every release has: answered as a host answers, with nothing. */
const ABSENT = new Set(["llm"]);

function isKnown(path: string): boolean {
  return KNOWN_NO_OPS.has(path) || [...KNOWN_NO_OPS].some((known) => known.endsWith(".*") && path.startsWith(known.slice(0, -1)));
}

function watched(prefix: string, members: Members, touch: (path: string) => void): object {
  const made = new Map<string, unknown>();
  const member = (name: string, path: string): unknown => {
    if (ABSENT.has(path)) {
      touch(`${path} (absent)`);
      return undefined;
    }
    if (!(name in members)) {
      const mark = isKnown(path) ? "" : " (unknown)";
      touch(`${path}${mark}`);
      if (mark === "" && name.startsWith("register")) return () => undefined;
      return noOp(path, (used) => touch(`${used.replace(/\(\)$/, "")}${mark}`));
    }
    const value = members[name];
    touch(path);
    const folder = typeof value === "object" && value !== null && !Array.isArray(value) && !UNWATCHED.has(path);
    return folder ? watched(`${path}.`, value as Members, touch) : value;
  };
  return new Proxy(members, {
    get(target, name) {
      if (typeof name === "symbol" || name === "then") return Reflect.get(target, name);
      if (!made.has(name)) made.set(name, member(name, `${prefix}${name}`));
      return made.get(name);
    },
    set(_target, name, value) {
      if (typeof name === "string") made.set(name, value);
      return true;
    },
  });
}

/** A fresh api object and what is registered through it. `touch` is told the dotted path of every member read. */
export function pluginApi(identity: PluginIdentity, mode: RegistrationMode, touch: (path: string) => void) {
  const registration: Registration = { engines: new Map(), hooks: new Map(), ignored: [] };
  return { api: watched("", apiMembers(identity, mode, registration), touch), registration };
}
