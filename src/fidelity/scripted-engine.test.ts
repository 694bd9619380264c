import { writeFile } from "node:fs/promises";
import { file } from "tmp-promise";
import { describe, expect, it } from "vitest";
import type { AssembleParams, CompactParams, Message, SessionParams } from "../define/index.js";
import { infoOf, placesOf, scriptedEngine } from "./scripted-engine.js";
import { ownTrace, traceOf } from "./traces.fixture.js";

const user = (text: string): Message => ({ role: "user", content: text, timestamp: 1 });
const supply = (...texts: string[]) => ({ sessionId: "s", messages: texts.map(user) }) as AssembleParams;
const message = (text: string) => ({ role: "user", text });
const call = (method: string, fields: object = {}) => ({ call: method, engine: 1, params: [], ...fields });

describe("scripted engine", () => {
  it("declares what the recorded one did, and lacks what it lacked", async () => {
    expect(infoOf(await ownTrace("openclaw-2026.9/i1"))).toMatchObject({ ownsCompaction: true, acceptedHostParams: [] });
    expect(infoOf(await ownTrace("openclaw-2026.9/a2")).transcriptSemantics).toBeUndefined();
    const durable = await scriptedEngine(await ownTrace("openclaw-2026.9/a1")).factory({});
    expect([typeof durable.commitTurn, typeof durable.afterTurn]).toEqual(["function", "function"]);
    const batch = await scriptedEngine(await ownTrace("openclaw-2026.5/i1")).factory({});
    expect([typeof batch.commitTurn, typeof batch.afterTurn, typeof batch.ingestBatch]).toEqual([
      "undefined",
      "undefined",
      "function",
    ]);
  });

  it("gives back of the supplied messages those the recording gave back", async () => {
    const records = [
      call("assemble", {
        messages: [message("a"), message("b"), message("b")],
        result: { estimatedTokens: 7, messages: [message("b"), message("b")] },
      }),
      call("assemble", { messages: [message("a")], result: { messages: [message("new")] } }),
    ];
    const engine = await scriptedEngine(traceOf(records)).factory({});
    expect(await engine.assemble(supply("x", "y", "z"))).toEqual({ estimatedTokens: 7, messages: [user("y"), user("z")] });
    expect((await engine.assemble(supply("x"))).messages).toMatchObject([
      { role: "user", content: "made by the recorded engine: new" },
    ]);
    expect((await engine.assemble(supply("x", "y"))).messages).toEqual([user("x"), user("y")]);
  });

  it("throws where the recorded one threw, the factory included, and goes on after it", async () => {
    const adapter = scriptedEngine(
      traceOf([
        call("factory", { threw: true }),
        call("factory"),
        call("bootstrap", { threw: true }),
        call("bootstrap", { result: { bootstrapped: false } }),
      ]),
    );
    expect(() => adapter.factory({})).toThrow("the recorded factory threw");
    const engine = await adapter.factory({});
    await expect(engine.bootstrap?.({ sessionId: "s" })).rejects.toThrow("the recorded bootstrap threw");
    expect(await engine.bootstrap?.({ sessionId: "s" })).toEqual({ bootstrapped: false });
  });

  it("returns a successor of its own where the recorded compact named one, and answers plainly past the end", async () => {
    const engine = await scriptedEngine(await ownTrace("openclaw-2026.5/s1")).factory({});
    const params: CompactParams = { sessionId: "s", currentTokenCount: 140_000 };
    expect(await engine.compact(params)).toMatchObject({
      ok: true,
      compacted: true,
      result: { tokensBefore: 140_000, tokensAfter: 70_000, sessionId: expect.stringMatching(/^5ccede55/) },
    });
    expect(await engine.compact(params)).toEqual({ ok: true, compacted: false });
  });

  it("rewrites the user entry that the recorded maintain rewrote, found on the active path of the session file", async () => {
    const { path, cleanup } = await file();
    const lines = [
      { type: "session", id: "s" },
      { type: "message", id: "m1", parentId: null, message: user("left") },
      { type: "message", id: "m2", parentId: null, message: user("active") },
      { type: "message", id: "m3", parentId: "m2", message: { role: "assistant", content: [], timestamp: 2 } },
    ];
    await writeFile(path, lines.map((line) => JSON.stringify(line)).join("\n"));
    const engine = await scriptedEngine(await ownTrace("openclaw-2026.5/w1")).factory({});
    const asked: unknown[] = [];
    const rewriteTranscriptEntries = async (request: unknown) => {
      asked.push(request);
      return { changed: true, bytesFreed: 0, rewrittenEntries: 1 };
    };
    const params = { sessionId: "s", sessionFile: path, runtimeContext: { rewriteTranscriptEntries } } as SessionParams;
    expect(await engine.maintain?.(params)).toMatchObject({ changed: false });
    expect(await engine.maintain?.(params)).toMatchObject({ changed: true });
    expect(await engine.maintain?.(params)).toMatchObject({ changed: false });
    expect(asked).toMatchObject([{ replacements: [{ entryId: "m2", message: { content: [{ text: "rewritten" }] } }] }]);
    await cleanup();
  });
});

it("finds the places of returned messages from the end, in order", () => {
  const list = (...texts: string[]) => texts.map(message);
  expect(placesOf(list("b", "b"), list("a", "b", "b", "b"))).toEqual([2, 3]);
  expect(placesOf(list("a", "new", "c"), list("a", "b", "c"))).toEqual([0, undefined, 2]);
  expect(placesOf(list(), list("a"))).toEqual([]);
});
