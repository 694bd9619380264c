import { describe, expect, it } from "vitest";
import type { Message } from "../src/define/index.js";
import { type HistoryWriter, historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-liveness.js";

const said = (n: number): [Message, Message] => [user(`AAAAAAAAAAU${n} question`), reply(`AAAAAAAAAAR${n} answer`)];
const check = (h: HistoryWriter) => clause.check({ ...h.done() }, [], subjectOf());

/** Turn `n`, with a view of `shows` over the host's whole history before it. */
function turn(h: HistoryWriter, n: number, shows: Message[], history: Message[]): void {
  h.turn(`s${n}`, "a").view(shows, { supplied: history }).commit(said(n)).end();
}

describe("history-liveness", () => {
  it("finds the newest accepted turn missing from the next view", () => {
    const h = historyOf();
    turn(h, 1, [], []);
    turn(h, 2, said(1), said(1));
    turn(h, 3, said(1), [...said(1), ...said(2)]);
    const [finding, ...others] = check(h);
    expect(finding?.message).toContain("neither the user text nor the reply of step s2");
    expect(others).toEqual([]);
  });

  it("accepts the reply alone, a merged or shortened form, and older turns missing", () => {
    const h = historyOf();
    turn(h, 1, [], []);
    turn(h, 2, [said(1)[1]], said(1));
    turn(h, 3, [user("note\nAAAAAAAAAAU2 qu…")], [...said(1), ...said(2)]);
    expect(check(h)).toEqual([]);
    expect(clause.witness({ ...h.done() }, [], subjectOf())).toBe(2);
  });

  it("excuses up to two turns after a fault, and no more", () => {
    const h = historyOf();
    turn(h, 1, [], []);
    h.note("k", "killed");
    turn(h, 2, [], said(1));
    turn(h, 3, [], [...said(1), ...said(2)]);
    expect(check(h)).toEqual([]);
    turn(h, 4, said(1), [...said(1), ...said(2), ...said(3)]);
    const [finding] = check(h);
    expect(finding?.message).toContain("2 healthy turns after the last fault");
  });

  it("excuses a view after an older delivery was made once more, which no host does", () => {
    const repeated = (again: boolean) => {
      const h = historyOf();
      h.turn("s1", "a").view([]).afterTurn([], said(1)).end();
      const second = h
        .turn("s2", "a")
        .view(said(1), { supplied: said(1) })
        .afterTurn(said(1), said(2));
      if (again) second.afterTurn([], said(1), { phase: "repeat" });
      second.end();
      h.turn("s3", "a")
        .view(said(1), { supplied: [...said(1), ...said(2)] })
        .end();
      return check(h);
    };
    expect(repeated(false)).toHaveLength(1);
    expect(repeated(true)).toEqual([]);
  });

  it("demands nothing where the budget is tight, the host supplied nothing, or a reset came between", () => {
    const h = historyOf();
    turn(h, 1, [], []);
    h.turn("s2", "a")
      .view([], { supplied: said(1), budget: 20 })
      .commit(said(2))
      .end();
    turn(h, 3, [], []);
    h.note("r", "reset", "a");
    turn(h, 4, [], []);
    expect(check(h)).toEqual([]);
  });

  it("demands the turn of a view that left room for it though the budget is not ample, in whatever words", () => {
    const long = [user(`AAAAAAAAAAOLD ${"x".repeat(8_000)}`), reply(`AAAAAAAAAAOLR ${"y".repeat(8_000)}`)];
    const withView = (shows: Message[], budget: number) => {
      const h = historyOf();
      h.turn("s1", "a").view([], { supplied: [] }).commit(long).end();
      h.turn("s2", "a").view([], { supplied: long, budget }).commit(said(2)).end();
      h.turn("s3", "a")
        .view(shows, { supplied: [...long, ...said(2)], budget })
        .end();
      return check(h).filter(({ message }) => message.includes("step s2"));
    };
    const [finding] = withView(said(1), 4_100);
    expect(finding?.expected).toContain("has room for it beside the view");
    expect(withView([user("so far: AAAAAAAAAAR2 was the answer")], 4_100)).toEqual([]);
    expect(withView(long, 4_100)).toEqual([]);
    expect(withView(said(1), 700)).toEqual([]);
  });

  it("demands nothing of a turn whose delivery threw, and of turns the host kept from the engine", () => {
    const h = historyOf();
    h.turn("s1", "a").view([], {}).commit(said(1), { throws: "disk full" }).end();
    h.turn("s2", "a").end("degraded");
    turn(h, 3, [], said(1));
    expect(check(h)).toEqual([]);
  });

  it("accepts the turn inside a summary only after a compaction", () => {
    const covered: Message = { role: "compactionSummary", summary: "AAAAAAAAAAR1", tokensBefore: 1, timestamp: 1 };
    const h = historyOf();
    turn(h, 1, [], []);
    h.compact("c", "a");
    turn(h, 2, [covered], said(1));
    expect(check(h)).toEqual([]);
    const without = historyOf();
    turn(without, 1, [], []);
    turn(without, 2, [covered], said(1));
    expect(check(without)).toHaveLength(1);
  });
});
