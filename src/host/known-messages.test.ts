import { describe, expect, it } from "vitest";
import { KnownMessages } from "./known-messages.js";

describe("known messages", () => {
  it("are shared when equal in every member, copied when not", () => {
    const known = new KnownMessages();
    const host = { role: "user", content: "Hello", timestamp: 1 };
    known.add([host]);
    expect(known.of({ timestamp: 1, role: "user", content: "Hello" })).toBe(host);
    const later = { role: "user", content: "Hello", timestamp: 2 };
    expect(known.of(later)).toEqual(later);
    expect(known.of(later)).not.toBe(later);
    expect(known.of({ ...later })).toBe(known.of(later));
    expect(known.of({ role: "assistant", content: "Hello", timestamp: 1 })).toEqual({
      role: "assistant",
      content: "Hello",
      timestamp: 1,
    });
  });

  it("do not change when the engine changes its own", () => {
    const known = new KnownMessages();
    const given = { role: "user", content: [{ type: "text", text: "a" }] };
    const kept = known.of(given);
    given.content[0] = { type: "text", text: "b" };
    expect(kept).toEqual({ role: "user", content: [{ type: "text", text: "a" }] });
    expect(known.of(given)).toEqual(given);
  });

  it("copy what is no message, and what cannot be read", () => {
    const known = new KnownMessages();
    expect(known.view(undefined)).toBeUndefined();
    expect(known.view({ messages: "none", estimatedTokens: 3 })).toEqual({ messages: "none", estimatedTokens: 3 });
    expect(known.view({ messages: [null, 7, undefined], x: () => 1 })).toEqual({
      messages: [null, 7, undefined],
      x: "[function]",
    });
    const odd = Object.defineProperty({ role: "user" }, "content", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    });
    expect(known.view({ messages: [odd] })).toEqual({ messages: [{ role: "user", "[unreadable]": "Error: no" }] });
  });
});
