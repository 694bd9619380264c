import { describe, expect, it } from "vitest";
import type { AnyMessage, History, Message, Step, StepOf } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./race-sessions.js";

const subject = subjectOf();
const A: Message[] = [user("AAAAAAAAAAA1 a"), reply("AAAAAAAAAAA2 a")];
const B: Message[] = [user("BBBBBBBBBBB1 b"), reply("BBBBBBBBBBB2 b")];

const turnStep = (id: string, session: string): StepOf<"turn"> => ({
  id,
  at: 1,
  kind: "turn",
  session,
  via: "rpc",
  text: { form: "plain", tokens: 9 },
  reply: "text",
  replyTokens: 9,
  tools: [],
  provider: { mode: "scripted", answers: [] },
});
const overlap: StepOf<"overlap"> = {
  id: "s3",
  at: 1,
  kind: "overlap",
  steps: [turnStep("s4", "a"), turnStep("s5", "b")],
  order: [],
};

function played(viewOfA: Message[], steps: Step[] = [overlap], second = "b"): History {
  const h = historyOf({ steps });
  h.turn("s1", "a").view([]).commit(A).end();
  h.turn("s2", "b").view([]).commit(B).end();
  h.turn("s4", "a")
    .view(viewOfA as unknown as AnyMessage[], { supplied: A })
    .end();
  h.turn("s5", second)
    .view(B as unknown as AnyMessage[], { supplied: B })
    .end();
  return h.done();
}

const orders = (one: Message[], other: Message[] = one) => [
  { name: "s3: s4 then s5", history: played(one, overlap.steps) },
  { name: "s3: s5 then s4", history: played(other, overlap.steps) },
];

describe("race-sessions", () => {
  it("asks for both orders of an overlap of different sessions", () => {
    const history = played(A);
    const twins = clause.twins?.(history.case, history, subject) ?? [];
    expect(twins.map((twin) => twin.theCase.steps.map((step) => step.id))).toEqual([
      ["s4", "s5"],
      ["s5", "s4"],
    ]);
    const same = played(A, [overlap], "a");
    expect(clause.twins?.(same.case, same, subject)).toEqual([]);
  });

  it("accepts what one of the orders gives", () => {
    expect(clause.check(played(A), orders(A), subject)).toEqual([]);
    expect(clause.check(played(A), orders(B, A), subject)).toEqual([]);
    expect(clause.witness(played(A), orders(A), subject)).toBeGreaterThan(0);
  });

  it("names what no order gives", () => {
    const [finding] = clause.check(played(B), orders(A), subject);
    expect(finding?.message).toContain("assemble in step s4, which overlaps");
    expect(finding?.expected).toContain("s4 then s5");
    expect(finding?.actual).toContain("BBBBBBBBBBB1");
  });
});
