import { describe, expect, it } from "vitest";
import type { AnyMessage, History, Message, Step, StepOf } from "../src/define/index.js";
import { textOf } from "../src/judge/index.js";
import { type CompactOptions, historyOf, reply, toolCall, toolResult, user, type ViewOptions } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./compact-atomic.js";

const subject = subjectOf();
const OLD: Message[] = [
  user("AAAAAAAAAAA1 one"),
  reply("AAAAAAAAAAA2 two"),
  user("AAAAAAAAAAA3 three"),
  reply("AAAAAAAAAAA4 four"),
];
const NEWEST: Message[] = [user("AAAAAAAAAAA5 five"), reply("AAAAAAAAAAA6 six")];
const ALL = [...OLD, ...NEWEST];
const SUMMARY: AnyMessage = { role: "user", content: "Summary: AAAAAAAAAAA1 AAAAAAAAAAA2 AAAAAAAAAAA3 AAAAAAAAAAA4" };
const FAILED: CompactOptions = { result: { ok: false, compacted: false, reason: "summariser failed" } };
const REQUEST = "AAAAAAAAAAA1 AAAAAAAAAAA2 AAAAAAAAAAA3 AAAAAAAAAAA4";
type Shown = readonly (Message | AnyMessage)[];

function played(
  how: CompactOptions | undefined,
  next: Shown,
  view: ViewOptions = {},
  steps: StepOf<"compact">[] = [],
  last: Shown = ALL,
): History {
  const h = historyOf({ steps });
  h.turn("s1", "a").view([]).commit(OLD).end();
  h.turn("s2", "a")
    .view(OLD as unknown as AnyMessage[], { supplied: OLD })
    .commit(NEWEST)
    .end();
  h.turn("s3", "a")
    .view([...last] as AnyMessage[], { supplied: ALL })
    .end("failed");
  if (how !== undefined) h.compact("s4", "a", how);
  h.turn("s5", "a")
    .view([...next] as AnyMessage[], { supplied: ALL, prompt: "go", ...view })
    .end();
  return h.done();
}
const check = (...given: Parameters<typeof played>) => clause.check(played(...given), [], subject);

