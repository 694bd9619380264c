import { describe, expect, it } from "vitest";
import { type EngineFactory, type EngineProcess, ProcessGone } from "../define/index.js";
import type { CaseDirs } from "./dirs.js";
import { callSparsely } from "./sparse.js";

const dirs = { root: "/r", home: "/r/home", state: "/r/state", agent: "/r/agent", workspace: "/r/work" } as unknown as CaseDirs;

function asked(factory: EngineFactory) {
  const seen: { cwd?: string | undefined; closed: boolean } = { closed: false };
  const close = async () => {
    seen.closed = true;
  };
  const spawn = async (given: { cwd?: string }) => {
    seen.cwd = given.cwd;
    return { factory, close } as unknown as EngineProcess;
  };
  return { seen, calls: (config = {}) => callSparsely(spawn, dirs, config, 50) };
}

describe("callSparsely", () => {
  it("calls with nothing and with the configuration, in the case's own working directory, and ends the process", async () => {
    const contexts: unknown[] = [];
    const { seen, calls } = asked((context) => {
      contexts.push(context);
      return {} as never;
    });
    expect(await calls({ model: "m" })).toEqual([{ names: [] }, { names: ["config"] }]);
    expect(contexts).toEqual([{}, { config: { model: "m" } }]);
    expect(seen).toEqual({ cwd: "/r/work", closed: true });
  });

  it("says what each call threw, a value that is no error too", async () => {
    const { calls } = asked((context) => {
      if (context.config === undefined) throw new TypeError("config is undefined");
      throw "no folder";
    });
    expect(await calls()).toEqual([
      { names: [], error: { name: "TypeError", message: "config is undefined" } },
      { names: ["config"], error: { name: "string", message: "no folder" } },
    ]);
  });

  it("asks no further once the process is gone or does not answer", async () => {
    const gone = asked(() => Promise.reject(new ProcessGone("the process ended with code 1")));
    expect(await gone.calls()).toEqual([{ names: [], error: { name: "ProcessGone", message: "the process ended with code 1" } }]);
    const silent = asked(() => new Promise(() => {}));
    expect(await silent.calls()).toMatchObject([{ names: [], error: { name: "TimeoutError" } }]);
    expect(silent.seen.closed).toBe(true);
  });

  it("says nothing of an engine whose process could not be started", async () => {
    expect(await callSparsely(() => Promise.reject(new Error("no memory")), dirs, {}, 50)).toEqual([]);
  });
});
