import { describe, expect, it } from "vitest";
import type { AnyMessage, Message, Step } from "../define/index.js";
import { indexOf } from "./build.js";
import { Likeness } from "./likeness.js";
import { historyOf, reply, user } from "./notation.js";
import { compareTwin, historyDifference } from "./twin-compare.js";
import { ownersOf, stepsOfOthers, withoutSteps } from "./twins.js";

const U = user("AAAAAAAAAAA1 question");
const A = reply("AAAAAAAAAAA2 answer");
const X = user("BBBBBBBBBBB1 other");
const isA = { session: ({ alias }: { alias: string }) => alias === "a" };

function played(withOther: boolean, last: (AnyMessage | Message)[], budget = 100_000) {
  const h = historyOf();
  h.turn("s1", "a").view([], {}).commit([U, A]).end();
  if (withOther) h.turn("s2", "b").commit([X, A]).end();
  h.turn("s3", "a")
    .view(last, { supplied: [U, A], budget })
    .end();
  return h.done();
}

describe("compareTwin", () => {
  it("finds a different answer to equal inputs", () => {
    const original = played(true, [U, A, X]);
    const { difference } = compareTwin(original, played(false, [U, A]), isA);
    expect(difference?.at).toBe(indexOf(original).views[1]?.at);
    expect(difference?.actual).toContain("BBBBBBBBBBB1");
    expect(difference?.expected).toContain("the view ends after 2 messages");
  });

  it("counts what it compared after an event", () => {
    const original = played(true, [U, A]);
    const after = original.events.find((event) => event.step === "s2")?.i ?? 0;
    expect(compareTwin(original, played(false, [U, A]), { ...isA, after })).toEqual({
      compared: 1,
      views: 1,
      viewsAt: [indexOf(original).views[1]?.at],
    });
  });

  it("stops at a host-made difference, at a quarantine, and before `after`", () => {
    expect(compareTwin(played(true, [U, A, X], 500), played(false, [U, A]), isA).difference).toBeUndefined();
    const quarantined = played(true, [U, A, X]);
    quarantined.events.splice(1, 0, { i: 1, step: "s1", kind: "host", what: "quarantine", detail: {} });
    for (const [i, event] of quarantined.events.entries()) event.i = i;
    expect(compareTwin(quarantined, played(false, [U, A]), isA)).toMatchObject({ compared: 0 });
    expect(compareTwin(played(true, [X]), played(false, [U]), { ...isA, after: 9_999 }).difference).toBeUndefined();
  });

  it("takes ids and times as equal when they stand in the same places", () => {
    const summary = (id: string, time: number) => ({ role: "user", content: `summary ${id} of ${id}`, timestamp: time });
    const one = played(true, [summary("sum_12ab34", 1_780_000_000_001)]);
    expect(compareTwin(one, played(false, [summary("sum_99ff00", 1_780_000_000_009)]), isA).difference).toBeUndefined();
    expect(historyDifference(one, one)).toBeUndefined();
    expect(historyDifference(played(true, []), played(false, []))).toContain("s2");
  });

  it("reports a throw in one and not in the other", () => {
    const bad = historyOf();
    bad.turn("s1", "a").bootstrap({}, { throws: "closed" }).end();
    const good = historyOf();
    good.turn("s1", "a").bootstrap().end();
    expect(compareTwin(bad.done(), good.done(), isA).difference).toMatchObject({
      actual: "bootstrap answer: threw Error: closed",
    });
  });
});

describe("Likeness", () => {
  const alike = (first: unknown, second: unknown) => new Likeness().compare(first, second) === undefined;

  it("keeps counts, planted texts and the pairing of ids strict", () => {
    expect(alike({ importedMessages: 3 }, { importedMessages: 4 })).toBe(false);
    expect(alike("AAAAAAAAAAA1", "AAAAAAAAAAA2")).toBe(false);
    expect(alike(["sum_1111aa", "sum_1111aa"], ["sum_2222bb", "sum_3333cc"])).toBe(false);
    expect(alike(["sum_1111aa", "sum_4444aa"], ["sum_2222bb", "sum_2222bb"])).toBe(false);
  });

  it("lets ids, times, paths and sizes beside ids vary", () => {
    expect(alike("[summary 7 of row #12]", "[summary 3 of row #9]")).toBe(true);
    expect(alike({ rowId: 7, text: "12 messages left out" }, { rowId: 9, text: "12 messages left out" })).toBe(true);
    const uuids = ["c182dfc7-85ba-44ef-a88f-998e5b9af174", "018cc085-feb9-46cb-9313-17f5aabf9f28"];
    expect(alike(`[Summary sum_${uuids[0]}] ${uuids[1]}`, `[Summary sum_${uuids[1]}] ${uuids[0]}`)).toBe(true);
    expect(alike("12 messages left out", "9 messages left out")).toBe(false);
    expect(alike({ id: "x", at: 5 }, { id: "y", at: 7 })).toBe(true);
    expect(alike("made 2026-05-01T10:00:00.000Z", "made 2026-05-02T11:30:00Z")).toBe(true);
    expect(alike("/tmp/a1/state/x.json", "/var/b2/x.json")).toBe(true);
    expect(alike({ summaryId: "s9", estimatedTokens: 100 }, { summaryId: "s10", estimatedTokens: 101 })).toBe(true);
    expect(alike({ estimatedTokens: 100 }, { estimatedTokens: 101 })).toBe(false);
  });
});

describe("steps and their owners", () => {
  const talk = { reply: "text" as const, replyTokens: 12, tools: [], provider: { mode: "scripted" as const, answers: [] } };
  const turn = (id: string, session: string): Step => ({
    id,
    at: 0,
    kind: "turn",
    session,
    via: "rpc",
    text: { form: "plain", tokens: 8 },
    ...talk,
  });
  const tick = (id: string, isolated: boolean): Step => ({
    id,
    at: 0,
    kind: "tick",
    lane: "hb",
    isolated,
    wakeKey: "none",
    ...talk,
  });
  const steps: Step[] = [
    turn("s1", "a"),
    turn("s2", "b"),
    tick("s3", true),
    tick("s4", false),
    { id: "s5", at: 0, kind: "late", delivery: "s2", fault: "not-sent", attempts: 1 },
    { id: "s6", at: 0, kind: "restart", mode: "soft" },
  ];
  const history = historyOf({
    keys: { a: "agent:main:a", b: "agent:main:b" },
    lanes: { hb: { kind: "heartbeat", session: "a" } },
    steps,
  }).done();

  it("gives a shared tick to the base session and a fault to the step it names", () => {
    const owners = ownersOf(history.case, indexOf(history));
    expect([...owners].map(([id, names]) => `${id}:${[...names].join()}`)).toEqual([
      "s1:a",
      "s2:b",
      "s3:hb",
      "s4:a",
      "s6:",
      "s5:b",
    ]);
    expect([...stepsOfOthers(history.case, indexOf(history), new Set(["a"]))].sort()).toEqual(["s2", "s3", "s5"]);
  });

  it("removes a step together with what is aimed at it", () => {
    expect(withoutSteps(history.case, new Set(["s2"])).steps.map((step) => step.id)).toEqual(["s1", "s3", "s4", "s6"]);
  });
});
