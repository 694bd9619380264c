import { describe, expect, it } from "vitest";
import type { History, Residue, Step, StepOf } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import eventLoop from "./resource-event-loop.js";
import growth from "./resource-growth.js";
import handles from "./resource-handles.js";

const subject = subjectOf();
const EMPTY: Residue = {
  storedBytes: 0,
  deliveredBytes: 0,
  active: {},
  strayFiles: [],
  network: [],
  output: "",
  globals: [],
  uncaught: [],
  blockedMs: 0,
};

function left(residue: Partial<Residue>, steps: Step[] = []): History {
  const h = historyOf({ steps });
  h.turn("s1", "a")
    .view([], { supplied: [user("x".repeat(1_000))] })
    .commit([user("one"), reply("two")])
    .end();
  return { ...h.done(), residue: { ...EMPTY, ...residue } };
}

const tick = (n: number): StepOf<"tick"> => ({
  id: `t${n}`,
  at: n,
  kind: "tick",
  lane: "hb",
  isolated: true,
  wakeKey: "none",
  reply: "ack",
  replyTokens: 1,
  tools: [],
  provider: { mode: "scripted", answers: [] },
});

const TWO = [tick(1), tick(2)];
const firstAlone = (storedBytes: number) => [{ name: "first step only", history: left({ storedBytes }, [tick(1)]) }];

describe("resource-growth", () => {
  it("accepts eight times what was delivered and supplied, and 64 kB", () => {
    expect(growth.check(left({ storedBytes: 64 * 1_024, deliveredBytes: 10 }, TWO), firstAlone(0), subject)).toEqual([]);
    expect(growth.check(left({ storedBytes: 64 * 1_024 + 8_000 }, TWO), firstAlone(0), subject)).toEqual([]);
  });

  it("accepts what the first step leaves behind, such as an empty database", () => {
    expect(growth.check(left({ storedBytes: 210_000 }, TWO), firstAlone(152_000), subject)).toEqual([]);
    const inLog = [{ name: "first step only", history: left({ storedBytes: 4_096, workingBytes: 152_000 }, [tick(1)]) }];
    expect(growth.check(left({ storedBytes: 210_000 }, TWO), inLog, subject)).toEqual([]);
    expect(growth.check(left({ storedBytes: 152_000 }, [tick(1)]), firstAlone(0), subject)).toEqual([]);
    expect(growth.check(left({ storedBytes: 152_000 }, TWO), [], subject)).toEqual([]);
  });

  it("names more, and counts cases with many idle ticks", () => {
    expect(growth.check(left({ storedBytes: 90_000 }, TWO), firstAlone(0), subject)[0]?.actual).toBe("90000 bytes");
    expect(growth.check(left({ storedBytes: 240_000 }, TWO), firstAlone(152_000), subject)[0]?.actual).toBe("240000 bytes");
    const ticks = Array.from({ length: 30 }, (_, n) => tick(n));
    expect(growth.witness(left({}, ticks), [], subject)).toBe(1);
    expect(growth.witness(left({}, ticks.slice(1)), [], subject)).toBe(0);
  });
});

describe("resource-handles", () => {
  function cycles(count: number, active: Record<string, number>): History {
    const h = historyOf({ steps: [tick(1), tick(2)] });
    for (let engine = 1; engine <= count; engine++) {
      h.addCall({ method: "factory", phase: "factory", engine }, { result: {} });
      h.addCall({ method: "dispose", phase: "dispose", engine }, {});
    }
    const events = h.done().events.map((event) => ({ ...event, step: "t1" }));
    return { ...h.done(), events, residue: { ...EMPTY, active } };
  }
  const twin = (active: Record<string, number>) => [{ name: "first step only", history: cycles(1, active) }];

  it("accepts what is open after one cycle as well", () => {
    expect(handles.check(cycles(6, { Timeout: 1 }), twin({ Timeout: 1 }), subject)).toEqual([]);
    expect(handles.check(cycles(4, { Timeout: 4 }), twin({ Timeout: 1 }), subject)).toEqual([]);
  });

  it("names what grows with the cycles", () => {
    const history = cycles(6, { Timeout: 6 });
    expect(handles.twins?.(history.case, history, subject).map(({ theCase }) => theCase.steps.map((step) => step.id))).toEqual([
      ["t1"],
    ]);
    expect(handles.check(history, twin({ Timeout: 1 }), subject)[0]?.message).toContain("6 resources of type Timeout");
    expect(handles.witness(history, [], subject)).toBe(1);
  });
});

describe("resource-event-loop", () => {
  const messages: StepOf<"import">["messages"] = Array.from({ length: 2_000 }, () => ({
    role: "user",
    text: { form: "plain", tokens: 5 },
  }));
  const large: Step[] = [{ id: "s0", at: 0, kind: "import", session: "a", messages }];
  const again = (ms: number) => ["again 1", "again 2"].map((name) => ({ name, history: left({ blockedMs: ms }, large) }));

  it("names a stretch that is long in three of three plays", () => {
    const slow = left({ blockedMs: 2_500 }, large);
    expect(eventLoop.twins?.(slow.case, slow, subject)).toHaveLength(2);
    expect(eventLoop.check(slow, again(2_400), subject)[0]?.actual).toContain("2500, 2400, 2400 ms");
    expect(eventLoop.check(slow, again(300), subject)).toEqual([]);
    expect(eventLoop.check(slow, [], subject)).toEqual([]);
  });

  it("is about large histories only", () => {
    expect(eventLoop.check(left({ blockedMs: 2_500 }), again(2_500), subject)).toEqual([]);
    expect(eventLoop.witness(left({}, large), [], subject)).toBe(1);
    expect(eventLoop.witness(left({}), [], subject)).toBe(0);
  });
});
