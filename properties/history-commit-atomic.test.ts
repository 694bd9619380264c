import { describe, expect, it } from "vitest";
import type { Message, Step } from "../src/define/index.js";
import { type HistoryWriter, historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-commit-atomic.js";

const U1 = user("AAAAAAAAAAU1 question");
const R1 = reply("AAAAAAAAAAR1 answer");
const said: [Message, Message] = [U1, R1];
const KEY = { advancementKey: "s1" };
const LATE: Step = { id: "f", kind: "late", at: 1, delivery: "s1", fault: "not-sent", attempts: 1 };
const check = (h: HistoryWriter) => clause.check({ ...h.done() }, [], subjectOf());

/** The late commit belongs to the old turn, though it comes within the new step. */
function late(shows: Message[], supplied: Message[] = said, status = "committed") {
  const h = historyOf({ steps: [LATE] });
  const first = h.turn("s1", "a").view([]).note("commit-not-sent", KEY);
  first.end();
  const second = h.turn("s2", "a");
  first.commit(said, { phase: "commit-late", status });
  second.view(shows, { supplied }).end();
  return h;
}

function undisturbed(shows: Message[], supplied: Message[] = said) {
  const h = historyOf({ steps: [LATE] });
  h.turn("s1", "a").view([]).commit(said).end();
  h.turn("s2", "a").view(shows, { supplied }).end();
  return { name: "without f", history: h.done() };
}

describe("history-commit-atomic", () => {
  it("finds a retried turn that is not there, although a fault came before", () => {
    const [finding] = check(late([]));
    expect(finding?.message).toContain("The commit of step s1 failed (commit-not-sent)");
    expect(finding?.message).toContain("it is not there");
  });

  it("finds a turn stored twice by the retry of a lost answer", () => {
    const h = historyOf();
    const first = h.turn("s1", "a").commit(said).note("commit-answer-lost", KEY);
    first.end();
    const second = h.turn("s2", "a");
    first.commit(said, { phase: "commit-late" });
    second.view([U1, R1, U1, R1], { supplied: said }).end();
    expect(check(h)[0]?.actual).toContain("2 copies");
  });

  it("finds a turn that is there in part, by the twin without the fault", () => {
    const h = late([U1]);
    expect(clause.twins?.(h.done().case, h.done(), subjectOf()).map((twin) => twin.name)).toEqual(["without f"]);
    const [finding] = clause.check(h.done(), [undisturbed(said)], subjectOf());
    expect(finding?.message).toContain("it is there in part");
    expect(finding?.expected).toContain("AAAAAAAAAAR1");
  });

  it("accepts the turn once and whole, a window that shows as little without the fault, and other inputs", () => {
    expect(clause.check(late(said).done(), [undisturbed(said)], subjectOf())).toEqual([]);
    expect(clause.check(late([R1]).done(), [undisturbed([R1])], subjectOf())).toEqual([]);
    expect(clause.check(late([U1]).done(), [undisturbed(said, [U1])], subjectOf())).toEqual([]);
    expect(clause.witness(late(said).done(), [], subjectOf())).toBe(1);
  });

  it("demands nothing while the retry was not acknowledged, or when another fault came", () => {
    expect(check(late([], said, "later"))).toEqual([]);
    const h = historyOf({ steps: [LATE] });
    const first = h.turn("s1", "a").note("commit-not-sent", KEY);
    first.end();
    h.note("k", "killed");
    const second = h.turn("s2", "a");
    first.commit(said, { phase: "commit-late" });
    second.view([], { supplied: said }).end();
    expect(check(h)).toEqual([]);
  });
});
