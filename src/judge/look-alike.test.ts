import { describe, expect, it } from "vitest";
import { lookAlike } from "./look-alike.js";

describe("lookAlike", () => {
  it("names why two keys may be mistaken", () => {
    const long = "agent:main:".padEnd(280, "x");
    for (const [a, b] of [
      ["agent:main:x", "agent:main:x:heartbeat"],
      ["agent:main:a/b", "agent:main:a%b"],
      ["agent:main:a_b", "agent:main:acb"],
      ["agent:main:a b", "agent:main:ab"],
      ["agent:main:caf\u00e9", "agent:main:cafe\u0301"],
      ["signal:group:ABC", "signal:group:abc"],
      ["agent:main:a%2fb", "agent:main:a/b"],
      [`${long}1`, `${long}2`],
    ] as const) {
      expect(lookAlike(a, b), `${a} and ${b}`).toBeTypeOf("string");
    }
  });

  it("says nothing of equal or plainly different keys", () => {
    expect(lookAlike("agent:main:a", "agent:main:a")).toBeUndefined();
    expect(lookAlike("agent:main:a", "agent:main:b")).toBeUndefined();
    expect(lookAlike("agent:main:(a", "agent:main:[b")).toBeUndefined();
  });
});
