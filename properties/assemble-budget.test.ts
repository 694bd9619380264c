import { describe, expect, it } from "vitest";
import type { AnyMessage, Message } from "../src/define/index.js";
import { type CompactOptions, historyOf, reply, user, type ViewOptions } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./assemble-budget.js";

const subject = subjectOf({ claims: ["assemble-budget"] });
const filler = (tokens: number) => "word ".repeat((tokens * 4) / 5);
const OLD: Message[] = [user(`AAAAAAAAAAA1 ${filler(900)}`), reply(`AAAAAAAAAAA2 ${filler(900)}`)];
const NEWEST: Message[] = [user("AAAAAAAAAAA3 short"), reply("AAAAAAAAAAA4 short")];

function played(view: readonly Message[], how: ViewOptions, compact?: CompactOptions, newest = NEWEST) {
  const h = historyOf();
  h.turn("s1", "a").view([]).commit(OLD).end();
  h.turn("s2", "a").view([]).commit(newest).end();
  if (compact !== undefined) h.compact("s3", "a", { params: { tokenBudget: 1_000 }, ...compact });
  h.turn("s4", "a")
    .view([...view] as unknown as AnyMessage[], { supplied: [...OLD, ...newest], prompt: "go", ...how })
    .end();
  return h.done();
}
const check = (...given: Parameters<typeof played>) => clause.check(played(...given), [], subject);

describe("assemble-budget", () => {
  it("accepts a view within its budget, and a fifth over it", () => {
    expect(check(NEWEST, { budget: 1_500 })).toEqual([]);
    expect(check(OLD, { budget: 1_600 })).toEqual([]);
  });

  it("names a view over its budget, the addition included", () => {
    const [finding] = check(OLD, { budget: 1_200 });
    expect(finding?.message).toContain("larger than its budget");
    expect(finding?.expected).toContain("at most 1200 tokens");
    expect(check(NEWEST, { budget: 1_200, addition: filler(1_600) })).toHaveLength(1);
  });

  it("names the first view after a successful compact by the compact's budget", () => {
    const [finding] = check(OLD, { budget: 9_999 }, {});
    expect(finding?.message).toContain("compact in step s3");
    expect(finding?.blame.length).toBe(4);
    expect(check(OLD, { budget: 9_999 }, { result: { ok: true, compacted: false } })).toEqual([]);
  });

  it("demands nothing where the newest turn does not leave room, nor of small budgets", () => {
    expect(check(OLD, { budget: 1_200 }, undefined, [user(filler(800)), reply("x")])).toEqual([]);
    expect(check(OLD, { budget: 999 })).toEqual([]);
  });

  it("does not judge a compact whose summariser was unwell", () => {
    const history = played(OLD, { budget: 9_999 }, { requests: ["x"] });
    const events = history.events.map((event) => (event.kind === "summariser" ? { ...event, mode: "same" } : event));
    expect(clause.check({ ...history, events }, [], subject)).toEqual([]);
  });

  it("is for engines that claim it, and counts what it bounds", () => {
    expect(clause.applies(subjectOf(), {})).toEqual({ applies: false, reason: "not claimed" });
    expect(clause.applies(subject, {}).applies).toBe(true);
    expect(clause.witness(played(NEWEST, { budget: 1_200 }), [], subject)).toBe(3);
  });
});
