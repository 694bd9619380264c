// The reference engine, driven by hand: what it keeps and what it shows, under both lifecycles.

import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Message } from "../src/define/index.js";
import {
  ClassicSession,
  commitOf,
  DurableSession,
  failure,
  lines,
  newFolder,
  reply,
  said,
  toolRound,
  user,
} from "./drive.fixture.js";
import reference from "./reference.js";

const KEY = "agent:main:main";
let folder: string;
beforeEach(() => {
  folder = newFolder();
});

const durable = (sessionId = "s1", sessionKey = KEY) => new DurableSession(reference, folder, { sessionKey, sessionId });
const classic = (sessionId = "s1", sessionKey = KEY) => new ClassicSession(reference, folder, { sessionKey, sessionId });

describe("under a durable host", () => {
  it("shows every committed turn, in order, to the next instance", async () => {
    const session = durable();
    await session.turn("one", "first");
    await session.turn("two", "second", { between: toolRound("c1", "output") });
    const view = await session.view();
    expect(lines(view)).toEqual([
      "user: one",
      "assistant: first",
      "user: two",
      "assistant: calls c1",
      "toolResult: output",
      "assistant: second",
    ]);
    expect(view.estimatedTokens).toBeGreaterThan(20);
  });

  it("takes a turn once, whichever instance hears of it", async () => {
    const session = durable();
    const commit = commitOf(session.identity, "a1", [user("one"), reply("first")]);
    expect(await (await session.instance()).commitTurn?.(commit)).toEqual({ status: "committed" });
    expect(await (await session.instance()).commitTurn?.(commit)).toEqual({ status: "duplicate" });
    session.history = [...commit.messages];
    expect(lines(await session.view())).toEqual(["user: one", "assistant: first"]);
  });

  it("takes over a history from before its first view, and nothing that fails later", async () => {
    const session = durable();
    session.history = [user("old"), reply("answer")];
    await session.view();
    session.history.push(user("failed"));
    await session.turn("new", "reply");
    expect(lines(await session.view())).toEqual(["user: old", "assistant: answer", "user: new", "assistant: reply"]);
  });

  it("takes an empty history for a reset, but keeps the advancement keys", async () => {
    const session = durable();
    await session.turn("one", "first");
    session.history = [];
    expect(lines(await session.view())).toEqual([]);
    const again = commitOf(session.identity, "s1/turn-1", [user("one"), reply("first")]);
    expect(await (await session.instance()).commitTurn?.(again)).toEqual({ status: "duplicate" });
    await session.turn("two", "second");
    expect(lines(await session.view())).toEqual(["user: two", "assistant: second"]);
  });

  it("does not take the empty history of an overlapping turn for a reset", async () => {
    const session = durable();
    const engine = await session.instance();
    await engine.assemble({ ...session.identity, messages: [], prompt: "two" });
    await session.turn("one", "first");
    await engine.assemble({ ...session.identity, messages: [], prompt: "two" });
    expect(lines(await session.view())).toEqual(["user: one", "assistant: first"]);
  });

  it("takes a changed revision for a reset, a first one not", async () => {
    const session = durable();
    await session.turn("one", "first");
    session.revision = "r1";
    expect(lines(await session.view())).toHaveLength(2);
    session.revision = "r2";
    session.history = [user("killed")];
    expect(lines(await session.view()).join()).not.toContain("one");
  });

  it("gives a late commit to the session id it names", async () => {
    const older = durable("tick-1", `${KEY}:heartbeat`);
    const newer = durable("tick-2", `${KEY}:heartbeat`);
    await newer.turn("second tick", "fine");
    await (await newer.instance()).commitTurn?.(commitOf(older.identity, "late", [user("first tick"), reply("alarm")], true));
    expect(lines(await newer.view())).toEqual(["user: second tick", "assistant: fine"]);
  });

  it("returns a cut view again when it is handed back, though the next budget is larger", async () => {
    const session = durable();
    await session.turn("one", "x".repeat(40_000));
    const engine = await session.instance();
    const first = await engine.assemble({ ...session.identity, messages: session.history, prompt: "p", tokenBudget: 2_000 });
    expect(first.estimatedTokens).toBeLessThanOrEqual(2_000);
    const supply = first.messages as unknown as Message[];
    const again = await engine.assemble({ ...session.identity, messages: supply, prompt: "p", tokenBudget: 50_000 });
    expect(again.messages).toEqual(first.messages);
  });
});

