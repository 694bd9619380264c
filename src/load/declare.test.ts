import { existsSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ContextEngine, EngineFactory, FactoryContext } from "../define/engine.js";
import { declare } from "./declare.js";
import { loadedFromFactory } from "./from-factory.js";

const plain = (): ContextEngine => ({
  info: { id: "plain", name: "Plain" },
  ingest: async () => ({ ingested: true }),
  assemble: async () => ({ messages: [], estimatedTokens: 0 }),
  compact: async () => ({ ok: true, compacted: false }),
});

const declared = (make: (context: FactoryContext) => unknown) => declare(loadedFromFactory(make as EngineFactory));
const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.any(String) });

describe("declare", () => {
  it("returns a copy of info and the methods that are there", async () => {
    const engine = { ...plain(), afterTurn: async () => {}, maintain: undefined };
    const found = await declared(() => engine);
    expect(found).toEqual({ info: { id: "plain", name: "Plain" }, methods: ["ingest", "assemble", "compact", "afterTurn"] });
    expect(found.info).not.toBe(engine.info);
  });

  it("finds methods of classes and survives a getter that throws", async () => {
    class Engine {
      info = plain().info;
      ingest = plain().ingest;
      compact = plain().compact;
      assemble = plain().assemble;
      async dispose() {}
      get secret(): never {
        throw new Error("not this one");
      }
      get bootstrap(): never {
        throw new Error("nor this");
      }
    }
    expect((await declared(() => new Engine())).methods).toEqual(["ingest", "assemble", "compact", "dispose"]);
  });

  it("gives the trial instance private directories, removed afterwards, and disposes it", async () => {
    const seen: FactoryContext[] = [];
    const homes: string[] = [];
    let disposed = 0;
    await declared(async (context) => {
      seen.push(context);
      homes.push(homedir());
      writeFileSync(join(context.agentDir ?? "", "file"), "x");
      return { ...plain(), dispose: () => disposed++ };
    });
    expect(disposed).toBe(1);
    expect(seen[0]?.config).toEqual({});
    expect(existsSync(seen[0]?.agentDir ?? "")).toBe(false);
    expect(homes[0]).not.toBe(homedir());
  });

  it("is not troubled by a dispose that throws, nor by a network call", async () => {
    const engine = () => ({ ...plain(), dispose: () => Promise.reject(new Error("late")) });
    expect((await declared(engine)).info.id).toBe("plain");
    const calling = async () => {
      const answer = await fetch("https://example.org").catch((error: Error) => error.message);
      return { ...plain(), info: { id: "plain", name: String(answer) } };
    };
    expect((await declared(calling)).info.name).toBe("fetch failed");
  });

  it("names a factory that throws, whatever it throws", async () => {
    const thrown = (value: unknown) =>
      declared(() => {
        throw value;
      });
    await expect(thrown(new TypeError("no database"))).rejects.toEqual(failing("engine-factory-threw", /TypeError: no database/));
    await expect(thrown(undefined)).rejects.toEqual(failing("engine-factory-threw", /thrown undefined/));
    await expect(declared(() => Promise.reject("text"))).rejects.toEqual(failing("engine-factory-threw", /thrown string: text/));
    const asClass = declare(loadedFromFactory(class Engine {} as unknown as EngineFactory));
    await expect(asClass).rejects.toMatchObject({ code: "engine-factory-threw", hint: expect.stringContaining("new TheClass") });
  });

  it("names a result that is no engine", async () => {
    const { compact: _left, ...withoutCompact } = plain();
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const cases: [unknown, RegExp][] = [
      [undefined, /returned undefined/],
      [null, /returned null/],
      [[plain()], /info is undefined/],
      ["engine", /returned string "engine"/],
      [() => plain(), /returned a function/],
      [withoutCompact, /compact is no function/],
      [{ info: plain().info }, /ingest and assemble and compact are no function/],
      [{ ...plain(), info: { id: "", name: "x" } }, /info\.id is ""/],
      [{ ...plain(), info: { id: "x" } }, /info\.name is missing/],
      [{ ...plain(), info: 3 }, /info is number "3"/],
      [{ ...plain(), info: { ...plain().info, cyclic } }, /reading info failed/],
    ];
    for (const [value, message] of cases)
      await expect(declared(() => value)).rejects.toEqual(failing("engine-factory-result", message));
  });
});