describe("compact-atomic, a failed compact", () => {
  it("accepts a session as it was, and a window that slides by what came in", () => {
    expect(check(FAILED, ALL)).toEqual([]);
    const news = [user("AAAAAAAAAAA7 new"), reply("AAAAAAAAAAA8 new")];
    expect(check(FAILED, [...ALL.slice(2), ...news], { supplied: [...ALL, ...news] })).toEqual([]);
  });

  it("names content that is gone", () => {
    const [finding] = check(FAILED, NEWEST);
    expect(finding?.message).toContain("failed, and 4 messages");
    expect(finding?.blame.length).toBe(5);
    expect(check({ throws: "out of memory" }, NEWEST)).toHaveLength(1);
  });

  it("does not count the tool rounds of a turn that ended meanwhile, as it counts others", () => {
    const rounds: Message[] = [toolCall("c1", "read", { path: "AAAAAAAAAAA7" }), toolResult("c1", "read", "AAAAAAAAAAA8 text")];
    const shown = (planted: string) => {
      const h = historyOf();
      h.turn("s1", "a").view([]).commit(OLD).end();
      const running = { id: planted, kind: "ordinary", attempt: 1 } as const;
      h.plant("AAAAAAAAAAA7", "tool-args", h.session("a"), running);
      h.plant("AAAAAAAAAAA8", "tool-result", h.session("a"), running);
      const turn = h.turn("s2", "a").view(OLD, { supplied: OLD }).ingest(rounds);
      turn.view([...OLD, ...rounds], { supplied: [...OLD, ...rounds], phase: "assemble-again" }).end();
      h.compact("s3", "a", FAILED);
      h.turn("s4", "a")
        .view(OLD, { supplied: [...OLD, ...rounds] })
        .end();
      return clause.check(h.done(), [], subject);
    };
    expect(shown("s2")).toEqual([]);
    expect(shown("s1")[0]?.message).toContain("2 messages that were shown before");
  });

  it("names a summary that a failed compact left behind, in place of what it stands for", () => {
    const answer = "They spoke of AAAAAAAAAAA1 AAAAAAAAAAA2 AAAAAAAAAAA3 AAAAAAAAAAA4";
    const left = { role: "user", content: `Earlier: ${answer}` } as const;
    const asked = { ...FAILED, requests: [REQUEST], answer };
    const [finding] = check(asked, [left, ...NEWEST]);
    expect(finding?.message).toContain("a summary made in it stands in the next view");
    expect(check(asked, ALL)).toEqual([]);
    expect(check(asked, [left, ...NEWEST], {}, [], [left, ...NEWEST])).toEqual([]);
    expect(check(FAILED, [SUMMARY, ...NEWEST])).toEqual([]);
  });

  it("does not hold against it what another compact did that succeeded before the next view", () => {
    const afterBoth = (second: CompactOptions) => {
      const h = historyOf();
      h.turn("s1", "a").view([]).commit(ALL).end();
      h.turn("s3", "a").view(ALL, { supplied: ALL }).end("failed");
      h.compact("s4", "a", FAILED);
      h.compact("s5", "a", second);
      h.turn("s6", "a").view(NEWEST, { supplied: ALL, prompt: "go" }).end();
      return clause.check(h.done(), [], subject);
    };
    expect(afterBoth({})).toEqual([]);
    expect(afterBoth(FAILED).length).toBeGreaterThan(0);
  });

  it("does not ask for the text of a turn that failed: an engine may leave it out, compact or not", () => {
    const asked = user("AAAAAAAAAAA7 seven");
    const afterTurn = (status: "failed" | "accepted") => {
      const h = historyOf();
      h.turn("s1", "a").view([]).commit(ALL).end();
      h.turn("s3", "a", { prompt: "AAAAAAAAAAA7 seven" })
        .view([...ALL, asked] as AnyMessage[], { supplied: [...ALL, asked] })
        .end(status);
      h.compact("s4", "a", FAILED);
      h.turn("s5", "a")
        .view(ALL, { supplied: [...ALL, asked], prompt: "go" })
        .end();
      return clause.check(h.done(), [], subject);
    };
    expect(afterTurn("failed")).toEqual([]);
    expect(afterTurn("accepted")[0]?.message).toContain("failed, and a message");
  });

  it("does not judge tight budgets, a changed host history, or content that a summary covers", () => {
    expect(check(FAILED, NEWEST, { budget: 100 })).toEqual([]);
    expect(check(FAILED, NEWEST, { supplied: NEWEST })).toEqual([]);
    expect(check(FAILED, [SUMMARY, ...NEWEST])).toEqual([]);
  });
});

