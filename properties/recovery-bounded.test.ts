import { describe, expect, it } from "vitest";
import type { AnyMessage, Message, StepOf, TurnEndEvent } from "../src/define/index.js";
import { type CompactOptions, historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./recovery-bounded.js";

const subject = subjectOf();
const LIMIT = 1_000;
const filler = (tokens: number) => "word ".repeat((tokens * 4) / 5);
const OLD: Message[] = [user(`AAAAAAAAAAA1 ${filler(900)}`), reply(`AAAAAAAAAAA2 ${filler(900)}`)];
const NEWEST: Message[] = [user("AAAAAAAAAAA3 short"), reply("AAAAAAAAAAA4 short")];
const DONE = { ok: true, compacted: true };

interface Recovery {
  views: Message[][];
  compacts?: CompactOptions[];
  status?: TurnEndEvent["status"];
  newest?: Message[];
  mode?: "by-size" | "scripted";
}

function recovery({ views, compacts = [{}, {}, {}], status = "failed", newest = NEWEST, mode = "by-size" }: Recovery) {
  const provider: StepOf<"turn">["provider"] =
    mode === "by-size" ? { mode, limitTokens: LIMIT } : { mode, answers: ["overflow"] };
  const step: StepOf<"turn"> = {
    id: "s3",
    at: 3,
    kind: "turn",
    session: "a",
    via: "rpc",
    text: { form: "plain", tokens: 9 },
    reply: "text",
    replyTokens: 9,
    tools: [],
    provider,
  };
  const h = historyOf({ steps: [step] });
  h.turn("s1", "a").view([]).commit(OLD).end();
  h.turn("s2", "a").view([]).commit(newest).end();
  const supplied = [...OLD, ...newest];
  const turn = h.turn("s3", "a");
  turn.view(supplied as unknown as AnyMessage[], { supplied, prompt: "go on" }).provider("overflow");
  for (const [at, compact] of compacts.entries()) {
    turn.compact({ result: DONE, ...compact });
    const view = views[at];
    if (view !== undefined) turn.retry().view(view as unknown as AnyMessage[], { supplied, prompt: "go on" });
  }
  return turn.end(status).done();
}

const check = (how: Recovery) => clause.check(recovery(how), [], subject);
const FULL = [...OLD, ...NEWEST];

describe("recovery-bounded", () => {
  it("names three claims without a view that fits", () => {
    const [finding] = check({ views: [FULL, FULL, OLD] });
    expect(finding?.message).toContain("said compacted: true 3 times");
    expect(finding?.expected).toContain("at most 1000 tokens");
    expect(finding?.blame.length).toBe(8);
  });

  it("accepts a view that fits, even if the turn fails later", () => {
    expect(check({ views: [FULL, FULL, NEWEST] })).toEqual([]);
  });

  it("lets an engine believe the budget it was told, where the provider takes less", () => {
    const told = (tokenBudget: number) => Array.from({ length: 3 }, () => ({ params: { tokenBudget } }));
    expect(check({ views: [FULL, FULL, FULL], compacts: told(4_000) })).toEqual([]);
    expect(check({ views: [FULL, FULL, FULL], compacts: told(1_500) })[0]?.expected).toContain("at most 1500 tokens");
  });

  it("accepts a refusal, a clean failure and a success", () => {
    expect(check({ views: [FULL], compacts: [{}, { result: { ok: true, compacted: false } }] })).toEqual([]);
    expect(check({ views: [FULL, FULL], compacts: [{}, {}, { result: { ok: false, compacted: false } }] })).toEqual([]);
    expect(check({ views: [FULL], compacts: [{}], status: "accepted" })).toEqual([]);
  });

  it("does not judge where the newest turn itself does not fit", () => {
    const newest = [user(`AAAAAAAAAAA3 ${filler(600)}`), reply("AAAAAAAAAAA4 short")];
    expect(check({ views: [FULL, FULL, FULL], newest })).toEqual([]);
  });

  it("does not judge overflows that follow a script", () => {
    expect(check({ views: [FULL, FULL, FULL], mode: "scripted" })).toEqual([]);
  });

  it("does not judge an unhealthy summariser, and grants a declared tail", () => {
    const history = recovery({ views: [FULL, FULL, FULL], compacts: [{ requests: ["x"] }, {}, {}] });
    const events = history.events.map((event) => (event.kind === "summariser" ? { ...event, mode: "longer" } : event));
    expect(clause.check({ ...history, events }, [], subject)).toEqual([]);
    expect(
      clause.check(recovery({ views: [FULL, FULL, FULL] }), [], subjectOf({ adapter: { protectedTailMessages: 3 } })),
    ).toEqual([]);
  });

  it("measures a refusal by the host's own check against the window less the reserve", () => {
    const found = check({ views: [FULL, FULL, FULL], mode: "scripted", status: "refused" });
    expect(found).toEqual([]);
    expect(check({ views: [FULL, FULL, FULL], status: "refused" })).toHaveLength(1);
  });

  it("counts turns whose overflow called compact", () => {
    expect(clause.witness(recovery({ views: [FULL] }), [], subject)).toBe(1);
  });
});
