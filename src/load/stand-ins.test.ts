import { afterEach, describe, expect, it } from "vitest";
import { type BridgeHolder, HOST_BRIDGE, type HostBridge } from "../define/loaded.js";
import type { Message } from "../define/message.js";
import { sdkNamespace } from "./sdk.js";

const holder = globalThis as BridgeHolder;
type Reader = (request: Record<string, unknown>) => Promise<Record<string, unknown>>;
const sdk = (name: string) => (sdkNamespace("openclaw/plugin-sdk/core", "test") as Record<string, Reader>)[name] as Reader;

const user = (text: string): Message => ({ role: "user", content: text, timestamp: 0 });
let transcript: { id: string; message: Message }[] = [];

function playing(part: Partial<HostBridge> = {}): void {
  holder[HOST_BRIDGE] = {
    complete: () => Promise.reject(new Error("not here")),
    delegateCompaction: async (params) => ({ ok: true, compacted: false, reason: params.sessionId }),
    readTranscript: async () => transcript,
    stateDir: () => "/state",
    ...part,
  };
}

afterEach(() => {
  delete holder[HOST_BRIDGE];
  transcript = [];
});

describe("functions that reach back", () => {
  it("say so when no case is played", async () => {
    await expect(sdk("delegateCompactionToRuntime")({})).rejects.toThrow(/no case is being played/);
    await expect(sdk("readVisibleSessionTranscriptMessageEntries")({})).rejects.toThrow(/no case is being played/);
  });

  it("ask the host that plays the case", async () => {
    playing();
    expect(await sdk("delegateCompactionToRuntime")({ sessionId: "s" })).toEqual({ ok: true, compacted: false, reason: "s" });
  });

  it("stay ours beside a real package", () => {
    const real = { delegateCompactionToRuntime: "theirs", other: "theirs" };
    const namespace = sdkNamespace("openclaw/plugin-sdk/core", "test", real) as Record<string, unknown>;
    expect(namespace.other).toBe("theirs");
    expect(typeof namespace.delegateCompactionToRuntime).toBe("function");
    expect(namespace.missing).toBeUndefined();
  });
});

describe("transcript readers", () => {
  const scope = { sessionId: "s", sessionKey: "agent:main:main" };
  const read = sdk("readSessionTranscriptVisibleMessageDelta");

  it("give visible entries with their place", async () => {
    transcript = ["a", "b"].map((id) => ({ id, message: user(id) }));
    playing();
    expect(await sdk("readVisibleSessionTranscriptMessageEntries")(scope)).toMatchObject([
      { entryId: "a", parentId: null, seq: 0, role: "user" },
      { entryId: "b", parentId: "a", seq: 1, message: { content: "b" } },
    ]);
    expect(await sdk("readSessionTranscriptEvents")(scope)).toMatchObject([{ type: "message", id: "a" }, { id: "b" }]);
  });

  it("resume after the cursor, page by page", async () => {
    transcript = ["a", "b", "c"].map((id) => ({ id, message: user(id) }));
    playing();
    const first = await read({ ...scope, maxMessages: 2 });
    expect(first).toMatchObject({ kind: "page", hasMore: true, entries: [{ entryId: "a" }, { entryId: "b" }] });
    const second = await read({ ...scope, cursor: first.cursor });
    expect(second).toMatchObject({ kind: "page", hasMore: false, entries: [{ entryId: "c" }] });
    transcript.push({ id: "d", message: user("d") });
    expect(await read({ ...scope, cursor: second.cursor })).toMatchObject({ entries: [{ entryId: "d" }] });
    expect(await sdk("readSessionTranscriptRawDelta")({ ...scope, cursor: second.cursor })).toMatchObject({
      events: [{ id: "d" }],
    });
  });

  it("reset a cursor that no longer fits", async () => {
    transcript = ["a", "b"].map((id) => ({ id, message: user(id) }));
    playing();
    const { cursor } = await read(scope);
    expect(await read({ ...scope, sessionId: "other", cursor })).toMatchObject({ kind: "reset", reason: "scope_mismatch" });
    expect(await read({ ...scope, cursor: "nonsense" })).toMatchObject({ kind: "reset", reason: "invalid_cursor" });
    transcript = [{ id: "x", message: user("x") }];
    const reset = await read({ ...scope, cursor });
    expect(reset).toMatchObject({ kind: "reset", reason: "anchor_missing" });
    expect(await read({ ...scope, cursor: reset.cursor })).toMatchObject({ kind: "page", entries: [{ entryId: "x" }] });
  });

  it("name the bytes a page needs when the next message alone is too long", async () => {
    transcript = [{ id: "a", message: user("x".repeat(500)) }];
    playing();
    const page = await read({ ...scope, maxBytes: 100 });
    expect(page).toMatchObject({ kind: "page", entries: [], hasMore: true });
    expect(page.requiredBytes).toBeGreaterThan(500);
  });
});

describe("other stand-ins", () => {
  it("queue tasks of one key one after another", async () => {
    const { KeyedAsyncQueue } = sdkNamespace("openclaw/plugin-sdk/core", "test") as {
      KeyedAsyncQueue: new () => { enqueue<T>(key: string, task: () => Promise<T>): Promise<T> };
    };
    const queue = new KeyedAsyncQueue();
    const order: string[] = [];
    const task = (name: string) => async () => {
      order.push(`${name} in`);
      await Promise.resolve();
      order.push(`${name} out`);
      return name;
    };
    const failing = queue.enqueue("k", () => Promise.reject(new Error("no")));
    const results = Promise.all([queue.enqueue("k", task("a")), queue.enqueue("k", task("b"))]);
    await expect(failing).rejects.toThrow("no");
    expect(await results).toEqual(["a", "b"]);
    expect(order).toEqual(["a in", "a out", "b in", "b out"]);
  });

  it("offer every other name as a no-op", () => {
    const namespace = sdkNamespace("openclaw/plugin-sdk/whatever", "test") as Record<string, (() => unknown) | undefined>;
    expect(typeof namespace.anything).toBe("function");
    expect(namespace.anything?.()).toBeDefined();
    expect(namespace.then).toBeUndefined();
  });
});
