// The reference engine's compaction and the views of a short budget: what gives way, what never does, and when nothing changes at all.

import { beforeEach, describe, expect, it } from "vitest";
import type { Message } from "../src/define/index.js";
import {
  assistant,
  ClassicSession,
  DurableSession,
  failure,
  lines,
  newFolder,
  reply,
  summariser,
  toolRound,
  user,
} from "./drive.fixture.js";
import reference from "./reference.js";

const identity = { sessionKey: "agent:main:main", sessionId: "s1" };
let folder: string;
beforeEach(() => {
  folder = newFolder();
});

const durable = () => new DurableSession(reference, folder, identity);
const classic = () => new ClassicSession(reference, folder, identity);
const short = summariser(() => "they spoke");

describe("compact", () => {
  const conversation = async () => {
    const session = durable();
    for (const word of ["alpha", "beta", "gamma"]) await session.turn(`ask ${word} ${"and more ".repeat(9)}`, `told ${word}`);
    return session;
  };

  it("gives all but the newest turn to the model and shows its summary in their place", async () => {
    const session = await conversation();
    const { requests, context } = summariser(() => "alpha, then beta");
    const answer = await session.compact(context);
    expect(answer).toMatchObject({ ok: true, compacted: true, result: { summary: "alpha, then beta" } });
    expect(answer.result?.tokensAfter).toBeLessThan(answer.result?.tokensBefore ?? 0);
    expect(requests.join()).toContain("told beta");
    expect(lines(await session.view())).toEqual([
      "user: [Summary]\nalpha, then beta",
      expect.stringContaining("user: ask gamma"),
      "assistant: told gamma",
    ]);
  });

  it.each([
    ["nothing", () => ""],
    ["the same again", (text: string) => text],
    ["more than it was given", (text: string) => text + text],
    ["an error", () => Promise.reject(new Error("overloaded"))],
  ])("changes nothing when the model answers %s", async (_, answer) => {
    const session = await conversation();
    const before = await session.view();
    expect(await session.compact(summariser(answer).context)).toMatchObject({ compacted: false });
    expect(await session.view()).toEqual(before);
  });

  it("lets go at once when aborted, and works again afterwards", async () => {
    const session = await conversation();
    const before = await session.view();
    const controller = new AbortController();
    const hanging = summariser(() => {
      controller.abort();
      return new Promise<string>(() => {});
    });
    expect(await session.compact(hanging.context, controller.signal)).toMatchObject({ ok: false, compacted: false });
    expect(await session.view()).toEqual(before);
    expect(await session.compact(short.context)).toMatchObject({ compacted: true });
  });

  it("needs neither a model nor a session key", async () => {
    const session = await conversation();
    const engine = await session.instance();
    expect(await engine.compact({ sessionId: session.identity.sessionId, force: true })).toMatchObject({ compacted: true });
    expect(lines(await session.view()).at(-1)).toBe("assistant: told gamma");
  });

  it("leaves alone what was delivered while the model thought", async () => {
    const session = await conversation();
    const slow = summariser(async () => {
      await session.turn("delta", "in between");
      return "short";
    });
    expect(await session.compact(slow.context)).toMatchObject({ compacted: false });
    expect(lines(await session.view())).toHaveLength(8);
  });

  it("calls it no progress when only the current turn's own attempts could go", async () => {
    const session = classic();
    await session.turn("one", "first");
    const engine = await session.instance();
    await session.attempt(engine, "two ".repeat(50), failure());
    const answer = await engine.compact({ ...session.identity, runtimeContext: short.context });
    expect(answer).toMatchObject({ ok: true, compacted: false });
  });

  it("summarises a failed attempt with the rest, since it comes back with the retry", async () => {
    const session = classic();
    await session.turn("one ".repeat(20), "first");
    await session.turn("two", "second");
    const engine = await session.instance();
    await session.attempt(engine, "three", failure());
    expect(await engine.compact({ ...session.identity, runtimeContext: short.context })).toMatchObject({ compacted: true });
    const { first, again } = await session.attempt(engine, "three", reply("third"));
    expect(lines(first)).toEqual(["user: [Summary]\nthey spoke", "user: two", "assistant: second"]);
    expect(lines(again).at(-1)).toBe("user: three");
  });
});

describe("a view", () => {
  it("leaves out the oldest turns where the budget is short, with their tool exchanges", async () => {
    const session = durable();
    await session.turn("old", "first", { between: toolRound("c1", "x".repeat(400)) });
    await session.turn("new", "second", { between: toolRound("c2", "y".repeat(400)) });
    const view = await session.view(200);
    expect(lines(view)).toEqual(["user: new", "assistant: calls c2", `toolResult: ${"y".repeat(400)}`, "assistant: second"]);
  });

  it("shortens a turn that does not fit by itself, but not the prompt in it", async () => {
    const session = classic();
    const engine = await session.instance();
    const prompt = user("p".repeat(9_000));
    const messages = [prompt, ...toolRound("c1", "r".repeat(90_000))];
    await session.deliver(engine, messages, 0);
    const view = await engine.assemble({ ...session.identity, messages, tokenBudget: 3_000 });
    expect(view.messages[0]).toEqual(prompt);
    expect(view.estimatedTokens).toBeLessThanOrEqual(3_000);
  });

  it("shows what only hosts make while the host supplies it", async () => {
    const session = durable();
    const custom: Message = { role: "custom", customType: "note", content: "mind", display: true, timestamp: 1 };
    session.history = [user("one"), custom, assistant([{ type: "text", text: "" }]), reply("first")];
    expect(lines(await session.view())).toHaveLength(4);
    session.history.splice(1, 2);
    expect(lines(await session.view())).toEqual(["user: one", "assistant: first"]);
  });

  it("counts a CJK character as one token and an emoji as two", async () => {
    const session = durable();
    await session.turn("日本語", "🙂🙂");
    expect((await session.view()).estimatedTokens).toBe(3 + 4 + 4 + 4);
  });
});
