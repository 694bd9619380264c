import { describe, expect, it } from "vitest";
import type { Message } from "../src/define/index.js";
import { type CompactOptions, historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./compact-effective.js";

const owner = subjectOf({ claims: ["compact-effective"] });
const name = (n: number, part: string) => `${part}${String(n).padStart(11, "0")}`;
let made = 0;
const turns = (count: number, tokens = 2): Message[] =>
  Array.from({ length: count }, () => {
    made += 1;
    return [user(`${name(made, "Q")} ${"word ".repeat(tokens)}`), reply(`${name(made, "A")} answer`)];
  }).flat();
const NOTHING = { ok: true, compacted: false };

function compacted(messages: Message[], how: CompactOptions = { result: NOTHING }) {
  const h = historyOf();
  h.turn("s1", "a").view(messages, { supplied: messages }).end();
  return h.compact("s2", "a", { ...how, params: { tokenBudget: 1_000, ...how.params } }).done();
}
const check = (...given: Parameters<typeof compacted>) => clause.check(compacted(...given), [], owner);

describe("compact-effective", () => {
  it("names a forced compact that does nothing for many messages, or for large ones", () => {
    const [finding] = check(turns(41));
    expect(finding?.message).toContain("did nothing");
    expect(finding?.expected).toContain("66 messages");
    expect(finding?.blame.length).toBe(3);
    expect(check([...turns(4, 1_000), ...turns(8)])).toHaveLength(1);
    expect(check(turns(41), { result: { ok: false, compacted: false, reason: "no_session_manager" } })).toHaveLength(1);
  });

  it("accepts progress, and idleness where there is little to do", () => {
    expect(check(turns(41), {})).toEqual([]);
    expect(check(turns(40))).toEqual([]);
    expect(check([...turns(3, 1_000), ...turns(8)])).toEqual([]);
    expect(check(turns(8, 1_000))).toEqual([]);
  });

  it("counts only the host's own messages, and each once", () => {
    const notes = Array.from({ length: 80 }, (_, n) => user(`note ${n}`));
    expect(check([...notes, ...turns(8)])).toEqual([]);
    const same = turns(20);
    expect(check([...same, ...same, ...same, ...turns(8)])).toEqual([]);
  });

  it("counts what was delivered since the last success", () => {
    const onceDone = (count: number) => {
      const h = historyOf();
      h.turn("s1", "a")
        .view([], { supplied: turns(41) })
        .end();
      h.compact("s2", "a");
      h.turn("s3", "a").view([]).commit(turns(count)).end();
      return clause.check(h.compact("s4", "a", { result: NOTHING }).done(), [], owner);
    };
    expect(onceDone(30)).toEqual([]);
    expect(onceDone(41)).toHaveLength(1);
  });

  it("does not judge unforced compacts, faults, or a second compact of the same content", () => {
    expect(check(turns(41), { result: NOTHING, params: { force: false } })).toEqual([]);
    const history = compacted(turns(41), { result: NOTHING, requests: ["x"] });
    const events = history.events.map((event) => (event.kind === "summariser" ? { ...event, mode: "empty" } : event));
    expect(clause.check({ ...history, events }, [], owner)).toEqual([]);
    const h = historyOf();
    h.turn("s1", "a")
      .view([], { supplied: turns(41) })
      .end();
    h.compact("s2", "a").compact("s3", "a", { result: NOTHING });
    expect(clause.check(h.done(), [], owner)).toEqual([]);
  });

  it("counts an imported history once the engine shows it beside what was delivered to it", () => {
    const shownLater = (kept: boolean) => {
      const imported = turns(41);
      const h = historyOf();
      h.plant(imported, "import", h.session("a"));
      h.turn("s1", "a").view(imported, { supplied: imported }).commit(turns(1)).end();
      h.turn("s2", "a")
        .view(kept ? imported : [], { supplied: imported })
        .end();
      return clause.check(h.compact("s3", "a", { result: NOTHING }).done(), [], owner);
    };
    expect(shownLater(true)).toHaveLength(1);
    expect(shownLater(false)).toEqual([]);
  });

  it("leaves out what the engine has let go of by itself: not shown though there was room, or digested by a summariser", () => {
    const own = (requests: string[], budget?: number) => {
      const messages = turns(41, 20);
      const h = historyOf();
      const turn = h.turn("s1", "a").view(messages, { supplied: messages });
      turn.commit(turns(1)).end();
      h.compact("s2", "a", {
        requests: requests.map(() => JSON.stringify(messages.slice(0, 60))),
        result: NOTHING,
        params: { force: false },
      });
      h.turn("s3", "a")
        .view(messages.slice(60), { supplied: messages, ...(budget === undefined ? {} : { budget }) })
        .end();
      h.compact("s4", "a", { result: NOTHING, params: { tokenBudget: 1_000 } });
      return clause.check(h.done(), [], owner);
    };
    expect(own([])).toEqual([]);
    expect(own(["old"], 1_000)).toEqual([]);
    expect(own([], 1_000)).toHaveLength(1);
    // 82 messages of about 1,700 tokens: as much again for an engine that counts more, though not an ample budget.
    expect(own([], 4_000)).toEqual([]);
  });

  it("does not apply to an engine that never makes so much its own, once there were chances enough", () => {
    const seen = { "call.factory": 9, "call.compact": 9, "compact.long-foreign": 5 };
    expect(clause.applies(owner, seen)).toMatchObject({ applies: false });
    expect(clause.applies(owner, { ...seen, "compact.long": 1 })).toMatchObject({ applies: true });
    expect(clause.applies(owner, { ...seen, "compact.long-foreign": 4 })).toMatchObject({ applies: true });
  });

  it("leaves a declared tail alone", () => {
    const subject = subjectOf({ claims: ["compact-effective"], adapter: { protectedTailMessages: 20 } });
    expect(clause.check(compacted(turns(41)), [], subject)).toEqual([]);
  });

  it("is a warning for engines that do not own compaction, and not for pass-throughs", () => {
    const other = subjectOf({ info: { ownsCompaction: false } });
    expect(clause.check(compacted(turns(41)), [], other)[0]?.level).toBe("should");
    const facts = { "call.factory": 1, "call.compact": 1, "view.dropped": 2, "summariser.call": 1 };
    expect(clause.applies(other, facts).applies).toBe(true);
    expect(clause.applies(other, { ...facts, "view.dropped": 0 })).toMatchObject({ applies: false });
    expect(clause.applies(owner, { ...facts, "call.compact": 0 })).toMatchObject({ applies: false });
  });
});
