import { describe, expect, it } from "vitest";
import { indexOf } from "./build.js";
import { handedTo, leakChain } from "./leak.js";
import { historyOf, reply, user } from "./notation.js";
import { domainOf, runOf } from "./session.js";

const LANES = { hb: { kind: "heartbeat" as const, session: "a" } };
const A = reply("AAAAAAAAAAA1 answer");

describe("domains and runs", () => {
  it("joins aliases of one key and children with their parent, and keeps a lane apart from its base", () => {
    const h = historyOf({ keys: { a: "agent:main:a", b: "agent:main:a" }, lanes: LANES });
    h.turn("s1", "a").view([]).end();
    h.turn("s2", "b").view([]).end();
    h.turn("s3", "a/s3", { session: { family: "a", contextMode: "fork" } })
      .view([])
      .end();
    const tick = h.tick("s4", "hb").view([]);
    tick.end();
    h.turn("s5", "c", { session: { key: "agent:main:a:heartbeat", routingKey: "agent:main:a:heartbeat" } })
      .view([])
      .end();
    const index = indexOf(h.done());
    expect(domainOf(index, h.session("a"))).toBe(domainOf(index, h.session("b")));
    expect(domainOf(index, h.session("a"))).toBe(domainOf(index, h.session("a/s3")));
    expect(domainOf(index, tick.session)).not.toBe(domainOf(index, h.session("a")));
    expect(domainOf(index, tick.session)).toBe(domainOf(index, h.session("c")));
  });

  it("follows a run under its successor, and knows no run outside lanes", () => {
    const h = historyOf({ lanes: LANES });
    const tick = h.tick("s1", "hb").view([]);
    const later = { ...tick.session, sessionId: "next" };
    h.add({ kind: "host", what: "successor", session: later, detail: { from: "run-s1", to: "next" } });
    tick.end();
    h.turn("s2", "a").view([]).end();
    const index = indexOf(h.done());
    expect(runOf(index, later)).toBe(runOf(index, tick.session));
    expect(runOf(index, { ...later, sessionId: "other" })).not.toBe(runOf(index, later));
    expect(runOf(index, h.session("a"))).toBeUndefined();
  });
});

describe("the way of a canary", () => {
  it("goes from the delivery over the summary to the view", () => {
    const h = historyOf();
    h.turn("s1", "a")
      .view([], { supplied: [A] })
      .commit([user("x"), A])
      .end();
    h.compact("s2", "a", { requests: ["AAAAAAAAAAA1"] });
    h.turn("s3", "b").view([A]).end();
    const index = indexOf(h.done());
    const view = index.views[1];
    if (view === undefined) throw new Error("no view");
    const names = leakChain(index, "AAAAAAAAAAA1", { kind: "view", view }).map((i) => {
      const event = h.done().events[i];
      return event?.kind === "call" ? event.method : event?.kind;
    });
    expect(names).toEqual(["commitTurn", "compact", "summariser", "assemble", "return"]);
    expect(handedTo(index, "AAAAAAAAAAA1").map(({ how }) => how)).toEqual(["supplied", "delivered"]);
  });
});
