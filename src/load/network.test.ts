import dgram from "node:dgram";
import dns from "node:dns";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { folderWith } from "./fixtures/engine-folder.fixture.js";
import { networkRefused, refuseNetwork } from "./network.js";

let restore = () => {};
let refused: string[] = [];

function refuse(): void {
  refused = [];
  restore = refuseNetwork((target) => refused.push(target));
}

async function errorOf(emitter: NodeJS.EventEmitter): Promise<{ code?: string }> {
  const [error] = (await once(emitter, "error")) as [{ code?: string }];
  return error;
}

afterEach(() => restore());

describe("refuseNetwork", () => {
  it("refuses sockets, loopback included, in the way a machine without a network does", async () => {
    refuse();
    expect(await errorOf(net.connect(9, "127.0.0.1"))).toMatchObject({ code: "ECONNREFUSED" });
    expect(await errorOf(net.connect({ host: "example.org", port: 80 }))).toMatchObject({ code: "ECONNREFUSED" });
    expect(await errorOf(new net.Socket().connect(7))).toMatchObject({ code: "ECONNREFUSED" });
    expect(refused).toEqual(["tcp 127.0.0.1:9", "tcp example.org:80", "tcp localhost:7"]);
  });

  it("refuses what is built on sockets", async () => {
    refuse();
    expect(await errorOf(http.get("http://localhost:9/x"))).toMatchObject({ code: "ECONNREFUSED" });
    expect(await errorOf(tls.connect(443, "example.org"))).toMatchObject({ code: "ECONNREFUSED" });
    expect(refused).toEqual(["tcp localhost:9", "tcp example.org:443"]);
  });

  it("refuses fetch, but not data URLs", async () => {
    refuse();
    await expect(fetch("https://example.org/a")).rejects.toMatchObject({
      message: "fetch failed",
      cause: { code: "ECONNREFUSED" },
    });
    await expect(fetch(new Request("http://localhost:1/"))).rejects.toThrow(TypeError);
    expect(await (await fetch("data:text/plain,hi")).text()).toBe("hi");
    expect(refused).toEqual(["https://example.org/a", "http://localhost:1/"]);
  });

  it("refuses look-ups and datagrams", async () => {
    refuse();
    await expect(dns.promises.lookup("example.org")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const looked = await new Promise((done) => dns.lookup("localhost", (error) => done(error?.code)));
    expect(looked).toBe("ECONNREFUSED");
    const resolved = await new Promise((done) => new dns.Resolver().resolve4("example.org", (error) => done(error?.code)));
    expect(resolved).toBe("ECONNREFUSED");
    const socket = dgram.createSocket("udp4");
    const sent = await new Promise((done) =>
      socket.send("x", 53, "10.0.0.1", (error) => done((error as { code?: string } | null)?.code)),
    );
    expect(sent).toBe("ECONNREFUSED");
    expect(refused).toEqual(["dns example.org", "dns localhost", "dns example.org", "udp 10.0.0.1:53"]);
  });

  it("lets unix sockets pass", async () => {
    const path = join(folderWith({}), "s.sock");
    const server = net.createServer((socket) => socket.end("hello")).listen(path);
    await once(server, "listening");
    refuse();
    const [data] = (await once(net.connect(path), "data")) as [Buffer];
    expect(String(data)).toBe("hello");
    expect(refused).toEqual([]);
    server.close();
  });

  it("puts everything back", async () => {
    const before = [net.Socket.prototype.connect, dns.lookup, dns.promises.lookup, globalThis.fetch, dgram.Socket.prototype.send];
    refuse();
    expect(networkRefused()).toBe(true);
    restore();
    restore();
    expect(networkRefused()).toBe(false);
    expect([
      net.Socket.prototype.connect,
      dns.lookup,
      dns.promises.lookup,
      globalThis.fetch,
      dgram.Socket.prototype.send,
    ]).toEqual(before);
    const server = net.createServer((socket) => socket.end("back")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const [data] = (await once(net.connect((server.address() as net.AddressInfo).port, "127.0.0.1"), "data")) as [Buffer];
    expect(String(data)).toBe("back");
    server.close();
  });
});
