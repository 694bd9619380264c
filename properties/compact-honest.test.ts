import { describe, expect, it } from "vitest";
import { type AnyMessage, FAILED_ASSISTANT, type Message, type StepOf } from "../src/define/index.js";
import { type CompactOptions, historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./compact-honest.js";

const subject = subjectOf();
const OLD: Message[] = [user(`AAAAAAAAAAA1 ${"long ".repeat(40)}`), reply(`AAAAAAAAAAA2 ${"long ".repeat(40)}`)];
const SUMMARY: AnyMessage = { role: "user", content: "Summary: AAAAAAAAAAA1 AAAAAAAAAAA2" };
const DONE = { ok: true, compacted: true };

type Shown = readonly (AnyMessage | Message)[];

interface Played {
  last?: Shown;
  next: Shown;
  supplied?: Message[];
  how?: CompactOptions;
  budget?: number;
  between?: "host-compaction" | "reset";
  addition?: string;
}

/** One turn with a view, a compact in it, and the view after it. */
function played({ last, next, supplied = OLD, how = {}, budget, between, addition }: Played) {
  const h = historyOf();
  const turn = h.turn("s1", "a");
  turn.view([...(last ?? OLD)] as AnyMessage[], { supplied: OLD, prompt: "go on", ...(budget === undefined ? {} : { budget }) });
  turn.compact({ result: DONE, requests: ["AAAAAAAAAAA1 AAAAAAAAAAA2"], ...how });
  if (between !== undefined) turn.note(between);
  turn.retry().view([...next] as AnyMessage[], { supplied, prompt: "go on", ...(addition === undefined ? {} : { addition }) });
  return clause.check(turn.end().done(), [], subject);
}

describe("compact-honest", () => {
  it("accepts a view that became smaller", () => {
    expect(played({ next: [SUMMARY] })).toEqual([]);
    expect(played({ next: [SUMMARY], addition: "Older messages stand as a summary." })).toEqual([]);
  });

  it("does not count what the host said since the last view", () => {
    const supplied = [...OLD, user("AAAAAAAAAAA3 go on with a rather long new message that nobody has seen before")];
    expect(played({ next: [SUMMARY, ...supplied.slice(2), ...supplied.slice(2)], supplied })).toEqual([]);
  });

  it("does not count a message that was delivered once more, though it equals an old one", () => {
    const marker = user("[heartbeat poll]");
    const long = `AAAAAAAAAAA2 ${"word ".repeat(12)}`;
    const view = (again: boolean) => {
      const turn = historyOf()
        .turn("s1", "a")
        .view([marker, reply(long)], { supplied: [] });
      if (again) turn.ingest([marker]);
      turn.compact({ result: DONE, requests: ["AAAAAAAAAAA2"] }).retry();
      const next: AnyMessage[] = [{ role: "user", content: `Of it: ${long}` }, marker];
      return clause.check(turn.view(next, { supplied: [] }).end().done(), [], subject);
    };
    expect(view(true)).toEqual([]);
    expect(view(false)).toHaveLength(1);
  });

  it("does not count what the host kept from one attempt and shows in the next", () => {
    const shown = (first: Message[]) => {
      const turn = historyOf().turn("s1", "a").view(OLD, { supplied: first });
      turn.compact({ result: DONE, requests: ["AAAAAAAAAAA1 AAAAAAAAAAA2"] }).retry();
      return clause.check(
        turn
          .view([SUMMARY, ...OLD], { supplied: OLD })
          .end()
          .done(),
        [],
        subject,
      );
    };
    expect(shown([])).toEqual([]);
    expect(shown(OLD)).toHaveLength(1);
  });

  it("does not count what the host wrote into its file by itself", () => {
    const summary: AnyMessage = { role: "user", content: `Summary: AAAAAAAAAAA2 ${"word ".repeat(75)}` };
    const next = (text: string) => played({ next: [summary, reply(text)] });
    expect(next(FAILED_ASSISTANT)).toEqual([]);
    expect(next("the engine's own words, which are much longer")).toHaveLength(1);
  });

  it("names a view that stayed as it was", () => {
    const [finding] = played({ next: OLD });
    expect(finding?.message).toContain("no smaller");
    expect(finding?.actual).toContain("2 messages");
    expect(finding?.blame.length).toBe(5);
  });

  it("does not judge right after a turn with a silent answer, which an engine may count as answered or not", () => {
    const compacted = (answer: Message) => {
      const h = historyOf();
      h.turn("s1", "a").view([]).commit(OLD).end();
      const asked = user("AAAAAAAAAAA3 three");
      h.turn("s2", "a").view(OLD, { supplied: OLD }).commit([asked, answer]).end();
      const all = [...OLD, asked, answer];
      const turn = h.turn("s3", "a").view(all, { supplied: all }).compact({ result: DONE }).retry();
      return clause.check(turn.view(all, { supplied: all }).end().done(), [], subject);
    };
    expect(compacted(reply("NO_REPLY"))).toEqual([]);
    expect(compacted(reply("AAAAAAAAAAA4 four"))).toHaveLength(1);
  });

  it("names a summary beside its originals, and a compaction of nothing", () => {
    expect(played({ next: [SUMMARY, ...OLD] })).toHaveLength(1);
    const h = historyOf();
    h.turn("s1", "a").view([]).compact({ result: DONE }).retry().view([]).end();
    expect(clause.check(h.done(), [], subject)).toHaveLength(1);
  });

  it("leaves a view alone from which the engine held back what it had", () => {
    const judgedAfter = (delivered: Message[]) => {
      const h = historyOf();
      h.turn("s1", "a").view([]).commit(delivered).end();
      const turn = h.turn("s2", "a");
      turn.view(OLD as unknown as AnyMessage[], { supplied: OLD, prompt: "go on" });
      turn.compact({ result: DONE, requests: ["AAAAAAAAAAA1 AAAAAAAAAAA2"] });
      turn.retry().view(OLD as unknown as AnyMessage[], { supplied: OLD, prompt: "go on" });
      return clause.check(turn.end().done(), [], subject);
    };
    expect(judgedAfter(OLD)).toHaveLength(1);
    expect(judgedAfter([user("AAAAAAAAAAA0 an older message"), ...OLD])).toEqual([]);
  });

  it("accepts one measure alone", () => {
    const many = Array.from({ length: 20 }, (_, n): Message => user(`x${n}`));
    const note: AnyMessage = { role: "user", content: "y".repeat(90) };
    const h = historyOf();
    h.turn("s1", "a")
      .view(many as unknown as AnyMessage[], { supplied: many })
      .compact({ result: DONE })
      .retry()
      .view([note], { supplied: many })
      .end();
    expect(clause.check(h.done(), [], subject)).toEqual([]);
  });

  it("does not judge a last view that was cut, nor changes of the host's own", () => {
    expect(played({ last: OLD.slice(1), next: OLD })).toEqual([]);
    expect(played({ next: OLD, between: "host-compaction" })).toEqual([]);
    expect(played({ next: OLD, between: "reset" })).toEqual([]);
  });

  it("judges a manual compact only where the view exceeded the budgets", () => {
    const manual: CompactOptions = { phase: "compact-manual", params: { tokenBudget: 50 } };
    expect(played({ next: OLD, how: manual })).toEqual([]);
    expect(played({ next: OLD, how: manual, budget: 50 })).toHaveLength(1);
  });

  it("does not compare where a summary covers what the last view never had", () => {
    const news: AnyMessage = { role: "user", content: `Summary: AAAAAAAAAAA1 AAAAAAAAAAA9 ${"more ".repeat(90)}` };
    const supplied = [...OLD, user("AAAAAAAAAAA9 new")];
    expect(played({ next: [news], supplied })).toEqual([]);
  });

  it("names numbers that do not shrink, whatever the view", () => {
    const how = { result: { ...DONE, result: { tokensBefore: 70, tokensAfter: 70 } } };
    expect(played({ next: [SUMMARY], how })[0]?.message).toContain("by its own numbers");
    expect(played({ next: [SUMMARY], how: { result: { ...DONE, result: { tokensBefore: 70, tokensAfter: 60 } } } })).toEqual([]);
    expect(played({ next: [SUMMARY], how: { result: { ...DONE, result: { tokensBefore: 70 } } } })).toEqual([]);
  });
});

describe("compact-honest, against the twin without the call", () => {
  const step: StepOf<"compact"> = { id: "s2", at: 2, kind: "compact", session: "a", trigger: "manual" };

  function three(how: CompactOptions | undefined, later: Shown) {
    const h = historyOf({ steps: how === undefined ? [] : [step] });
    h.turn("s1", "a").view([]).commit(OLD).end();
    if (how !== undefined) h.compact("s2", "a", how);
    h.turn("s3", "a")
      .view([...later] as AnyMessage[], { supplied: OLD })
      .end();
    return h.done();
  }

  it("asks for the twin of an idle compact only", () => {
    const idle = three({ result: { ok: true, compacted: false } }, OLD);
    expect(clause.twins?.(idle.case, idle, subject).map((twin) => [twin.name, twin.theCase.steps])).toEqual([["without s2", []]]);
    const done = three({ result: DONE }, OLD);
    expect(clause.twins?.(done.case, done, subject)).toEqual([]);
  });

  it("names work done in silence, and accepts none", () => {
    const twins = [{ name: "without s2", history: three(undefined, OLD) }];
    const idle = { result: { ok: false, compacted: false, reason: "under target" } };
    const [finding] = clause.check(three(idle, [SUMMARY]), twins, subject);
    expect(finding?.message).toContain("said that nothing was done");
    expect(finding?.expected).toContain("without step s2");
    expect(clause.check(three(idle, OLD), twins, subject)).toEqual([]);
  });
});
