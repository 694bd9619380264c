// The host's side of the wire: an engine in another process looks like any other engine. A process that goes away rejects what is pending.

import {
  type BridgeHolder,
  type ContextEngine,
  ENGINE_METHODS,
  type EngineFactory,
  type EngineProcess,
  HOST_BRIDGE,
  ProcessGone,
} from "../../define/index.js";
import { encode, errorData, errorFrom, type FromEngine, type RemoteInstance, type ToEngine } from "./wire.js";

/** The process as its owner holds it. */
export interface RemoteChannel {
  send(message: ToEngine): void;
  onMessage(handler: (message: FromEngine) => void): void;
  onGone(handler: () => void): void;
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** The engine could not be loaded in its process, although it could before. */
export class EngineRefused extends Error {
  override readonly name = "EngineRefused";
}

/** Resolves when the engine's process is ready; rejects with the reason it could not load the engine. */
export function connectEngine(channel: RemoteChannel): Promise<EngineProcess> {
  return new Promise((resolve, reject) => {
    const client = new EngineClient(channel);
    channel.onGone(() => {
      client.gone();
      reject(new ProcessGone("the engine's process ended while it was loading"));
    });
    channel.onMessage((message) => {
      if (message.op === "ready") resolve(client.process());
      else if (message.op === "failed")
        reject(message.byEngine ? new EngineRefused(message.message) : new Error(message.message));
      else client.take(message);
    });
  });
}

class EngineClient {
  private readonly pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  private readonly functions = new Map<string, (...args: unknown[]) => unknown>();
  private readonly names = new WeakMap<object, string>();
  private readonly signals = new WeakMap<AbortSignal, number>();
  private readonly aborts = new Map<number, AbortController>();
  private ids = 0;
  private isGone = false;
  private killAtWrite = 0;
  private writesSeen = 0;
  private nowMs = 0;

  constructor(private readonly channel: RemoteChannel) {}

  process(): EngineProcess {
    return {
      factory: ((context) => this.make(context)) as EngineFactory,
      settle: (limitMs) => this.ask({ op: "settle", id: this.nextId(), limitMs }) as Promise<Record<string, number> | undefined>,
      residue: () => this.ask({ op: "residue", id: this.nextId() }) as ReturnType<EngineProcess["residue"]>,
      setClock: (atMs) => {
        this.nowMs = atMs;
      },
      armWriteKill: (n) => {
        this.killAtWrite = n;
      },
      kill: () => this.channel.kill(),
      close: () => this.channel.close(),
      writes: () => this.writesSeen,
    };
  }

  private nextId(): number {
    return ++this.ids;
  }

  private ask(message: Extract<ToEngine, { id: number }>): Promise<unknown> {
    if (this.isGone) return Promise.reject(new ProcessGone("the engine's process is gone"));
    return new Promise((resolve, reject) => {
      this.pending.set(message.id, { resolve, reject });
      this.channel.send(message);
    });
  }

  gone(): void {
    this.isGone = true;
    for (const { reject } of this.pending.values()) reject(new ProcessGone("the engine's process ended in this call"));
    this.pending.clear();
  }

  take(message: Exclude<FromEngine, { op: "ready" } | { op: "failed" }>): void {
    if (message.op === "callback") {
      void this.callback(message);
      return;
    }
    if (message.op === "callback-abort") {
      this.aborts.get(message.callback)?.abort();
      return;
    }
    this.writesSeen = message.writes;
    const waiter = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.ok) waiter?.resolve(message.value);
    else waiter?.reject(errorFrom(message.error));
  }

  private async callback(message: Extract<FromEngine, { op: "callback" }>): Promise<void> {
    const controller = new AbortController();
    this.aborts.set(message.callback, controller);
    const [first, ...rest] = message.args;
    const request =
      message.hasSignal && first !== null && typeof first === "object" ? { ...first, signal: controller.signal } : first;
    try {
      const value = await this.functionNamed(message.name)(request, ...rest);
      this.channel.send({ op: "answer", callback: message.callback, nowMs: this.nowMs, ok: true, value });
    } catch (error) {
      const value = errorData(error);
      this.channel.send({ op: "answer", callback: message.callback, nowMs: this.nowMs, ok: false, value });
    }
    this.aborts.delete(message.callback);
  }

  private functionNamed(name: string): (...args: unknown[]) => unknown {
    const bridge = (globalThis as BridgeHolder)[HOST_BRIDGE] as unknown as
      | Record<string, (...args: unknown[]) => unknown>
      | undefined;
    const found = name.startsWith("bridge.") ? bridge?.[name.slice("bridge.".length)] : this.functions.get(name);
    if (!found) throw new Error(`${name} is not lent to the engine now`);
    return found;
  }

  private async make(context: unknown): Promise<ContextEngine> {
    const made = (await this.ask({ op: "factory", id: this.nextId(), context, nowMs: this.nowMs })) as RemoteInstance;
    if (made === null || typeof made !== "object" || typeof made.instance !== "number") return made as unknown as ContextEngine;
    const engine: Record<string, unknown> = { info: made.info };
    for (const method of ENGINE_METHODS)
      if (made.methods.includes(method)) engine[method] = (params: unknown) => this.callMethod(made.instance, method, params);
    return engine as unknown as ContextEngine;
  }

  private async callMethod(instance: number, method: string, params: unknown): Promise<unknown> {
    const killAtWrite = this.killAtWrite;
    this.killAtWrite = 0;
    this.writesSeen = 0;
    const id = this.nextId();
    const plain = encode(params, (value) => (value instanceof AbortSignal ? this.nameSignal(value) : this.nameFunction(value)));
    const result = await this.ask({ op: "call", id, instance, method, params: plain, nowMs: this.nowMs, killAtWrite });
    return this.withHandle(result);
  }

  private nameFunction(value: unknown): { $function: string } {
    const known = this.names.get(value as object) ?? `f${this.nextId()}`;
    this.names.set(value as object, known);
    this.functions.set(known, value as (...args: unknown[]) => unknown);
    return { $function: known };
  }

  private nameSignal(signal: AbortSignal): { $signal: number } {
    const known = this.signals.get(signal);
    if (known !== undefined) return { $signal: known };
    const id = this.nextId();
    this.signals.set(signal, id);
    const abort = () => !this.isGone && this.channel.send({ op: "abort", signal: id });
    if (signal.aborted) queueMicrotask(abort);
    else signal.addEventListener("abort", abort, { once: true });
    return { $signal: id };
  }

  private withHandle(result: unknown): unknown {
    const handle = (result as { rollback?: { $handle?: number } } | null | undefined)?.rollback?.$handle;
    if (handle === undefined) return result;
    return { ...(result as object), rollback: () => this.ask({ op: "handle", id: this.nextId(), handle, nowMs: this.nowMs }) };
  }
}
