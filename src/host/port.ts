// The only place that awaits an engine. Every call is projected to what the engine accepts, copied, bounded in time and recorded;
// a throw or a broken answer is data, never an accident of the harness.

import {
  type CallEvent,
  type CallPhase,
  type ContextEngine,
  type EngineFactory,
  type EngineInfo,
  type EngineMethod,
  type FactoryContext,
  type Message,
  PROJECTABLE_PARAMS,
  type SessionRef,
  type TurnRef,
} from "../define/index.js";
import { after, realNowMs, TIMED_OUT, within } from "./clock.js";
import { jsonCopy } from "./clone.js";
import { readInfo } from "./engine-info.js";
import { giveCopy, mutation, recordable } from "./given.js";
import { Killed, type Kills } from "./kills.js";
import { KnownMessages } from "./known-messages.js";
import type { Overlap } from "./overlap.js";
import type { Recorder } from "./recorder.js";
import type { Surroundings } from "./surroundings.js";
import { thrownData } from "./thrown.js";

export interface Instance {
  number: number;
  engine: ContextEngine;
  disposed: boolean;
}

export interface About {
  session?: SessionRef;
  turn?: TurnRef;
  phase: CallPhase;
  deliveredFrom?: number;
  fileEntries?: NonNullable<CallEvent["fileEntries"]>;
}

export type Outcome = { status: "returned"; result: unknown; call: number } | { status: "threw"; call: number };

export interface PortLimits {
  callTimeoutMs: number;
  compactTimeoutMs: number;
}

interface InFlight {
  call: number;
  method: EngineMethod | "factory";
  fate: ReturnType<Kills["fate"]>;
  params: Record<string, unknown>;
  given: Record<string, unknown>;
}

/** Called around every call: the supervisor's view of what is in flight. */
export interface CallWatch {
  before(call: { call: number; method: string; step: string }): void;
  after(): void;
}

export class EnginePort {
  process = 1;
  private instances = 0;
  /** Set when the engine lives in a process of its own. */
  kills: Kills | undefined;
  /** Set while steps overlap: decides which pending call settles next. */
  overlap: Overlap | undefined;
  info: EngineInfo | undefined;
  /** Called before every call. */
  passTime: () => void = () => {};
  engineCalls = 0;
  blockedMs = 0;
  /** Calls that did not settle in time or ended the process; compaction may wait for a summariser that never answers and is not counted. */
  unanswered = 0;
  private readonly known = new KnownMessages();

  constructor(
    private readonly recorder: Recorder,
    private readonly limits: PortLimits,
    private readonly durable: boolean,
    private readonly watch: CallWatch | undefined,
    private readonly surroundings: Surroundings,
  ) {}

  newProcess(): void {
    this.process++;
    this.instances = 0;
  }

  async make(factory: EngineFactory, context: FactoryContext): Promise<Instance | undefined> {
    const number = ++this.instances;
    const outcome = await this.run(number, "factory", { ...context }, { phase: "factory" }, (given) =>
      factory(given as FactoryContext),
    );
    if (outcome.status === "threw" || outcome.result === null || typeof outcome.result !== "object") return undefined;
    const engine = outcome.result as ContextEngine;
    this.info = readInfo(engine);
    return { number, engine, disposed: false };
  }

  has(instance: Instance, method: EngineMethod): boolean {
    try {
      return typeof instance.engine[method] === "function";
    } catch {
      return false;
    }
  }

  async call(instance: Instance, method: EngineMethod, params: object, about: About): Promise<Outcome> {
    const projected = this.project(method, params as Record<string, unknown>);
    return this.run(instance.number, method, projected, about, (given) =>
      (instance.engine[method] as (p: unknown) => unknown).call(instance.engine, method === "dispose" ? undefined : given),
    );
  }

  /** A handle the engine gave out is called, e.g. the rollback of a prepared spawn. */
  async handle(instance: Instance, name: EngineMethod, about: About, invoke: () => unknown): Promise<Outcome> {
    return this.run(instance.number, name, {}, about, invoke);
  }

  private project(method: EngineMethod, params: Record<string, unknown>): Record<string, unknown> {
    const accepted = this.info?.acceptedHostParams;
    if (!this.durable || !Array.isArray(accepted) || method === "prepareSubagentSpawn" || method === "onSubagentEnded")
      return params;
    const out: Record<string, unknown> = {};
    for (const name of Object.keys(params)) {
      const removable =
        (PROJECTABLE_PARAMS as readonly string[]).includes(name) && !(method === "compact" && name === "abortSignal");
      if (!removable || accepted.includes(name)) out[name] = params[name];
    }
    return out;
  }

