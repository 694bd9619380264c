import { describe, expect, it } from "vitest";
import { addFacts, factsOf } from "./facts-count.js";
import { historyOf, reply, user } from "./notation.js";

const LANES = { hb: { kind: "heartbeat" as const, session: "a" } };
const A = reply("AAAAAAAAAAA1 answer");

describe("factsOf", () => {
  it("counts calls, throws, edges, turns and compactions", () => {
    const h = historyOf();
    h.turn("s1", "a")
      .factory()
      .bootstrap({}, { throws: "no" })
      .view([])
      .provider("overflow")
      .compact()
      .retry()
      .view([])
      .commit([user("x"), A])
      .end();
    h.compact("s2", "a", { result: { ok: true, compacted: false } });
    h.note("s3", "reset", "a");
    expect(factsOf(h.done())).toMatchObject({
      "call.assemble": 2,
      "throw.bootstrap": 1,
      "phase.compact-manual": 1,
      "compact.true": 1,
      "compact.false": 1,
      "turn.ordinary": 1,
      "turn.overflow": 1,
      "note.reset": 1,
      "edge.factory->bootstrap@ordinary": 1,
      "edge.assemble->compact@ordinary": 1,
      "edge.assemble->commitTurn@ordinary": 1,
    });
  });

  it("sees what a view left out of its supply, whatever the order", () => {
    const h = historyOf();
    const turn = h.turn("s1", "a");
    const [one, two] = [user("one"), user("two")];
    turn
      .view([{ role: "system", content: "note" }, one, two], { supplied: [one, two] })
      .view([two, one], { supplied: [one, two] });
    turn.view([two], { supplied: [one, two], phase: "assemble-again" });
    expect(factsOf(h.done())).toMatchObject({ "view.dropped": 1, "assemble.again": 1 });
  });

  it("tells lanes whose runs are kept from lanes whose runs are dropped", () => {
    const lanes = (flagged: boolean, stored: string[]) => {
      const h = historyOf({ lanes: LANES });
      h.tick("s1", "hb").view([]).commit([A], { flagged }).end();
      h.tick("s2", "hb").view([]).end();
      h.done().residue = {
        storedBytes: 0,
        deliveredBytes: 0,
        active: {},
        strayFiles: [],
        network: [],
        output: "",
        globals: [],
        uncaught: [],
        blockedMs: 0,
        storedCanaries: stored,
      };
      return factsOf(h.done());
    };
    expect(lanes(true, [])).toMatchObject({ "lane.dropped": 1 });
    expect(lanes(false, [])).toMatchObject({ "lane.kept": 1 });
    expect(lanes(true, ["AAAAAAAAAAA1"])).toMatchObject({ "lane.kept": 1 });
  });

  it("adds up", () => {
    expect(addFacts({ a: 1 }, { a: 2, b: 3 })).toEqual({ a: 3, b: 3 });
  });
});
