import { describe, expect, it } from "vitest";
import { viewUnlike } from "./view-unlike.js";

const user = (content: string) => ({ role: "user", content });
const assistant = (content: string) => ({ role: "assistant", content: [{ type: "text", text: content }] });

describe("where two views part", () => {
  it("names the message that one of them lacks", () => {
    const [a, b, c] = [user("first"), assistant("second"), user("third")];
    expect(viewUnlike([b, c], [a, b, c])).toEqual({
      first: 'message 1 of 2 in the view is assistant "second"',
      second: 'message 1 of 3 in the view is user "first"',
    });
    expect(viewUnlike([a], [a, b])).toEqual({
      first: "the view ends after 1 message",
      second: 'message 2 of 2 in the view is assistant "second"',
    });
    expect(viewUnlike([], [user(" ")])).toEqual({
      first: "the view is empty",
      second: "message 1 of 1 in the view is user without text",
    });
  });

  it("says nothing where the messages are alike, or the short form would not show the difference", () => {
    expect(viewUnlike([user("a")], [user("a")])).toBeUndefined();
    const long = "the same words over and over again, until they differ at last ";
    expect(viewUnlike([user(`${long}one`)], [user(`${long}two`)])).toBeUndefined();
    expect(viewUnlike([{ ...user("a"), name: "x" }], [user("a")])).toBeUndefined();
  });
});
