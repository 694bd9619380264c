import { describe, expect, it } from "vitest";
import type { AnyMessage, Message } from "../src/define/index.js";
import { historyOf, reply, toolCall, toolResult, user, type ViewOptions } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./assemble-prompt-once.js";

const subject = subjectOf();
const PROMPT = "AAAAAAAAAAA9 what now";
const OLD: Message[] = [user("AAAAAAAAAAA1 hi"), reply("AAAAAAAAAAA2 yes")];
const LIVE = [...OLD, user(PROMPT)];

function played(view: readonly (Message | AnyMessage)[], how: ViewOptions, before: Message[] = OLD) {
  const h = historyOf();
  h.turn("s1", "a").view([]).commit(before).end();
  const turn = h.turn("s2", "a", { prompt: PROMPT });
  return clause.check(
    turn
      .view([...view] as AnyMessage[], how)
      .end()
      .done(),
    [],
    subject,
  );
}

const apart: ViewOptions = { supplied: OLD, prompt: PROMPT };
const inside: ViewOptions = { supplied: LIVE, phase: "assemble-again" };

describe("assemble-prompt-once", () => {
  it("accepts the prompt where the host put it", () => {
    expect(played(OLD, apart)).toEqual([]);
    expect(played(LIVE, inside)).toEqual([]);
    expect(played([user(PROMPT)], inside)).toEqual([]);
  });

  it("names a prompt that the engine added", () => {
    const [finding] = played(LIVE, apart);
    expect(finding?.message).toContain("more often");
    expect(finding?.actual).toContain("1 times");
    expect(played([...LIVE, user(PROMPT)], inside)).toHaveLength(1);
  });

  it("accepts an earlier message of the same text", () => {
    expect(played(LIVE, { supplied: LIVE, prompt: PROMPT })).toEqual([]);
    expect(played(LIVE, { supplied: [], prompt: PROMPT }, LIVE)).toEqual([]);
  });

  it("accepts the text of an earlier turn that a client had wrapped when it was delivered", () => {
    const wrapped = `From the chat client:\n\n${PROMPT}`;
    const h = historyOf();
    h.turn("s1", "a", { prompt: wrapped })
      .view([])
      .commit([user(wrapped), reply("AAAAAAAAAAA3 so")])
      .end();
    h.turn("s2", "a", { prompt: PROMPT })
      .view([user(PROMPT)], apart)
      .end();
    expect(clause.check(h.done(), [], subject)).toEqual([]);
  });

  it("names a supplied prompt that was lost, or is not the last user message", () => {
    expect(played(OLD, inside)[0]?.message).toContain("lost the current prompt");
    expect(played([...LIVE, user("a note")], inside)[0]?.message).toContain("puts another user message behind");
    const loop = [...LIVE, toolCall("c", "read"), toolResult("c", "read", "text")];
    expect(played(loop, { supplied: loop, phase: "assemble-again" })).toEqual([]);
    expect(played(loop.slice(-2), { supplied: loop, phase: "assemble-again" })[0]?.actual).toContain("no user message");
  });

  it("judges neither retries nor turns whose prompt and stored text differ", () => {
    const h = historyOf();
    const turn = h.turn("s1", "a", { prompt: PROMPT }).view([], apart).retry();
    turn.view([...LIVE] as unknown as AnyMessage[], apart).end();
    expect(clause.check(h.done(), [], subject)).toEqual([]);
    expect(clause.witness(h.done(), [], subject)).toBe(1);
    const events = h
      .done()
      .events.map((event) => (event.kind === "host" && event.what === "turn-start" ? { ...event, promptDiffers: true } : event));
    expect(clause.witness({ ...h.done(), events }, [], subject)).toBe(0);
  });
});
