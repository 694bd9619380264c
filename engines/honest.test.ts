// The smaller conforming engines, driven by hand: what makes each of them the kind it is. What all engines owe is judged by the clauses.

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { EngineAdapter, Message } from "../src/define/index.js";
import background from "./background.js";
import classicImport from "./classic-import.js";
import {
  ClassicSession,
  commitOf,
  DurableSession,
  failure,
  lines,
  newFolder,
  reply,
  summariser,
  toolRound,
  user,
} from "./drive.fixture.js";
import heartbeatDropper from "./heartbeat-dropper.js";
import minimalParams from "./minimal-params.js";
import overlay from "./overlay.js";
import passThrough from "./pass-through.js";
import randomIds from "./random-ids.js";
import sqlite, { unavailable } from "./sqlite.js";
import window from "./window.js";

const KEY = "agent:main:main";
let folder: string;
beforeEach(() => {
  folder = newFolder();
});
const durable = (engine: EngineAdapter, sessionId = "s1", sessionKey = KEY) =>
  new DurableSession(engine, folder, { sessionKey, sessionId });
const classic = (engine: EngineAdapter, sessionId = "s1") => new ClassicSession(engine, folder, { sessionKey: KEY, sessionId });
const long = (word: string) => `${word} ${"and so on ".repeat(40)}`;

describe.each([passThrough, window, overlay, heartbeatDropper, randomIds, background, minimalParams])("$name", (engine) => {
  it("takes a turn once, whichever instance hears of it", async () => {
    const { identity } = durable(engine);
    const commit = commitOf(identity, "a1", [user("one"), reply("first")]);
    expect(await (await durable(engine).instance()).commitTurn?.(commit)).toEqual({ status: "committed" });
    expect(await (await durable(engine).instance()).commitTurn?.(commit)).toEqual({ status: "duplicate" });
  });

  it("shows a conversation in order, and nothing of it after a reset or in another session", async () => {
    const session = durable(engine);
    await session.turn("one", "first", { between: toolRound("c1", "output") });
    await session.turn("two", "second");
    const shown = [
      "user: one",
      "assistant: calls c1",
      "toolResult: output",
      "assistant: first",
      "user: two",
      "assistant: second",
    ];
    expect(lines(await session.view())).toEqual(shown);
    expect(lines(await durable(engine, "s2").view())).toEqual([]);
    session.history = [];
    expect(lines(await session.view())).toEqual([]);
  });
});

describe("window", () => {
  it("drops whole exchanges, oldest first, and never the newest", async () => {
    const [call, result] = toolRound("c1", long("output"));
    const messages: Message[] = [user(long("one")), call, result, reply("first"), user("two"), reply("second")];
    const engine = await classic(window).instance();
    const view = (tokenBudget: number) => engine.assemble({ sessionKey: KEY, sessionId: "s1", messages, tokenBudget });
    expect(lines(await view(2_000))).toHaveLength(6);
    expect(lines(await view(300))).toEqual(["user: two", "assistant: second"]);
    expect(lines(await view(1))).toEqual(["user: two", "assistant: second"]);
  });
});

describe("overlay", () => {
  const short = summariser(() => "they spoke of one");

  it("hides what its summary covers, however the host reshapes the rest", async () => {
    const session = durable(overlay);
    await session.turn(long("one"), "first");
    await session.turn("two", "second");
    await session.turn("three", "third");
    expect(await session.compact(short.context)).toMatchObject({ ok: true, compacted: true });
    const view = await session.view();
    expect(view.systemPromptAddition).toContain("they spoke of one");
    expect(lines(view)).toEqual(["user: two", "assistant: second", "user: three", "assistant: third"]);
    session.history.splice(3, 2, user("second, merged with three"));
    expect(lines(await session.view())).toEqual(["user: two", "user: second, merged with three", "assistant: third"]);
  });

  it("gives its summary up when nothing of what it covers is left", async () => {
    const session = durable(overlay);
    await session.turn(long("one"), "first");
    await session.turn("two", "second");
    await session.turn("three", "third");
    await session.compact(short.context);
    session.history = [user("new"), reply("start")];
    const view = await session.view();
    expect(lines(view)).toEqual(["user: new", "assistant: start"]);
    expect(view.systemPromptAddition).toBeUndefined();
  });

  it.each(["", long("far ".repeat(200))])("changes nothing when the summary is of no use", async (answer) => {
    const session = durable(overlay);
    for (const word of ["one", "two", "three"]) await session.turn(word, "reply");
    expect(await session.compact(summariser(() => answer).context)).toMatchObject({ compacted: false });
    expect(lines(await session.view())).toHaveLength(6);
  });
});

