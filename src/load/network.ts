// No engine reaches the network while it is tested: every outgoing connection, datagram, look-up and fetch fails at once and is recorded.
// Refusals look like a machine without a network (code ECONNREFUSED), so an engine can handle them as it would in the field.
// Unix sockets and pipes named by a path pass: they lie in the engine's own directories.

import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

/** Told of each refused target: "tcp host:port", "udp host:port", "dns name" or a URL. */
export type RefusalListener = (target: string) => void;

type Callable = (...args: unknown[]) => unknown;
type Members = Record<string, unknown>;

let active = 0;

/** Whether the network is refused in this process. */
export function networkRefused(): boolean {
  return active > 0;
}

function refusal(syscall: string, target: string): Error {
  const message = `${syscall} ECONNREFUSED ${target} (the network is refused while an engine is tested)`;
  return Object.assign(new Error(message), { code: "ECONNREFUSED", errno: -111, syscall });
}

interface SocketTarget {
  path?: unknown;
  host?: unknown;
  port?: unknown;
}

/** What Socket.connect was asked for: (options), (path), (port, host), or net's own normalised [options, callback]. */
function socketTarget(args: unknown[]): SocketTarget {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === "object" && first !== null) return first as SocketTarget;
  if (typeof first === "string" && !/^\d+$/.test(first)) return { path: first };
  return { port: first, host: typeof args[1] === "string" ? args[1] : undefined };
}

function refusedSocket(original: Callable, onRefused: RefusalListener): Callable {
  return function connect(this: net.Socket, ...args: unknown[]) {
    const target = socketTarget(args);
    if (target.path !== undefined && target.path !== null) return original.apply(this, args);
    const place = `${String(target.host ?? "localhost")}:${String(target.port ?? "?")}`;
    onRefused(`tcp ${place}`);
    process.nextTick(() => this.destroy(refusal("connect", place)));
    return this;
  };
}

function refusedDatagram(onRefused: RefusalListener): Callable {
  return function refuse(this: dgram.Socket, ...args: unknown[]) {
    const numbers = args.filter((value) => typeof value === "number");
    const texts = args.slice(1).filter((value) => typeof value === "string");
    const place = `${String(texts[0] ?? "localhost")}:${String(numbers.at(-1) ?? "?")}`;
    onRefused(`udp ${place}`);
    const callback = args.find((value) => typeof value === "function") as Callable | undefined;
    process.nextTick(() => {
      if (callback) callback(refusal("send", place));
      else this.emit("error", refusal("send", place));
    });
  };
}

function refusedLookup(onRefused: RefusalListener): Callable {
  return (...args) => {
    onRefused(`dns ${String(args[0])}`);
    const callback = args.find((value) => typeof value === "function") as Callable | undefined;
    process.nextTick(() => callback?.(refusal("getaddrinfo", String(args[0]))));
  };
}

function refusedLookupPromise(onRefused: RefusalListener): Callable {
  return (name) => {
    onRefused(`dns ${String(name)}`);
    return Promise.reject(refusal("getaddrinfo", String(name)));
  };
}

function refusedFetch(original: Callable, onRefused: RefusalListener): Callable {
  return function fetch(...args: unknown[]) {
    const asked = args[0];
    const url = asked instanceof Request ? asked.url : String(asked);
    if (/^(data|blob):/i.test(url)) return original.apply(globalThis, args);
    onRefused(url);
    return Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: refusal("connect", url) }));
  };
}

function lookupsOf(holder: object): string[] {
  return Object.getOwnPropertyNames(holder).filter((name) => /^(lookup|lookupService|resolve\w*|reverse)$/.test(name));
}

/**
 * Refuses the network for this process, loopback included.
 * @param onRefused called at once for every refused attempt.
 * @returns puts everything back; calling it again does nothing.
 */
export function refuseNetwork(onRefused: RefusalListener): () => void {
  const undo: (() => void)[] = [];
  const replace = (holder: object, name: string, make: (original: Callable) => Callable) => {
    const members = holder as Members;
    const original = members[name];
    if (typeof original !== "function") return;
    members[name] = make(original as Callable);
    undo.push(() => {
      members[name] = original;
    });
  };
  replace(net.Socket.prototype, "connect", (original) => refusedSocket(original, onRefused));
  replace(dgram.Socket.prototype, "send", () => refusedDatagram(onRefused));
  replace(dgram.Socket.prototype, "connect", () => refusedDatagram(onRefused));
  for (const holder of [dns, dns.Resolver.prototype])
    for (const name of lookupsOf(holder)) replace(holder, name, () => refusedLookup(onRefused));
  for (const holder of [dns.promises, dns.promises.Resolver.prototype])
    for (const name of lookupsOf(holder)) replace(holder, name, () => refusedLookupPromise(onRefused));
  replace(globalThis, "fetch", (original) => refusedFetch(original, onRefused));
  syncBuiltinESMExports();
  active++;
  return () => {
    if (undo.length === 0) return;
    for (const step of undo.splice(0).reverse()) step();
    syncBuiltinESMExports();
    active--;
  };
}
