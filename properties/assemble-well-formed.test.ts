import { describe, expect, it } from "vitest";
import type { AnyMessage, Message } from "../src/define/index.js";
import { historyOf, reply, toolCall, toolResult, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./assemble-well-formed.js";

const subject = subjectOf();
const SUMMARY: Message = { role: "compactionSummary", summary: "They spoke of AAAAAAAAAAA1", tokensBefore: 10, timestamp: 1 };
const FAILED: Message = { ...reply(""), stopReason: "error", errorMessage: "overloaded" };

function viewOf(shows: unknown[], supplied: Message[] = [], estimate = 0) {
  const h = historyOf();
  h.turn("s1", "a")
    .view(shows as AnyMessage[], { supplied, prompt: "hello", estimate })
    .end();
  return clause.check(h.done(), [], subject);
}

describe("assemble-well-formed", () => {
  it("accepts what the supply held, odd kinds included", () => {
    const odd = [SUMMARY, FAILED, user(""), toolResult("c1", "read", "x")];
    expect(viewOf(odd, odd)).toEqual([]);
  });

  it("accepts the engine's own system message, summary and text from its store", () => {
    expect(
      viewOf(
        [
          { role: "system", content: "notes" },
          user("earlier"),
          reply("yes"),
          toolCall("c", "read"),
          toolResult("c", "read", ""),
        ].slice(0, 4),
      ),
    ).toEqual([]);
  });

  it("accepts a host-made kind that an earlier call handed over", () => {
    const h = historyOf();
    h.turn("s1", "a")
      .view([SUMMARY], { supplied: [SUMMARY] })
      .end();
    h.turn("s2", "a").view([SUMMARY], { supplied: [] }).end();
    expect(clause.check(h.done(), [], subject)).toEqual([]);
  });

  it("accepts an empty tool result that the host once handed over, and no other", () => {
    const exchange = [toolCall("c", "read"), toolResult("c", "read", "")];
    const h = historyOf();
    h.turn("s1", "a").view(exchange, { supplied: exchange }).end();
    h.turn("s2", "a").view(exchange, { supplied: [] }).end();
    expect(clause.check(h.done(), [], subject)).toEqual([]);
    const made = historyOf();
    made
      .turn("s1", "a")
      .view(exchange, { supplied: [user("hello")] })
      .end();
    expect(clause.check(made.done(), [], subject)).toHaveLength(1);
  });

  it.each([
    ["an answer without messages", { estimatedTokens: 3 }, "no `messages` array"],
    ["nothing", undefined, "no object"],
    ["an estimate that is none", { messages: [], estimatedTokens: null }, "estimatedTokens"],
    ["a negative estimate", { messages: [], estimatedTokens: -1 }, "estimatedTokens"],
    ["an addition that is no text", { messages: [], estimatedTokens: 0, systemPromptAddition: ["x"] }, "systemPromptAddition"],
  ])("names %s", (_, result, words) => {
    const h = historyOf();
    h.turn("s1", "a").call("assemble", "assemble-first", {}, { result }).end();
    const [finding] = clause.check(h.done(), [], subject);
    expect(finding?.message).toContain(words);
    expect(finding?.blame).toEqual([1, 2]);
  });

  it.each([
    ["an unknown role", { role: "tool", content: "x" }, "role no host knows"],
    ["a summary kind of the engine's own", { role: "compactionSummary", summary: "x" }, "role no host knows"],
    ["an empty user message", user(""), "no content"],
    ["a failed assistant from the store", FAILED, "no content"],
    ["parts of another API", { role: "assistant", content: [{ type: "toolUse", id: "c", input: {} }] }, "no content"],
    ["a string for a message", "hello", "no object"],
  ])("names %s", (_, message, words) => {
    expect(viewOf([message])[0]?.message).toContain(words);
  });

  it("names a leading tool result, unless the supply led with one", () => {
    const call = toolCall("c1", "read");
    const result = toolResult("c1", "read", "text");
    expect(viewOf([{ role: "system", content: "s" }, result], [call, result])[0]?.message).toContain("tool result leads");
    expect(viewOf([result], [result, user("x")])).toEqual([]);
  });

  it("names a throw for a legal history, but not under an injected fault", () => {
    const h = historyOf();
    h.turn("s1", "a").call("assemble", "assemble-first", {}, { throws: "content is undefined" }).end("degraded");
    expect(clause.check(h.done(), [], subject)[0]?.actual).toContain("content is undefined");
    const g = historyOf();
    g.note("s0", "damage", "a");
    g.turn("s1", "a").call("assemble", "assemble-first", {}, { throws: "unexpected end" }).end("degraded");
    expect(clause.check(g.done(), [], subject)).toEqual([]);
  });

  it("counts views of odd supplies as its witness", () => {
    const h = historyOf();
    h.turn("s1", "a")
      .view([])
      .view([], { supplied: [user("x")] })
      .view([], { supplied: [reply("x")] })
      .view([], { supplied: [user(""), FAILED] })
      .end();
    expect(clause.witness(h.done(), [], subject)).toBe(3);
  });
});
