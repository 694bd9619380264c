// Runs a plugin's register function as a gateway does: twice per process, in mode "full" and then "discovery".
// A plugin may work out its paths while registering, so it is registered anew whenever the host's state directory has changed:
// without that, state of one case would show up in the next. Chooses no engine and creates no instance.

import type { EngineFactory } from "../define/engine.js";
import { currentBridge } from "./bridge.js";
import { describeThrown } from "./import-module.js";
import { type HookHandler, type PluginIdentity, pluginApi, type Registration, type RegistrationMode } from "./plugin-api.js";

export type Register = (api: object) => unknown;

/** Leaves out what only led to a deeper member, e.g. "runtime" beside "runtime.llm.complete". */
function withoutPrefixes(paths: ReadonlySet<string>): string[] {
  const all = [...paths].sort();
  return all.filter((path) => !all.some((other) => other.startsWith(`${path.replace(" (unknown)", "")}.`)));
}

export class PluginRegistrar {
  readonly notes: string[] = [];
  private readonly touched = new Set<string>();
  private current: Registration = { engines: new Map(), hooks: new Map(), ignored: [] };
  private registeredFor: string | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly identity: PluginIdentity,
    private readonly registers: readonly Register[],
  ) {}

  /** Registers for the first time. Rejects with whatever register threw in mode "full". */
  async start(): Promise<void> {
    this.registeredFor = currentBridge()?.stateDir();
    this.current = await this.run("full");
    const discovered = await this.discover();
    if ("threw" in discovered) this.notes.push(`register(api) threw in mode "discovery": ${describeThrown(discovered.threw)}`);
    else if (this.current.engines.size === 0 && discovered.engines.size > 0) {
      this.notes.push('the plugin registers its engine only in mode "discovery"');
      this.current = discovered;
    }
  }

  engineIds(): string[] {
    return [...this.current.engines.keys()];
  }

  ignored(): string[] {
    return [...new Set(this.current.ignored)];
  }

  /** Members of the api object read so far, sorted. */
  touchedMembers(): string[] {
    return withoutPrefixes(this.touched);
  }

  hooks(event: string): readonly HookHandler[] {
    return this.current.hooks.get(event) ?? [];
  }

  /** The factory of engine `id`, registered anew first when another case is being played than before. */
  async factoryOf(id: string): Promise<EngineFactory> {
    this.turn = this.turn.catch(() => {}).then(() => this.follow(id));
    await this.turn;
    const factory = this.current.engines.get(id);
    if (factory === undefined) throw new Error(`the plugin registers no engine "${id}"`);
    return factory;
  }

  private async follow(id: string): Promise<void> {
    const stateDir = currentBridge()?.stateDir();
    if (stateDir === undefined || stateDir === this.registeredFor) return;
    this.registeredFor = stateDir;
    const fresh = await this.run("full");
    await this.discover();
    // A plugin that registers once per process keeps what it registered then.
    if (fresh.engines.has(id)) this.current = fresh;
  }

  private async run(mode: RegistrationMode): Promise<Registration> {
    const { api, registration } = pluginApi(this.identity, mode, (path) => this.touched.add(path));
    for (const register of this.registers) await register(api);
    return registration;
  }

  /** The second registration never replaces what the first one left, and its failure is no failure of the plugin. */
  private async discover(): Promise<Registration | { threw: unknown }> {
    try {
      return await this.run("discovery");
    } catch (error) {
      return { threw: error };
    }
  }
}
