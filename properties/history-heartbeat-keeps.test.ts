import { describe, expect, it } from "vitest";
import type { History, Message, Step } from "../src/define/index.js";
import { historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-heartbeat-keeps.js";

const turns = (n: number): Message[] =>
  Array.from({ length: n }, (_, i) => [user(`AAAAAAAAAAU${i} q`), reply(`AAAAAAAAAAR${i} a`)]).flat();
const LANES = { hb: { kind: "heartbeat" as const, session: "a" } };
const TALK = { reply: "ack" as const, replyTokens: 1, tools: [], provider: { mode: "scripted" as const, answers: [] } };
const tick = (isolated: boolean): Step => ({ ...TALK, id: "t", kind: "tick", at: 1, lane: "hb", isolated, wakeKey: "none" });
const MARKER = user("[heartbeat poll received]");

interface Play {
  before: Message[];
  shows: Message[];
  supplied?: Message[];
  ticked?: boolean;
  /** What the tick itself is shown; default `before`. */
  tickShows?: Message[];
}

/** Three user turns, a view of `before`, a shared tick, a view of `shows`. */
function shared({ before, shows, supplied = turns(3), ticked = true, tickShows = before }: Play): History {
  const h = historyOf({ lanes: LANES, steps: [tick(false)] });
  for (const n of [0, 1, 2])
    h.turn(`s${n}`, "a")
      .commit(turns(3).slice(2 * n, 2 * n + 2))
      .end();
  h.turn("v", "a")
    .view(before, { supplied: turns(3) })
    .end("failed");
  if (ticked)
    h.turn("t", "a", { kind: "heartbeat-shared" })
      .view(tickShows, { supplied: turns(3) })
      .commit([MARKER, reply("HEARTBEAT_OK")])
      .end();
  h.turn("w", "a").view(shows, { supplied }).end();
  return h.done();
}

const check = (play: Play, without: Message[] = play.before) =>
  clause.check(shared(play), [{ name: "without t", history: shared({ ...play, shows: without, ticked: false }) }], subjectOf());

describe("history-heartbeat-keeps, shared ticks", () => {
  it("finds the newest user turn pruned with the heartbeat", () => {
    const [finding] = check({ before: turns(3), shows: turns(2) });
    expect(finding?.message).toContain("The shared tick t took 2 user-turn messages");
    expect(finding?.actual).toBe("2 gone, 0 entered");
  });

  it("finds everything gone", () => {
    expect(check({ before: turns(3), shows: [user("fresh start")] })).toHaveLength(1);
  });

  it("compares with what the tick itself was shown, not with an older view that knew less", () => {
    const play = { before: turns(2), tickShows: turns(3), shows: [...turns(3).slice(0, 2), ...turns(3).slice(4)] };
    const [finding] = check(play, turns(3));
    expect(finding?.actual).toBe("2 gone, 0 entered");
    expect(check({ ...play, tickShows: turns(2) }, turns(3))).toEqual([]);
  });

  it("accepts a window that moved by what entered, and one that moved by whole turns", () => {
    expect(check({ before: turns(3), shows: [...turns(3).slice(2), MARKER, reply("HEARTBEAT_OK")] })).toEqual([]);
    expect(check({ before: turns(3), shows: [...turns(3).slice(2), MARKER] })).toEqual([]);
  });

  it("accepts what goes without the tick as well, what the host took out itself, and what a summary covers", () => {
    expect(check({ before: turns(3), shows: turns(2) }, turns(2))).toEqual([]);
    expect(check({ before: turns(3), shows: turns(2), supplied: turns(2) })).toEqual([]);
    const covered = user(
      `Summary: ${turns(3)
        .flatMap((message) => JSON.stringify(message).match(/A{10}\w\d/g) ?? [])
        .join(" ")}`,
    );
    expect(check({ before: turns(3), shows: [covered] })).toEqual([]);
  });

  it("asks for a twin only of ticks around which too much left, and counts what it compared", () => {
    const suspect = shared({ before: turns(3), shows: turns(2) });
    expect(clause.twins?.(suspect.case, suspect, subjectOf()).map((twin) => twin.name)).toEqual(["without t"]);
    const innocent = shared({ before: turns(3), shows: turns(3) });
    expect(clause.twins?.(innocent.case, innocent, subjectOf())).toEqual([]);
    expect(clause.witness(innocent, [], subjectOf())).toBe(1);
  });
});

describe("history-heartbeat-keeps, isolated ticks", () => {
  const play = (shows: Message[], ticked = true): History => {
    const h = historyOf({ lanes: LANES, steps: [tick(true)] });
    h.turn("s1", "a").view([]).commit(turns(1)).end();
    if (ticked) h.tick("t", "hb").view([]).compact().end("failed");
    h.turn("s2", "a")
      .view(shows, { supplied: turns(1) })
      .end();
    return h.done();
  };
  const without = (shows: Message[]) => [{ name: "without t", history: play(shows, false) }];

  it("finds a user turn that only the tick's twin still shows", () => {
    const [finding] = clause.check(play([]), without(turns(1)), subjectOf());
    expect(finding?.message).toContain("The isolated tick t took 2 user-turn texts out of the view of a");
    expect(finding?.blame).toHaveLength(5);
  });

  it("accepts the same view, and a view that merely has more in it", () => {
    expect(clause.check(play(turns(1)), without(turns(1)), subjectOf())).toEqual([]);
    expect(clause.check(play([...turns(1), reply("a note")]), without(turns(1)), subjectOf())).toEqual([]);
    expect(clause.witness(play(turns(1)), without(turns(1)), subjectOf())).toBe(1);
  });
});
