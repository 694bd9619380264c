// The engine's side of the wire: runs a factory and its instances in this process for a host in another one. It can end the process at
// the n-th file write of a call, which is how a crash in the middle of a store is played.

import { type BridgeHolder, ENGINE_METHODS, type EngineAdapter, HOST_BRIDGE } from "../../define/index.js";
import { activeWork, beyond, realNowMs, settled, startClock } from "../clock.js";
import { jsonCopy } from "../clone.js";
import {
  decode,
  type ErrorData,
  encode,
  errorData,
  errorFrom,
  type FromEngine,
  type RemoteInstance,
  type ToEngine,
} from "./wire.js";
import { countWrites } from "./writes.js";

export interface Channel {
  send(message: FromEngine): void;
  onMessage(handler: (message: ToEngine) => void): void;
  close(): void;
}

export function serveEngine(adapter: EngineAdapter, stateDir: string, channel: Channel): void {
  new EngineServer(adapter, channel).start(stateDir);
}

class EngineServer {
  private readonly instances: Record<string, unknown>[] = [];
  private readonly handles: (() => unknown)[] = [];
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  private readonly signals = new Map<number, AbortController>();
  private callbacks = 0;
  private readonly clock = startClock(0);
  private readonly writes = countWrites();
  private idle = activeWork();
  private before = this.idle;
  private blockedMs = 0;

  constructor(
    private readonly adapter: EngineAdapter,
    private readonly channel: Channel,
  ) {}

  start(stateDir: string): void {
    (globalThis as BridgeHolder)[HOST_BRIDGE] = {
      complete: (request) => this.callBack("bridge.complete", [request]) as never,
      delegateCompaction: (params) => this.callBack("bridge.delegateCompaction", [params]) as never,
      readTranscript: (target) => this.callBack("bridge.readTranscript", [target]) as never,
      stateDir: () => stateDir,
    };
    this.channel.onMessage((message) => void this.take(message));
    this.idle = activeWork();
    this.before = this.idle;
    this.channel.send({ op: "ready" });
  }

  private async take(message: ToEngine): Promise<void> {
    switch (message.op) {
      case "factory":
        this.clock.set(message.nowMs);
        return this.answer(message.id, () => this.make(message.context));
      case "call":
        this.clock.set(message.nowMs);
        this.writes.begin(message.killAtWrite);
        return this.answer(message.id, () => this.call(message.instance, message.method, message.params));
      case "handle":
        this.clock.set(message.nowMs);
        return this.answer(message.id, () => this.handles[message.handle]?.());
      case "settle":
        return this.answer(message.id, () => this.settle(message.limitMs));
      case "residue":
        return this.answer(message.id, () => ({ active: beyond(this.before), blockedMs: this.blockedMs }));
      case "answer":
        return this.answered(message);
      case "abort":
        this.signals.get(message.signal)?.abort();
        return;
      case "close":
        this.channel.close();
    }
  }

  private answered(message: Extract<ToEngine, { op: "answer" }>): void {
    this.clock.set(message.nowMs);
    const waiter = this.waiting.get(message.callback);
    this.waiting.delete(message.callback);
    if (message.ok) waiter?.resolve(message.value);
    else waiter?.reject(errorFrom(message.value as ErrorData));
  }

  private async answer(id: number, work: () => unknown): Promise<void> {
    try {
      const value = await work();
      this.channel.send({ op: "result", id, ok: true, value, writes: this.writes.count() });
    } catch (error) {
      this.channel.send({ op: "result", id, ok: false, error: errorData(error), writes: this.writes.count() });
    }
  }

  private async make(context: unknown): Promise<RemoteInstance | unknown> {
    const engine = (await this.adapter.factory(context as never)) as unknown as Record<string, unknown> | null | undefined;
    if (engine === null || typeof engine !== "object") return engine;
    this.instances.push(engine);
    const methods = ENGINE_METHODS.filter((method) => typeof engine[method] === "function");
    return { instance: this.instances.length - 1, info: jsonCopy(engine.info), methods } satisfies RemoteInstance;
  }

  private async call(instance: number, method: string, params: unknown): Promise<unknown> {
    const engine = this.instances[instance] ?? {};
    const given = decode(params, (mark) =>
      mark.$function !== undefined ? this.stub(mark.$function) : this.signal(mark.$signal ?? 0),
    );
    const startedAt = realNowMs();
    const answer = (engine[method] as (p: unknown) => unknown).call(engine, given);
    this.blockedMs = Math.max(this.blockedMs, realNowMs() - startedAt);
    const result = await answer;
    if (method === "prepareSubagentSpawn" && result !== null && typeof result === "object") return this.keepHandle(result);
    return result === undefined ? undefined : jsonCopy(result);
  }

  private keepHandle(result: object): unknown {
    const { rollback } = result as { rollback?: unknown };
    if (typeof rollback !== "function") return jsonCopy(result);
    this.handles.push(() => rollback.call(result));
    return { ...(jsonCopy(result) as object), rollback: { $handle: this.handles.length - 1 } };
  }

  private stub(name: string): (...args: unknown[]) => Promise<unknown> {
    return (...args) => this.callBack(name, args);
  }

  private signal(id: number): AbortSignal {
    const known = this.signals.get(id) ?? new AbortController();
    this.signals.set(id, known);
    return known.signal;
  }

  private callBack(name: string, args: unknown[]): Promise<unknown> {
    const callback = ++this.callbacks;
    let signal: AbortSignal | undefined;
    const plain = args.map((arg) =>
      encode(arg, (value) => {
        if (value instanceof AbortSignal) signal = value;
        return undefined;
      }),
    );
    const promise = new Promise<unknown>((resolve, reject) => this.waiting.set(callback, { resolve, reject }));
    this.channel.send({ op: "callback", callback, name, args: plain, hasSignal: signal !== undefined });
    const abort = () => this.channel.send({ op: "callback-abort", callback });
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
    return promise;
  }

  private async settle(limitMs: number): Promise<unknown> {
    await this.adapter.settle?.();
    const running = await settled(this.idle, limitMs);
    if (running) this.idle = running;
    return running ? Object.fromEntries(running) : undefined;
  }
}