describe("compact-atomic, a successful compact", () => {
  it("accepts a summary before an untouched newest turn", () => {
    expect(check({ requests: [REQUEST] }, [SUMMARY, ...NEWEST])).toEqual([]);
  });

  it("names a newest turn that was touched", () => {
    const [finding] = check({}, [SUMMARY, NEWEST[1] as Message]);
    expect(finding?.message).toContain("newest turn (step s2)");
    expect(finding?.expected).toContain("AAAAAAAAAAA5");
    expect(check({}, [{ role: "user", content: "Summary: AAAAAAAAAAA5 AAAAAAAAAAA6" }])).toHaveLength(1);
  });

  it("does not take a turn with a silent answer for the newest: an engine may keep the newest one with an answer", () => {
    const asked = user("AAAAAAAAAAA7 seven");
    const afterAnswer = (answer: Message) => {
      const h = historyOf();
      h.turn("s1", "a").view([]).commit(ALL).end();
      h.turn("s2", "a").view(ALL, { supplied: ALL }).commit([asked, answer]).end();
      h.compact("s3", "a", {});
      h.turn("s4", "a")
        .view([SUMMARY, ...NEWEST] as AnyMessage[], { supplied: [...ALL, asked], prompt: "go" })
        .end();
      return clause.check(h.done(), [], subject);
    };
    expect(afterAnswer(reply("NO_REPLY"))).toEqual([]);
    expect(afterAnswer(reply(""))).toEqual([]);
    expect(afterAnswer(reply("AAAAAAAAAAA8 eight"))[0]?.message).toContain("newest turn (step s2)");
  });

  it("accepts a failed turn that the host goes on to supply in place of the newest accepted one", () => {
    const aborted = user("AAAAAAAAAAA7 seven");
    const afterAborted = (shows: Shown, supplied: Message[]) => {
      const h = historyOf();
      h.turn("s1", "a").view([]).commit(OLD).end();
      h.turn("s2", "a").view(OLD, { supplied: OLD }).commit(NEWEST).end();
      h.turn("s3", "a", { prompt: "AAAAAAAAAAA7 seven" }).view(ALL, { supplied: ALL }).end("failed");
      h.compact("s4", "a", {});
      h.turn("s5", "a")
        .view([...shows] as AnyMessage[], { supplied, prompt: "go" })
        .end();
      return clause.check(h.done(), [], subject);
    };
    expect(afterAborted([SUMMARY, aborted], [...ALL, aborted])).toEqual([]);
    expect(afterAborted([SUMMARY, aborted], ALL)).toHaveLength(1);
    expect(afterAborted([SUMMARY], [...ALL, aborted])).toHaveLength(1);
  });

  it("accepts a running turn that was delivered before the compact as the newest, in a client's wrapping, too", () => {
    const text = "AAAAAAAAAAA7 seven";
    const duringTurn = (shows: Shown, delivered: boolean, prompt = "go") => {
      const h = historyOf({ host: "heartbeat-run" });
      h.turn("s1", "a").view([]).ingest(OLD).end();
      h.turn("s2", "a").view(OLD, { supplied: OLD }).ingest(NEWEST).end();
      const turn = h.turn("s3", "a", { prompt: text }).view(ALL, { supplied: ALL });
      if (delivered) turn.ingest([user(text)]);
      turn
        .compact({})
        .retry()
        .view([...shows] as AnyMessage[], { supplied: ALL, prompt })
        .end();
      return clause.check(h.done(), [], subject);
    };
    expect(duringTurn([SUMMARY, user(text)], true)).toEqual([]);
    // The prompt carries it: it need not stand in the view as well.
    expect(duringTurn([SUMMARY], true, `[Telegram Ann +2m] ${text}`)).toEqual([]);
    expect(duringTurn([SUMMARY], false, `[Telegram Ann +2m] ${text}`)).toHaveLength(1);
    expect(duringTurn([SUMMARY, user(`[Telegram Ann +2m] ${text}`)], true)).toEqual([]);
    expect(duringTurn([SUMMARY], true)).toHaveLength(1);
    expect(duringTurn([SUMMARY, user(`[Telegram Ann +2m] ${text}`)], false)).toHaveLength(1);
  });

  it("leaves alone what the view before the compact lacked already", () => {
    const [asked, answered] = NEWEST as [Message, Message];
    expect(check({}, [SUMMARY, answered], {}, [], [...OLD, answered])).toEqual([]);
    expect(check({}, [SUMMARY, answered], {}, [], [...OLD, asked, answered])).toHaveLength(1);
  });

  it("accepts a newest user text that was merged with the summary before it, word for word", () => {
    const [asked, answered] = NEWEST as [Message, Message];
    const parts = [
      { type: "text", text: "Summary: AAAAAAAAAAA1" },
      { type: "text", text: textOf(asked) },
    ];
    expect(check({}, [{ role: "user", content: parts } as AnyMessage, answered])).toEqual([]);
  });

  it("does not judge where it does not fit, or the host changed it", () => {
    expect(check({ params: { tokenBudget: 300 } }, [SUMMARY])).toEqual([]);
    expect(check({}, [SUMMARY], { supplied: OLD })).toEqual([]);
  });

  it("wants every text in the view or in the summariser's hands, where that is claimed", () => {
    const lossless = subjectOf({ claims: ["compact-lossless"] });
    const note: AnyMessage = { role: "user", content: "Summary: AAAAAAAAAAA1" };
    expect(clause.check(played({ requests: [REQUEST] }, [note, ...NEWEST]), [], lossless)).toEqual([]);
    const [finding] = clause.check(
      played({ requests: ["AAAAAAAAAAA1 AAAAAAAAAAA2 AAAAAAAAAAA3"] }, [note, ...NEWEST]),
      [],
      lossless,
    );
    expect(finding?.message).toContain("AAAAAAAAAAA4");
    expect(clause.check(played({ requests: ["AAAAAAAAAAA1"] }, [note, ...NEWEST]), [], subject)).toEqual([]);
  });
});