describe("under a classic host", () => {
  it("shows what was delivered once, with the prompt last", async () => {
    const session = classic();
    await session.turn("one", "first");
    const { first, again } = await session.turn("two", "second");
    expect(lines(first)).toEqual(["user: one", "assistant: first"]);
    expect(lines(again)).toEqual(["user: one", "assistant: first", "user: two"]);
  });

  it("shows a failed attempt and its retry as often as they were delivered, and no empty reply", async () => {
    const session = classic();
    await session.turn("one", "first");
    const engine = await session.instance();
    await session.attempt(engine, "two", failure());
    const { first, again } = await session.attempt(engine, "two", reply("second"));
    expect(lines(first)).toEqual(["user: one", "assistant: first", "user: two"]);
    expect(lines(again)).toEqual(["user: one", "assistant: first", "user: two", "user: two"]);
  });

  it("ignores an exact repeat of a delivery", async () => {
    const session = classic();
    const engine = await session.instance();
    const messages = [user("one"), reply("first")];
    await session.deliver(engine, messages, 0);
    await session.deliver(engine, messages, 0);
    expect((await session.begin(engine, "next")).map(said)).toEqual(["user: one", "assistant: first"]);
  });

  it("keeps what it has when the host comes with an empty history", async () => {
    const session = classic();
    await session.turn("one", "first");
    session.history = [];
    expect((await session.begin(await session.instance(), "next")).map(said)).toEqual(["user: one", "assistant: first"]);
  });

  it("fills a session it never heard of from the path of its transcript, and no other", async () => {
    const session = classic();
    session.write(user("one"), reply("first"));
    const branch = { type: "message", id: "zz", parentId: "00000001", message: reply("other branch") };
    appendFileSync(session.file, `${JSON.stringify(branch)}\n{"type":"message","id":"cut","par`);
    const engine = await session.instance();
    expect((await session.begin(engine, "next")).map(said)).toEqual(["user: one", "assistant: other branch"]);
    await session.turn("two", "second");
    expect((await session.begin(engine, "next")).map(said)).toHaveLength(4);
  });

  it("survives a transcript that is absent, empty or has only a header", async () => {
    const session = classic();
    const engine = await session.instance();
    const named = { ...session.identity, sessionFile: session.file };
    expect(await engine.bootstrap?.(named)).toMatchObject({ importedMessages: 0 });
    appendFileSync(session.file, "");
    expect(await engine.bootstrap?.(named)).toMatchObject({ importedMessages: 0 });
    session.write();
    expect(await engine.bootstrap?.(named)).toMatchObject({ importedMessages: 0 });
  });

  it("starts afresh under a new session id of the same key", async () => {
    await classic("before").turn("one", "first");
    const { again } = await classic("after").turn("two", "second");
    expect(lines(again)).toEqual(["user: two"]);
  });
});

describe("sessions", () => {
  it("keeps look-alike keys and ids apart", async () => {
    const names = ["x", "x:heartbeat", "x:heartbeat:heartbeat", "x/..", "x%2f", "X", "e\u0301", "\u00e9"];
    for (const name of names) await durable("same", name).turn(`for ${name}`, "noted");
    for (const name of names) {
      const session = durable("same", name);
      session.history = [user("anything")];
      expect(lines(await session.view())[0]).toBe(`user: for ${name}`);
    }
  });

  it("loses nothing to a line torn by a crash", async () => {
    const session = durable();
    await session.turn("one", "first");
    const [file = ""] = readdirSync(join(folder, "ctxspec-reference"));
    appendFileSync(join(folder, "ctxspec-reference", file), '\n{"commit":"torn","add":[{"ro');
    await session.turn("two", "second");
    expect(lines(await session.view())).toEqual(["user: one", "assistant: first", "user: two", "assistant: second"]);
  });

  it("changes none of its parameters", async () => {
    const session = durable();
    const commit = commitOf(session.identity, "a1", [user("one"), reply("first")]);
    const copy = structuredClone(commit);
    await (await session.instance()).commitTurn?.(commit);
    expect(commit).toEqual(copy);
  });
});

describe("subagents", () => {
  const childKey = "agent:main:subagent:1";
  const spawn = async (contextMode: "fork" | "isolated") => {
    const parent = durable();
    await parent.turn("secret", "kept");
    const engine = await parent.instance();
    const named = { parentSessionKey: KEY, parentSessionId: "s1", childSessionKey: childKey, contextMode };
    return { engine, handle: await engine.prepareSubagentSpawn?.(named), child: durable("child", childKey) };
  };

  it("shows its parent's content to a fork from the first view on, and none to an isolated child", async () => {
    const { child, engine } = await spawn("fork");
    expect(lines(await child.turn("task", "done"))).toEqual(["user: secret", "assistant: kept"]);
    await engine.onSubagentEnded?.({ childSessionKey: childKey, reason: "completed" });
    await engine.onSubagentEnded?.({ childSessionKey: childKey, reason: "completed" });
    expect(lines(await child.view())).toEqual(["user: secret", "assistant: kept", "user: task", "assistant: done"]);
    expect(lines(await durable("s1").view())).not.toContain("user: task");
  });

  it("shows an isolated child nothing of its parent", async () => {
    const { child } = await spawn("isolated");
    expect(lines(await child.turn("task", "done"))).toEqual([]);
  });

  it("leaves nothing of a spawn that was rolled back", async () => {
    const { child, handle } = await spawn("fork");
    await handle?.rollback();
    expect(lines(await child.view())).toEqual([]);
  });
});