describe("classic-import", () => {
  it("stores once what both the file and a delivery bring, a failed attempt that comes again included", async () => {
    const session = classic(classicImport);
    const engine = await session.instance();
    await session.attempt(engine, "one", failure());
    await session.attempt(engine, "one", reply("first"));
    await session.turn("two", "second");
    expect((await session.begin(await session.instance(), "three")).map((message) => message.role)).toHaveLength(5);
  });

  it("goes on with deliveries while there is no file, and with the file when there is one again", async () => {
    const session = classic(classicImport);
    await session.turn("one", "first");
    rmSync(session.file);
    const engine = await session.instance();
    await session.deliver(engine, [user("two"), reply("second")], 0);
    expect(await session.begin(engine, "three")).toHaveLength(4);
    session.write(user("three"), reply("third"));
    expect(await session.begin(engine, "four")).toHaveLength(6);
  });

  it("survives a file that is empty, header only or cut short", async () => {
    const session = classic(classicImport);
    session.write();
    expect(await session.begin(await session.instance(), "one")).toEqual([]);
    session.write(user("one"), reply("first"));
    const engine = await session.instance();
    await engine.bootstrap?.({ ...session.identity, sessionFile: join(folder, "none.jsonl") });
    expect(await session.begin(engine, "two")).toHaveLength(2);
  });
});

describe("heartbeat-dropper", () => {
  it("acknowledges a heartbeat and drops it", async () => {
    const session = durable(heartbeatDropper);
    await session.turn("one", "first");
    await session.turn("tick", "all is well", { heartbeat: true });
    expect(lines(await session.view())).toEqual(["user: one", "assistant: first"]);
  });

  it("takes an overlapping delivery once", async () => {
    const session = classic(heartbeatDropper);
    const engine = await session.instance();
    const messages = [user("one"), reply("first"), user("two"), reply("second")];
    await session.deliver(engine, messages.slice(0, 2), 0);
    await session.deliver(engine, messages, 0);
    expect(await session.begin(engine, "three")).toHaveLength(4);
  });
});

describe("random-ids", () => {
  it("makes its ids anew in each call, and a summary's once", async () => {
    const session = durable(randomIds);
    for (const word of ["one", "two", "three"]) await session.turn(long(word), "reply");
    expect(await session.compact(summariser(() => "they spoke").context)).toMatchObject({ ok: true, compacted: true });
    const [first, second] = [await session.view(), await session.view()];
    expect(lines(first)).toEqual(lines(second));
    expect(lines(first)[0]).toMatch(/^user: \[Summary sum_[0-9a-f-]{36}\]\nthey spoke$/);
    expect(first.systemPromptAddition).not.toBe(second.systemPromptAddition);
    expect(first.contextProjection?.epoch).not.toBe(second.contextProjection?.epoch);
  });
});

describe("background", () => {
  it("cuts older texts after a delivery, without anybody waiting for it", async () => {
    const session = durable(background);
    for (const word of ["a", "b", "c", "d", "e"]) await session.turn(long(word), `${word}-reply`);
    await background.settle();
    const view = lines(await session.view());
    expect(view.slice(0, 2)).toEqual([expect.stringMatching(/^user: a and so on .{100,120} …$/), "assistant: a-reply"]);
    expect(view[2]).toBe(`user: ${long("b")}`);
  });

  it("survives a folder that is gone", async () => {
    await durable(background).turn("one", "first");
    rmSync(folder, { recursive: true });
    await expect(background.settle()).resolves.toBeUndefined();
    expect(existsSync(folder)).toBe(false);
  });
});

describe("minimal-params", () => {
  it("needs no more than a session id and lets older turns go", async () => {
    const engine = await durable(minimalParams).instance();
    for (const key of ["a", "b", "c"]) {
      const { sessionKey: _, ...commit } = commitOf({ sessionKey: KEY, sessionId: "s1" }, key, [
        user(key),
        reply(`${key}-reply`),
      ]);
      await engine.commitTurn?.(commit);
    }
    const view = async () => lines(await engine.assemble({ sessionId: "s1", messages: [user("c")] }));
    expect(await view()).toHaveLength(7);
    expect(await engine.compact({ sessionId: "s1" })).toMatchObject({ ok: true, compacted: true });
    expect(await view()).toEqual(["user: b", "assistant: b-reply", "user: c", "assistant: c-reply"]);
    expect(await engine.compact({ sessionId: "s1" })).toMatchObject({ ok: true, compacted: false });
  });
});

describe("sqlite", () => {
  it.runIf(unavailable() !== undefined)("says why it cannot run", async () => {
    await expect(sqlite.factory({ agentDir: folder })).rejects.toThrow(/cannot run: Node .* has no node:sqlite/);
  });

  it.skipIf(unavailable() !== undefined)("keeps turns across instances and makes excerpts of the older ones", async () => {
    const session = durable(sqlite);
    for (const word of ["one", "two", "three"]) await session.turn(long(word), `${word}-reply`);
    expect(lines(await session.view())).toHaveLength(6);
    expect(await session.compact()).toMatchObject({ ok: true, compacted: true });
    const [note, ...rest] = lines(await session.view());
    expect(note).toContain("user: one and so on");
    expect(rest).toEqual([`user: ${long("three")}`, "assistant: three-reply"]);
  });
});
