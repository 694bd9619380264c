// The durable store, driven by hand: turns arrive once, a reset empties it, compaction needs no model.

import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { commitOf, DurableSession, lines, newFolder, reply, toolRound, user } from "./drive.fixture.js";
import store from "./durable-store.js";

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
const open = (sessionId = "s1", sessionKey = "agent:main:main") => new DurableSession(store, folder, { sessionKey, sessionId });

describe("durable-store", () => {
  it("shows every committed turn in order, tool exchanges and all", async () => {
    const session = open();
    await session.turn("one", "first", { between: toolRound("c1", "") });
    await session.turn("two", "second");
    expect(lines(await session.view())).toEqual([
      "user: one",
      "assistant: calls c1",
      "toolResult: ",
      "assistant: first",
      "user: two",
      "assistant: second",
    ]);
  });

  it("takes a turn once", async () => {
    const session = open();
    const commit = commitOf(session.identity, "a1", [user("one"), reply("first")]);
    expect(await (await session.instance()).commitTurn?.(commit)).toEqual({ status: "committed" });
    expect(await (await session.instance()).commitTurn?.(commit)).toEqual({ status: "duplicate" });
    session.history = [...commit.messages];
    expect(lines(await session.view())).toHaveLength(2);
  });

  it("takes over an older history at its first view and forgets all at a reset", async () => {
    const session = open();
    session.history = [user("old"), reply("answer")];
    await session.turn("new", "reply");
    expect(lines(await session.view())).toHaveLength(4);
    session.history = [];
    expect(lines(await session.view())).toEqual([]);
    await session.turn("fresh", "start");
    expect(lines(await session.view())).toEqual(["user: fresh", "assistant: start"]);
  });

  it("keeps the newest two turns when it compacts, and says how the others began", async () => {
    const session = open();
    for (const word of ["alpha", "beta", "gamma", "delta"])
      await session.turn(`${word} ${"and more ".repeat(20)}`, `told ${word}`);
    const answer = await session.compact();
    expect(answer).toMatchObject({ ok: true, compacted: true });
    expect(answer.result?.tokensAfter).toBeLessThan(answer.result?.tokensBefore ?? 0);
    const [note, ...rest] = lines(await session.view());
    expect(note).toMatch(/^user: \[Earlier\]\nalpha and more .*…\nbeta and more .*…$/);
    expect(rest).toHaveLength(4);
    expect(await session.compact()).toMatchObject({ ok: true, compacted: false });
  });

  it("keeps sessions of one key apart by their ids, and look-alike keys by themselves", async () => {
    await open("s1").turn("one", "first");
    const others = [open("s2"), open("s1", "agent:main:main:heartbeat")];
    for (const session of others) expect(lines(await session.turn("two", "second"))).toEqual([]);
  });

  it("leaves the oldest turns out of a view with a short budget", async () => {
    const session = open();
    for (const word of ["a", "b", "c"]) await session.turn(word.repeat(800), word);
    expect(lines(await session.view(600))).toHaveLength(4);
  });

  it("is not spoilt by a torn line", async () => {
    const session = open();
    await session.turn("one", "first");
    const path = join(folder, "durable-store");
    appendFileSync(join(path, readdirSync(path)[0] ?? ""), '\n{"commit":"torn');
    await session.turn("two", "second");
    expect(lines(await session.view())).toHaveLength(4);
  });
});
