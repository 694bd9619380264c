import { describe, expect, it } from "vitest";
import type { AnyMessage, Message } from "../src/define/index.js";
import { historyOf, reply, user, type ViewOptions } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./assemble-repeatable.js";

const subject = subjectOf();
const NOTE = { role: "user", content: "Summary: earlier things" } as const;
const A = user("AAAAAAAAAAA1 one");
const B = reply("AAAAAAAAAAA2 two");
const C = user("AAAAAAAAAAA3 three");
type Shown = readonly (Message | AnyMessage)[];

function twice(first: Shown, again: Shown, how: ViewOptions = {}, before: Message[] = [A, B, C], compact = false) {
  const h = historyOf();
  h.turn("s1", "a").view([]).commit(before).end();
  const turn = h.turn("s2", "a").view([...first] as AnyMessage[], { supplied: [A, B, C] });
  if (compact) turn.compact();
  turn.view([...again] as AnyMessage[], { phase: "assemble-again", supplied: [...first] as Message[], ...how });
  return turn.end().done();
}
const check = (...given: Parameters<typeof twice>) => clause.check(twice(...given), [], subject);

describe("assemble-repeatable", () => {
  it("accepts the same view again", () => {
    expect(check([NOTE, A, B, C], [NOTE, A, B, C])).toEqual([]);
  });

  it("accepts new messages at the end, and a new summary for what left", () => {
    const supplied: Message[] = [A, B, C, reply("AAAAAAAAAAA4 four")];
    expect(check([A, B, C], supplied, { supplied })).toEqual([]);
    expect(check([A, B, C], [{ role: "user", content: "Summary: AAAAAAAAAAA1 AAAAAAAAAAA2" }, C])).toEqual([]);
  });

  it("names a doubled message, and a doubled note of the engine's own", () => {
    expect(check([A, B, C], [A, A, B, C])[0]?.message).toContain("doubled a message.");
    const [finding] = check([NOTE, A], [NOTE, NOTE, A]);
    expect(finding?.message).toContain("doubled a message");
    expect(finding?.blame.length).toBe(3);
  });

  it("leaves a host's fixed sentences alone, which repeat by nature", () => {
    const silent = reply("HEARTBEAT_OK");
    expect(check([A, silent], [A, silent, B, silent], {}, [A, B, C, silent])).toEqual([]);
    expect(check([A, silent], [A], {}, [A, B, C, silent])).toEqual([]);
  });

  it("names a note put on the engine's own, which only counts further, but not a new one beside what left", () => {
    const counting = (left: number) => ({ role: "user", content: `Summary: of ${left} older messages` }) as const;
    expect(check([counting(12), A, B], [counting(13), counting(12), A, B])[0]?.message).toContain("second note on its own");
    expect(check([counting(12), A, B], [counting(13), A, B])).toEqual([]);
    const other = { role: "user", content: "Budget: tight" } as const;
    expect(check([counting(12), A, B], [other, counting(12), A, B])).toEqual([]);
    expect(check([counting(2), A, B], [counting(2), counting(4), B], { budget: 99_999 })).toEqual([]);
  });

  it("accepts that a host's second summary, in words of the engine's own, found room by now, but no summary twice", () => {
    const hosts = (text: string) => ({ role: "compactionSummary", summary: text, tokensBefore: 9, timestamp: 0 }) as const;
    const told = (text: string) => ({ role: "user", content: `Summary of what was said: ${text}` }) as const;
    const [one, two] = ["AAAAAAAAAAA4 of the boat", "AAAAAAAAAAA5 of the harbour"];
    const retold = (first: Shown, again: Shown) => {
      const h = historyOf();
      h.turn("s1", "a")
        .view([], { supplied: [hosts(one), hosts(two)] as unknown as Message[] })
        .commit([A, B, C])
        .end();
      const turn = h.turn("s2", "a").view([...first] as AnyMessage[], { supplied: [A, B, C] });
      turn.view([...again] as AnyMessage[], { phase: "assemble-again", supplied: [...first] as Message[], budget: 99_999 });
      return clause.check(turn.end().done(), [], subject);
    };
    expect(retold([told(two), B, C], [told(one), told(two), B, C])).toEqual([]);
    expect(retold([told(two), B, C], [told(`again: ${two}`), told(two), B, C])[0]?.message).toContain("second note");
    expect(retold([told("things"), B, C], [told("more things"), told("things"), B, C])[0]?.message).toContain("second note");
  });

  it("accepts a second note of the same words where a second gap came", () => {
    const gap = { role: "user", content: "[one turn left out here]" } as const;
    expect(check([gap, A, B, C], [gap, A, gap, C], { budget: 99_999 })).toEqual([]);
    expect(check([gap, A, B, C], [gap, gap, A, C], { budget: 99_999 })[0]?.message).toContain("doubled a message");
    expect(check([gap, A, B, C], [gap, A, B, gap, C], { budget: 99_999 })[0]?.message).toContain("doubled a message");
  });

  it("accepts a second copy that the store holds", () => {
    expect(check([A, B], [A, A, B], {}, [A, A, B])).toEqual([]);
  });

  it("names a changed order", () => {
    expect(check([A, B, C], [B, A, C])[0]?.message).toContain("changed the order");
  });

  it("names a drop without cause, but not under a smaller budget, after a compact, or from a longer list", () => {
    expect(check([A, B, C], [B, C])[0]?.message).toContain("dropped a message");
    expect(check([A, B, C], [B, C], { budget: 99_999 })).toEqual([]);
    expect(check([A, B, C], [B, C], {}, [A, B, C], true)).toEqual([]);
    expect(check([A, B], [B, C], { supplied: [A, B, C] })).toEqual([]);
  });

  it("accepts that a note of the engine's own takes the room it had not had before, in a budget that is about full", () => {
    const long = user(`AAAAAAAAAAA1 ${"one ".repeat(300)}`);
    const tight = (first: Shown, again: Shown, budget: number) => {
      const h = historyOf();
      h.turn("s1", "a").view([]).commit([long, B, C]).end();
      const turn = h.turn("s2", "a").view([...first] as AnyMessage[], { supplied: [long, B, C], budget: 300 });
      turn.view([...again] as AnyMessage[], { phase: "assemble-again", supplied: [...first] as Message[], budget });
      return clause.check(turn.end().done(), [], subject);
    };
    expect(tight([long, B, C], [NOTE, B, C], 400)).toEqual([]);
    expect(tight([long, B, C], [NOTE, B, C], 4_000)[0]?.message).toContain("dropped a message");
    expect(tight([long, B, C], [B, C], 400)[0]?.message).toContain("dropped a message");
    expect(tight([NOTE, long, C], [NOTE, C], 400)[0]?.message).toContain("dropped a message");
  });

  it("counts second assembles that were fed the first", () => {
    expect(clause.witness(twice([A], [A]), [], subject)).toBe(1);
    expect(clause.witness(twice([A], [A], { supplied: [B] }), [], subject)).toBe(0);
    expect(clause.applies(subject, { "call.factory": 3 }).applies).toBe(false);
  });
});
