import { describe, expect, it } from "vitest";
import type { Case, Event, Step } from "../define/index.js";
import { drawCase } from "./case-drawing.js";
import { stepWords } from "./words.js";

const call = (i: number, step: string, method: string) =>
  ({ i, kind: "call", call: i, step, method, phase: "turn", params: { tokenBudget: 900 }, messages: [] }) as unknown as Event;
const answered = (i: number, step: string, of: number) =>
  ({ i, kind: "return", call: of, step, view: [], result: { messages: [] } }) as unknown as Event;

const turn = (id: string, session: string) => ({
  id,
  kind: "turn",
  via: "rpc",
  session,
  text: { form: "plain", tokens: 9 },
  tools: [],
  provider: { mode: "scripted", answers: [] },
});
const overlap = { id: "s3", kind: "overlap", steps: [turn("s1", "A"), turn("s2", "B")], order: [0, 1] } as unknown as Step;

describe("a drawn case", () => {
  it("shows the calls of overlapping steps in the order they were made, each with its step", () => {
    const events = [call(0, "s1", "assemble"), call(1, "s2", "assemble"), answered(2, "s2", 1), answered(3, "s1", 0)];
    const lines = drawCase({ case: { steps: [overlap] } as unknown as Case, events, at: 2, blame: [1] });
    expect(lines.map(({ text, mark }) => [text, mark])).toEqual([
      ["s3  at the same time: s1 turn in A: text of about 9 tokens | s2 turn in B: text of about 9 tokens", undefined],
      ["s1: assemble     gets 0 messages, budget 900  → shows nothing", undefined],
      ["s2: assemble     gets 0 messages, budget 900  → shows nothing", 1],
    ]);
  });

  it("says first what commitTurn answered, and in words what compact did", () => {
    const theCase = { steps: [turn("s1", "A")] } as unknown as Case;
    const drawn = (method: string, result: unknown): string => {
      const given = { ...call(0, "s1", method), deliveredFrom: method === "commitTurn" ? 0 : undefined } as Event;
      const events = [given, { i: 1, kind: "return", call: 0, step: "s1", result } as unknown as Event];
      return drawCase({ case: theCase, events, at: 1, blame: [] })[1]?.text ?? "";
    };
    expect(drawn("commitTurn", { status: "duplicate" })).toBe("commitTurn   → duplicate; delivers nothing");
    expect(drawn("commitTurn", undefined)).toContain("→ undefined; ");
    const result = { summary: "x".repeat(900), tokensBefore: 900, tokensAfter: 30, sessionId: "next" };
    expect(drawn("compact", { ok: true, compacted: true, result })).toMatch(
      /→ ok: true, compacted: true, tokens 900 to 30, goes on as session next$/,
    );
    expect(drawn("compact", { ok: false, compacted: false, reason: "no model" })).toContain(
      'compacted: false, reason "no model"',
    );
    expect(drawn("compact", { done: true })).toContain('→ {"done":true}');
  });

  it("counts a tool exchange as two messages", () => {
    const text = { form: "plain", tokens: 9 };
    const step = { id: "s1", kind: "import", session: "A", messages: [{ role: "tool", text }] } as unknown as Step;
    expect(stepWords(step)).toBe("A begins with a history of 2 messages the engine never saw");
  });
});
