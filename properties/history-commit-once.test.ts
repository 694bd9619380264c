import { describe, expect, it } from "vitest";
import type { Message, Step } from "../src/define/index.js";
import { type HistoryWriter, historyOf, reply, user } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./history-commit-once.js";

const U1 = user("AAAAAAAAAAU1 question");
const R1 = reply("AAAAAAAAAAR1 answer");
const said: [Message, Message] = [U1, R1];
const check = (h: HistoryWriter, claims: string[] = []) => clause.check({ ...h.done() }, [], subjectOf({ claims }));
const REPEAT: Step = { id: "s2", kind: "repeat", at: 2, delivery: "s1" };

describe("history-commit-once", () => {
  it("finds a new key that is answered duplicate", () => {
    const h = historyOf();
    h.turn("s1", "a").commit(said, { status: "duplicate" }).end();
    expect(check(h)[0]?.expected).toContain("committed");
  });

  it("finds a known key that is answered committed after a restart", () => {
    const h = historyOf();
    h.turn("s1", "a").commit(said).end();
    h.note("s2", "restart");
    h.turn("s3", "a", { id: "s1" }).commit(said, { phase: "repeat" }).end();
    const [finding] = check(h);
    expect(finding?.message).toContain("with a restart in between");
    expect(finding?.blame).toHaveLength(5);
  });

  it("finds a committed turn that the next view does not show", () => {
    const h = historyOf();
    h.turn("s1", "a").commit(said).end();
    h.turn("s2", "a").view([], { supplied: said }).end();
    expect(check(h)[0]?.message).toContain("answered committed for step s1");
  });

  it("accepts duplicate for a key whose first answer was lost, whose process died in it, or that a throw left open", () => {
    const lost = historyOf();
    lost
      .turn("s1", "a")
      .commit(said)
      .note("commit-answer-lost", { advancementKey: "s1" })
      .commit(said, { status: "duplicate" })
      .end();
    expect(check(lost)).toEqual([]);
    const threw = historyOf();
    threw.turn("s1", "a").commit(said, { throws: "locked" }).commit(said, { status: "duplicate" }).end();
    expect(check(threw)).toEqual([]);
    const died = historyOf();
    const turn = died.turn("s1", "a");
    died.addCall({ method: "commitTurn", phase: "commit", session: turn.session, params: { advancementKey: "s1" } }, {});
    died.history.events.pop();
    turn.commit(said, { status: "duplicate" }).end();
    expect(check(died)).toEqual([]);
  });

  it("accepts a second committed for heartbeats, after a reset, and after a kill unless crash safety is claimed", () => {
    const flagged = historyOf();
    flagged.turn("s1", "a").commit(said, { flagged: true }).commit(said, { flagged: true }).end();
    expect(check(flagged)).toEqual([]);
    const reset = historyOf();
    reset.turn("s1", "a").commit(said).end();
    reset.note("s2", "reset", "a");
    reset.turn("s3", "a", { id: "s1" }).commit(said).end();
    expect(check(reset)).toEqual([]);
    const killed = historyOf();
    killed.turn("s1", "a").commit(said).end();
    killed.note("s2", "killed");
    killed.turn("s3", "a", { id: "s1" }).commit(said).end();
    expect(check(killed)).toEqual([]);
    expect(check(killed, ["history-crash"])).toHaveLength(1);
  });

  it("finds a repeat that changes later views, by the twin without it", () => {
    const play = (repeated: boolean, shows: Message[]) => {
      const h = historyOf({ steps: [REPEAT] });
      h.turn("s1", "a").commit(said).end();
      if (repeated) h.turn("s2", "a", { id: "s1" }).commit(said, { phase: "repeat", status: "duplicate" });
      h.turn("s3", "a").view(shows, { supplied: said }).end();
      return h.done();
    };
    const history = play(true, [U1, R1, user("a note")]);
    const [request] = clause.twins?.(history.case, history, subjectOf()) ?? [];
    expect(request?.name).toBe("without s2");
    const twin = (shows: Message[]) => [{ name: "without s2", history: play(false, shows) }];
    expect(clause.check(history, twin([U1, R1]), subjectOf())[0]?.message).toContain("changed what the engine answers");
    expect(clause.check(history, twin([U1, R1, user("a note")]), subjectOf())).toEqual([]);
    expect(clause.witness(history, [], subjectOf())).toBe(1);
  });

  it("excuses what follows a repeat of what was never acknowledged, or was before a kill without the claim", () => {
    const play = (repeated: boolean, first: "never" | "before a kill", shows: Message[]) => {
      const h = historyOf({ steps: [REPEAT] });
      if (first === "before a kill") h.turn("s1", "a").commit(said).end();
      h.note("k", "killed");
      if (repeated) h.turn("s2", "a", { id: "s1" }).commit(said, { phase: "repeat", status: "committed" });
      h.turn("s3", "a").view(shows, { supplied: said }).end();
      return h.done();
    };
    const seen = (first: "never" | "before a kill", claims: string[]) =>
      clause
        .check(play(true, first, said), [{ name: "without s2", history: play(false, first, [U1]) }], subjectOf({ claims }))
        .filter(({ message }) => message.includes("changed what the engine answers"));
    expect(seen("never", ["history-crash"])).toEqual([]);
    expect(seen("before a kill", [])).toEqual([]);
    expect(seen("before a kill", ["history-crash"])).toHaveLength(1);
  });

  it("finds a repeat that changes the probe only", () => {
    const play = (repeated: boolean, shows: Message[]) => {
      const h = historyOf({ steps: [REPEAT] });
      h.turn("s1", "a").commit(said).end();
      if (repeated) h.turn("s2", "a", { id: "s1" }).commit(said, { phase: "repeat", status: "duplicate" });
      return h.probe(h.session("a"), shows).done();
    };
    const twins = [{ name: "without s2", history: play(false, said) }];
    expect(clause.check(play(true, [U1]), twins, subjectOf())[0]?.actual).toContain("0 copies");
    expect(clause.check(play(true, said), twins, subjectOf())).toEqual([]);
  });

  it("does not apply to classic hosts", () => {
    expect(clause.applies(subjectOf({ host: "openclaw-2026.5" }), {}).applies).toBe(false);
  });
});