  private async run(
    engine: number,
    method: EngineMethod | "factory",
    params: Record<string, unknown>,
    about: About,
    invoke: (given: Record<string, unknown>) => unknown,
  ): Promise<Outcome> {
    const fate = this.kills?.fate(this.recorder.step, method);
    if (this.kills && fate?.moment === "before") {
      await this.kills.strike();
      throw new Killed(undefined, method, "before", true);
    }
    this.passTime();
    const call = this.recorder.nextCall();
    this.engineCalls++;
    const given = method === "dispose" ? params : giveCopy(params);
    if (this.recorder.on) this.recordCall(call, engine, method, params, about);
    this.watch?.before({ call, method, step: this.recorder.step });
    const cancel = this.armed(fate);
    let own: unknown;
    this.surroundings.enter();
    try {
      const result = await this.answer(method, invoke, given);
      // A view becomes the run's history: the host works on its own copy, which nobody changes any more.
      own = result === TIMED_OUT ? result : method === "assemble" ? this.known.view(result) : forHost(method, result);
    } catch (error) {
      this.surroundings.leave();
      return this.failed(error, { call, method, fate, params, given });
    } finally {
      cancel?.();
      this.watch?.after();
    }
    // From here on nothing is the engine's: what throws is a fault of ctxspec.
    if (own === TIMED_OUT) {
      const message = `${method} did not settle within ${this.limitOf(method)} ms`;
      this.threw(call, { name: "CallTimeout", message, isError: true }, "timeout", params, given);
      return { status: "threw", call };
    }
    this.returned(call, method, own, params, given);
    if (this.kills && fate?.moment === "after") {
      await this.kills.strike();
      throw new Killed(call, method, "after", true);
    }
    return { status: "returned", result: own, call };
  }

  private limitOf = (method: string) => (isSlow(method) ? this.limits.compactTimeoutMs : this.limits.callTimeoutMs);

  /** Calls the engine and waits for it, as long as it may take. Throws what it throws; the true globals are back in any case but that. */
  private async answer(
    method: EngineMethod | "factory",
    invoke: (given: Record<string, unknown>) => unknown,
    given: Record<string, unknown>,
  ): Promise<unknown> {
    const startedAt = realNowMs();
    const answer = invoke(given);
    const waits = isThenable(answer);
    if (!waits || this.overlap) this.surroundings.leave();
    this.blockedMs = Math.max(this.blockedMs, realNowMs() - startedAt);
    const pending = waits ? within(answer, this.limitOf(method)) : answer;
    const result = await (this.overlap ? this.overlap.hold(pending) : pending);
    this.surroundings.leave();
    if (result === TIMED_OUT && !isSlow(method)) this.unanswered++;
    return result;
  }

  /** The engine threw, or its process is gone: by a kill of the case, or by itself. Throws Killed where the process is gone. */
  private failed(error: unknown, { call, method, fate, params, given }: InFlight): Outcome {
    if (error instanceof Killed) throw error;
    const ended = this.kills?.endedBy(error, fate);
    if (ended === "kill") throw new Killed(call, method, fate?.moment ?? "elapsed", true);
    if (ended === "engine") {
      this.unanswered++;
      const gone = { name: "ProcessGone", message: `the process ended in ${method}`, isError: true };
      this.threw(call, gone, "process", params, given);
      throw new Killed(call, method, "by itself", false);
    }
    this.threw(call, thrownData(error), "engine", params, given);
    return { status: "threw", call };
  }

  private recordCall(
    call: number,
    engine: number,
    method: EngineMethod | "factory",
    params: Record<string, unknown>,
    about: About,
  ): void {
    const messages = (params.messages ?? (params.message ? [params.message] : undefined)) as Message[] | undefined;
    if (messages) this.known.add(messages);
    this.recorder.add({
      kind: "call",
      call,
      engine,
      process: this.process,
      method,
      ...about,
      names: Object.keys(params).sort(),
      params: recordable(params),
      ...(messages ? { messages } : {}),
    });
  }

  /** A kill inside the call that begins: at a file write, or after real time. */
  private armed(fate: ReturnType<Kills["fate"]>): (() => void) | undefined {
    const { kills } = this;
    if (!kills || !fate) return undefined;
    if (fate.moment === "write") kills.process.armWriteKill(fate.n);
    return fate.moment === "elapsed" ? after(fate.ms, () => void kills.strike()) : undefined;
  }

  private returned(
    call: number,
    method: string,
    result: unknown,
    params: Record<string, unknown>,
    given: Record<string, unknown>,
  ): void {
    if (!this.recorder.on) return;
    const mutated = mutation(params, given);
    const copy =
      method === "factory"
        ? { info: jsonCopy(readInfo(result as ContextEngine)) }
        : method === "assemble"
          ? result
          : jsonCopy(result);
    const view = method === "assemble" ? (copy as { messages?: unknown } | null | undefined)?.messages : undefined;
    this.recorder.add({
      kind: "return",
      call,
      ...(copy !== undefined ? { result: copy } : {}),
      ...(Array.isArray(view) ? { view } : {}),
      ...(mutated ? { mutated } : {}),
    });
  }

  private threw(
    call: number,
    error: { name: string; message: string; isError: boolean },
    cause: "engine" | "timeout" | "process",
    params: Record<string, unknown>,
    given: Record<string, unknown>,
  ): void {
    const mutated = this.recorder.on ? mutation(params, given) : undefined;
    this.recorder.add({ kind: "throw", call, error, cause, ...(mutated ? { mutated } : {}) });
  }
}

/** What the host goes on with: a copy, for reading an engine's object may throw; but instances and handles hold functions. */
function forHost(method: EngineMethod | "factory", result: unknown): unknown {
  return method === "factory" || method === "prepareSubagentSpawn" ? result : jsonCopy(result);
}

/** They may wait for a summariser. */
const isSlow = (method: string): boolean => method === "compact" || method === "maintain";

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value !== null && typeof value === "object" && typeof (value as { then?: unknown }).then === "function";
}