describe("compact-atomic, against twins", () => {
  const step: StepOf<"compact"> = {
    id: "s4",
    at: 4,
    kind: "compact",
    session: "a",
    trigger: "manual",
    summariser: "hang",
    abortAt: 1,
  };
  const less = ALL.slice(1);

  it("asks for the twin without a failed compact, and for a healthy one where it was aborted", () => {
    const failed = played(FAILED, ALL, {}, [step]);
    expect(clause.twins?.(failed.case, failed, subject).map((twin) => twin.name)).toEqual(["without s4"]);
    const history = played({ ...FAILED, requests: ["x"] }, ALL, {}, [step]);
    const events = history.events.map((event) => (event.kind === "summariser" ? { ...event, aborted: true } : event));
    const twins = clause.twins?.(history.case, { ...history, events }, subject) ?? [];
    expect(twins.map((twin) => twin.name)).toEqual(["without s4", "unaborted s4"]);
    expect(twins[1]?.theCase.steps).toEqual([
      { id: "s4", at: 4, kind: "compact", session: "a", trigger: "manual", summariser: "healthy" },
    ]);
  });

  it("names a change, unless an aborted compact was done wholly", () => {
    const tight = { budget: 100 };
    const history = played(FAILED, less, tight, [step]);
    const without = { name: "without s4", history: played(undefined, ALL, tight) };
    expect(clause.check(history, [without], subject)[0]?.message).toContain("failed, yet it changed");
    expect(clause.check(played(FAILED, ALL, tight, [step]), [without], subject)).toEqual([]);
    const unaborted = { name: "unaborted s4", history: played({}, less, tight, [step]) };
    expect(clause.check(history, [without, unaborted], subject)).toEqual([]);
    const other = { name: "unaborted s4", history: played({}, NEWEST, tight, [step]) };
    expect(clause.check(history, [without, other], subject)[0]?.message).toContain("was aborted");
  });

  it("counts a later refusal only an hour after, by the host's clock with its jumps", () => {
    const later: StepOf<"compact"> = { id: "s6", at: 5_000, kind: "compact", session: "a", trigger: "manual" };
    const refusedAfter = (...between: Step[]) => {
      const play = (first: CompactOptions | undefined, second: CompactOptions): History => {
        const h = historyOf({ steps: [...(first === undefined ? [] : [step]), ...between, later] });
        h.turn("s1", "a").view([]).commit(OLD).end();
        if (first !== undefined) h.compact("s4", "a", first);
        h.compact("s6", "a", second);
        return h.done();
      };
      const refused = play(FAILED, { result: { ok: true, compacted: false, reason: "nothing new" } });
      return clause.check(refused, [{ name: "without s4", history: play(undefined, {}) }], subject).map(({ message }) => message);
    };
    expect(refusedAfter()).toEqual([]);
    expect(refusedAfter({ id: "s5", at: 5, kind: "clock", byMs: 3_600_000 })).toEqual([expect.stringContaining("long after")]);
    expect(refusedAfter({ id: "s5", at: 5, kind: "clock", byMs: -3_600_000 })).toEqual([]);
  });
});
