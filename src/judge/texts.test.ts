import { describe, expect, it } from "vitest";
import { reply, toolCall, toolResult, user } from "./notation.js";
import { canariesIn, contains, copiesOf, deepEqual, messageKey, normalText, sameMessage, textOf } from "./texts.js";

const A = "AAAAAAAAAAA1";

describe("texts", () => {
  it("finds canaries in any value, and only whole tokens", () => {
    expect([...canariesIn([user(`${A} hello`), { x: { y: `"${A}"` } }])]).toEqual([A]);
    expect(canariesIn(`X${A} ${A}9 aaaaaaaaaaa1`).size).toBe(0);
    expect(canariesIn([user(A)], new Set<string>()).size).toBe(0);
    expect([...canariesIn(toolCall("t", "read", { path: A }))]).toEqual([A]);
  });

  it("takes string and part contents for the same message", () => {
    expect(sameMessage(user("one  two\n"), { role: "user", content: "one two" })).toBe(true);
    expect(sameMessage(user("one"), reply("one"))).toBe(false);
    expect(sameMessage(reply(""), reply(""))).toBe(false);
    expect(sameMessage(toolCall("1", "read", { a: 1, b: 2 }), toolCall("2", "read", { b: 2, a: 1 }))).toBe(true);
  });

  it("ignores thinking unless it is all there is", () => {
    const thought = { type: "thinking", thinking: "hm" } as const;
    const answer = reply("yes");
    expect(messageKey({ ...answer, content: [thought, ...answer.content] })).toBe(messageKey(answer));
    expect(textOf({ ...answer, content: [thought] })).toBe("hm");
  });

  it("counts copies and containment", () => {
    const messages = [user("x"), toolResult("1", "read", "r"), user("x")];
    expect(copiesOf(messages, user("x"))).toBe(2);
    expect(contains({ messages }, reply("x"))).toBe(false);
    expect(contains({ messages }, toolResult("9", "read", "r"))).toBe(true);
  });

  it("survives whatever an engine returns", () => {
    for (const odd of [null, undefined, 3, "text", [], { role: 4 }, { content: [null, 5, { text: 7 }] }]) {
      expect(typeof textOf(odd)).toBe("string");
      expect(sameMessage(odd, odd)).toBe(false);
    }
  });

  it("compares as JSON would", () => {
    expect(deepEqual({ a: [1, { b: undefined }] }, { a: [1, {}] })).toBe(true);
    expect(deepEqual({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(deepEqual([1], { 0: 1 })).toBe(false);
    expect(normalText(" a\t b ")).toBe("a b");
  });
});
