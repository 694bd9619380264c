import { describe, expect, it } from "vitest";
import type { Message } from "../define/index.js";
import { classicHistory, durableHistory, plainText } from "./histories.js";
import { assistantCalls, assistantText, failedAssistant, toolResult, userMessage } from "./messages.js";
import type { Entry } from "./transcript.js";

const said: Record<string, Message> = {
  marker: userMessage("poll", 1, { parts: false }),
  ack: assistantText("HEARTBEAT_OK", 2, 0),
  silent: assistantText("NO_REPLY", 2, 0),
  failed: failedAssistant("error", "400", 2),
  call: assistantCalls([{ id: "c1", name: "look", arguments: {} }], 2, 0),
  result: toolResult({ id: "c1", name: "look" }, "looked", false, 3),
};

/** "u:hello" is a user's text, "a:hello" a reply; the other words are heartbeats and tool rounds. */
function path(...words: string[]): Entry[] {
  return words.map((word, i): Entry => {
    const [who, text = ""] = word.split(":");
    const message =
      who === "u" ? userMessage(text, i, { parts: false }) : who === "a" ? assistantText(text, i, 0) : (said[word] as Message);
    const role = ["marker", "ack", "silent", "failed"].includes(word) ? (word as Entry["role"]) : "plain";
    return { id: `${i}`, parentId: i === 0 ? null : `${i - 1}`, message, turn: `t${i}`, role };
  });
}

const durable = (...words: string[]) => durableHistory(path(...words)).map(plainText);
const classic = (...words: string[]) => classicHistory(path(...words)).map(plainText);

describe("histories that hosts show", () => {
  it("leave out a heartbeat that was acknowledged, with its tool rounds", () => {
    for (const history of [durable, classic]) {
      expect(history("u:one", "a:two", "marker", "ack", "u:three")).toEqual(["one", "two", "three"]);
      expect(history("u:one", "a:two", "marker", "call", "result", "ack", "u:three")).toEqual(["one", "two", "three"]);
      expect(history("u:one", "a:two", "marker")).toEqual(["one", "two"]);
      expect(history("u:one", "a:two", "marker", "failed", "ack", "u:three")).toEqual(["one", "two", "three"]);
    }
  });

  it("keep one that said something", () => {
    for (const history of [durable, classic]) expect(history("marker", "a:alert", "u:one")).toEqual(["poll", "alert", "one"]);
  });

  it("merge the marker of one that was told to say nothing into the next user message, part by part", () => {
    for (const history of [durable, classic])
      expect(history("u:one", "a:two", "marker", "silent", "u:three")[2]).toBe("pollthree");
    const [merged] = durableHistory(path("marker", "silent", "u:three"));
    expect(merged?.role === "user" && merged.content).toEqual([
      { type: "text", text: "poll" },
      { type: "text", text: "three" },
    ]);
  });

  it("show a failed answer of a classic host once something follows it, none of a durable one", () => {
    expect(classic("u:one", "failed")).toEqual(["one"]);
    expect(classic("u:one", "failed", "failed")).toEqual(["one"]);
    expect(classic("u:one", "failed", "u:two")[1]).toContain("failed");
    expect(durable("u:one", "failed", "u:two")).toEqual(["onetwo"]);
  });
});
