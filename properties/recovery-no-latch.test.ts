import { describe, expect, it } from "vitest";
import type { AnyMessage, History, Message, Step, StepOf } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./recovery-no-latch.js";

const subject = subjectOf();
const OLD: Message[] = [user("AAAAAAAAAAA1 one"), reply("AAAAAAAAAAA2 two")];
const MORE: Message[] = [...OLD, user("AAAAAAAAAAA3 three"), reply("AAAAAAAAAAA4 four")];
const NOTHING = { ok: true, compacted: false };
const DONE = { ok: true, compacted: true };

const turnStep = (id: string): StepOf<"turn"> => ({
  id,
  at: 1,
  kind: "turn",
  session: "a",
  via: "rpc",
  text: { form: "plain", tokens: 9 },
  reply: "text",
  replyTokens: 9,
  tools: [],
  provider: { mode: "scripted", answers: [] },
});

interface Later {
  view?: Message[];
  /** The same turn compacted before, which helped. */
  before?: boolean;
  compact?: unknown;
  /** The view after that compact. */
  next?: Message[];
  throws?: string;
}

function played(lost: boolean, { view = MORE, before = false, compact, next = MORE.slice(2), throws }: Later): History {
  const steps: Step[] = [turnStep("s1"), turnStep("s2"), turnStep("s3")];
  const h = historyOf({ steps: lost ? steps : steps.filter((step) => step.id !== "s2") });
  h.turn("s1", "a").view([]).commit(OLD).end();
  if (lost)
    h.turn("s2", "a")
      .view(OLD as unknown as AnyMessage[], { supplied: OLD })
      .provider("overflow")
      .compact({ result: NOTHING })
      .end("failed");
  const turn = h.turn("s3", "a");
  if (throws !== undefined) turn.call("assemble", "assemble-first", {}, { throws });
  else turn.view(view as unknown as AnyMessage[], { supplied: view });
  if (before) turn.compact({ result: DONE });
  if (compact !== undefined) turn.compact({ result: compact }).view(next as unknown as AnyMessage[], { supplied: next });
  return turn.end().done();
}

/** The same, its last compact done by the host in the engine's place. */
function delegated(history: History): History {
  const call = history.events.findLast((event) => event.kind === "call" && event.method === "compact");
  const note = { ...history.events[0], kind: "host", what: "host-compaction" } as History["events"][number];
  const events = history.events.flatMap((event) => (event === call ? [event, note] : [event]));
  return { ...history, events: events.map((event, i) => ({ ...event, i })) };
}

const check = (mine: Later, theirs: Later) =>
  clause.check(played(true, mine), [{ name: "without s2", history: played(false, theirs) }], subject);

describe("recovery-no-latch", () => {
  it("asks for the twin without the lost turn", () => {
    const history = played(true, {});
    expect(clause.twins?.(history.case, history, subject).map((twin) => [twin.name, twin.theCase.steps.length])).toEqual([
      ["without s2", 2],
    ]);
    expect(clause.witness(history, [], subject)).toBe(1);
    const fine = played(false, {});
    expect(clause.twins?.(fine.case, fine, subject)).toEqual([]);
  });

  it("accepts answers as in the twin, or better ones", () => {
    expect(check({ compact: DONE }, { compact: DONE })).toEqual([]);
    expect(check({ compact: DONE }, { compact: NOTHING })).toEqual([]);
    expect(check({ throws: "broken" }, { throws: "broken" })).toEqual([]);
  });

  it("names a call that throws since", () => {
    const [finding] = check({ throws: "recovery exhausted" }, {});
    expect(finding?.message).toContain("After the exhausted recovery in step s2, assemble in step s3");
    expect(finding?.actual).toContain("recovery exhausted");
    expect(finding?.blame.length).toBe(5);
  });

  it("names a compact that refuses since, where it has as much to do", () => {
    expect(check({ compact: { ok: false, compacted: false, reason: "circuit open" } }, { compact: DONE })[0]?.actual).toContain(
      "circuit open",
    );
    expect(check({ view: MORE.slice(2), compact: NOTHING }, { compact: DONE })).toEqual([]);
    expect(check({ view: OLD.slice(1), compact: NOTHING }, { view: OLD.slice(1), compact: DONE })).toEqual([]);
  });

  it("asks for no compact of what views do not show, nor answers for the host that compacts for the engine", () => {
    expect(check({ compact: NOTHING }, { compact: DONE })).toHaveLength(1);
    expect(check({ compact: NOTHING }, { compact: DONE, next: MORE })).toEqual([]);
    const theirs = delegated(played(false, { compact: DONE }));
    const mine = played(true, { compact: NOTHING });
    expect(clause.check(mine, [{ name: "without s2", history: theirs }], subject)).toEqual([]);
  });

  it("does not compare a compact behind another of its turn, nor one with smaller texts to work with", () => {
    expect(check({ before: true, compact: NOTHING }, { before: true, compact: DONE })).toEqual([]);
    const long = [user(`A summary of ${"what was said ".repeat(20)}`), ...MORE];
    expect(check({ compact: NOTHING }, { view: long, compact: DONE })).toEqual([]);
    expect(check({ view: long, compact: NOTHING }, { compact: DONE })).toHaveLength(1);
  });
});
