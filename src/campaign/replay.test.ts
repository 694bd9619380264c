import { describe, expect, it } from "vitest";
import { replayWith } from "./replay.js";
import {
  caseOf,
  findingAt,
  limitClause,
  stubClause,
  stubEngine,
  stubHistory,
  stubParts,
  turn,
  twinClause,
} from "./stand-in.fixture.js";

const CASE = caseOf([turn("s1", 1), turn("s2", 60)]);
const OPTIONS = { engine: stubEngine.adapter };

describe("replaying a case", () => {
  it("says which clauses it violates, with the history, and exits with 1", async () => {
    const parts = stubParts([limitClause("limit", 50), stubClause("calm"), twinClause("twin", () => true)]);
    const replay = await replayWith(parts, CASE, OPTIONS);
    expect(replay.violations.map(({ clause, level }) => [clause.id, level])).toEqual([
      ["limit", "must"],
      ["twin", "must"],
    ]);
    expect(replay.history.events).toHaveLength(4);
    expect(replay).toMatchObject({ exitCode: 1, engine: { name: "Stub" } });
  });

  it("exits with 0 where only a should is violated, or a claim nobody made", async () => {
    const check = () => [findingAt(0, "so")];
    const parts = stubParts([stubClause("soft", { level: "should", check }), stubClause("claimed", { level: "claim", check })]);
    const replay = await replayWith(parts, CASE, OPTIONS);
    expect(replay.violations.map(({ clause }) => clause.id)).toEqual(["soft"]);
    expect(replay.exitCode).toBe(0);
    expect((await replayWith(parts, CASE, { ...OPTIONS, strict: true })).exitCode).toBe(1);
  });

  it("names the engine that does not repeat itself instead of blaming it", async () => {
    let plays = 0;
    const parts = stubParts([twinClause("twin", () => true)], { play: async (theCase) => stubHistory(theCase, () => plays++) });
    const replay = await replayWith(parts, CASE, OPTIONS);
    expect(replay.violations).toEqual([]);
    expect(replay.unstable.twin).toContain("played twice");
  });

  it("calls every folder of a play by one name, as reports do", async () => {
    const check = () => [
      findingAt(0, "no such file /tmp/ctxspec-worker--12-abcdefghijkl/tmp/ctxspec--12-mnopqrstuvwx/state/a.json"),
    ];
    const replay = await replayWith(stubParts([stubClause("loud", { check })]), CASE, OPTIONS);
    expect(replay.violations[0]?.finding.message).toBe("no such file /ctxspec-case/state/a.json");
  });

  it("a violated host clause is a fault of ctxspec", async () => {
    const host = stubClause("host-key", { who: "host", check: () => [findingAt(0, "wrong key")] });
    await expect(replayWith(stubParts([host]), CASE, OPTIONS)).rejects.toMatchObject({ code: "internal", exitCode: 70 });
  });
});
