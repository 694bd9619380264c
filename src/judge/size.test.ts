import { describe, expect, it } from "vitest";
import { indexOf } from "./build.js";
import { historyOf, reply, user } from "./notation.js";
import { deliveredSize, hasRoomFor, isAmple, sizeOf, sizeOfText, textSizeQuarter } from "./size.js";

describe("size", () => {
  it("counts ASCII by four, CJK by one, the rest by two", () => {
    expect(sizeOfText("abcde")).toBe(2);
    expect(sizeOfText("港口")).toBe(2);
    expect(sizeOfText("🌊é")).toBe(4);
    expect(sizeOfText("ab港")).toBe(2);
    expect(sizeOf([user("abcd"), user("")])).toBe(9);
    expect(sizeOf([{ role: "user", content: [{ type: "image", data: "x", mimeType: "image/png" }] }])).toBe(1_004);
    expect(textSizeQuarter([user("abcdefgh")])).toBe(2);
  });

  it("calls a budget ample at four times what was delivered and supplied", () => {
    const message = user("x".repeat(400));
    const h = historyOf();
    h.turn("s1", "a")
      .view([], { budget: 10 })
      .commit([message, reply("y".repeat(400))])
      .end();
    h.turn("s2", "a")
      .view([], { budget: 832 })
      .view([], { budget: 831 })
      .view([], { supplied: [message, message, message], budget: 832 })
      .end();
    const index = indexOf(h.done());
    expect(deliveredSize(index, "a", index.views[1]?.at ?? 0)).toBe(208);
    expect(index.views.map((view) => isAmple(view, index))).toEqual([true, true, false, false]);
  });

  it("says whether a view left room for a turn, by three quarters of the budget and a generous measure", () => {
    const message = user("x".repeat(4_000));
    const h = historyOf();
    h.turn("s1", "a").view([message], { budget: 6_300 }).view([message], { budget: 6_200 }).view([message]).end();
    const [roomy, tight, unlimited] = indexOf(h.done()).views;
    if (roomy === undefined || tight === undefined || unlimited === undefined) throw new Error("three views expected");
    expect(hasRoomFor(roomy, [reply("y".repeat(4_000))])).toBe(true);
    expect(hasRoomFor(tight, [reply("y".repeat(4_000))])).toBe(false);
    expect(hasRoomFor(tight, [])).toBe(true);
    expect(hasRoomFor(unlimited, [message])).toBe(true);
  });
});
