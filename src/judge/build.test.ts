import { describe, expect, it } from "vitest";
import { indexOf } from "./build.js";
import { historyOf, reply, user } from "./notation.js";

const U = user("AAAAAAAAAAA1 question");
const A = reply("AAAAAAAAAAA2 answer");

describe("indexOf", () => {
  it("finds turns, views, deliveries and where canaries were delivered", () => {
    const h = historyOf();
    h.turn("s1", "a").view([U], { prompt: "AAAAAAAAAAA1 question", addition: "AAAAAAAAAAA2" }).commit([U, A]).end();
    const index = indexOf(h.done());
    expect(indexOf(h.done())).toBe(index);
    expect(index.turns.map((turn) => [turn.id, turn.end?.status, turn.views.length, turn.deliveries.length])).toEqual([
      ["s1", "accepted", 1, 1],
    ]);
    const [view] = index.views;
    expect([...(view?.canaries ?? [])].sort()).toEqual(["AAAAAAAAAAA1", "AAAAAAAAAAA2"]);
    expect([...(view?.suppliedCanaries ?? [])]).toEqual(["AAAAAAAAAAA1"]);
    expect(index.deliveredAt.get("AAAAAAAAAAA2")).toBe(index.deliveries[0]?.at);
    expect(index.planted.get("AAAAAAAAAAA1")?.session.alias).toBe("a");
  });

  it("tells first deliveries, retries and repeats apart, and failed ones", () => {
    const h = historyOf();
    h.turn("s1", "a")
      .commit([U, A], { throws: "disk" })
      .commit([U, A])
      .commit([U, A], { phase: "repeat", status: "duplicate" })
      .end();
    const index = indexOf(h.done());
    expect(index.deliveries.map((delivery) => [delivery.kind, delivery.outcome, delivery.status])).toEqual([
      ["first", "threw", undefined],
      ["retry", "returned", "committed"],
      ["repeat", "returned", "duplicate"],
    ]);
    expect(index.deliveredAt.get("AAAAAAAAAAA1")).toBe(index.deliveries[1]?.at);
  });

  it("delivers only the slice of an afterTurn, and marks heartbeats", () => {
    const h = historyOf({ host: "openclaw-2026.7", lanes: { hb: { kind: "heartbeat", session: "a" } } });
    h.tick("s1", "hb").afterTurn([U], [A], { flagged: true }).end();
    const [delivery] = indexOf(h.done()).deliveries;
    expect(delivery?.messages).toEqual([A]);
    expect([delivery?.heartbeat, delivery?.flagged]).toEqual([true, true]);
  });

  it("names what a compact came to", () => {
    const h = historyOf();
    const results = [{ ok: true, compacted: true }, { ok: true, compacted: false }, { ok: false, compacted: false }, "done"];
    for (const [at, result] of results.entries()) h.compact(`s${at}`, "a", { result, requests: ["AAAAAAAAAAA1"] });
    h.compact("s9", "a", { throws: "no" });
    const index = indexOf(h.done());
    expect(index.compactions.map((compaction) => compaction.outcome)).toEqual([
      "compacted",
      "nothing",
      "failed",
      "malformed",
      "threw",
    ]);
    expect(index.compactions[0]?.summariser).toHaveLength(1);
  });

  it("keeps calls without an answer, and makes no view of answers without messages", () => {
    const h = historyOf();
    h.turn("s1", "a")
      .call("assemble", "assemble-first", {}, { result: { estimatedTokens: 1 } })
      .end();
    h.add({ kind: "call", call: 99, engine: 1, process: 1, method: "dispose", phase: "dispose", names: [], params: {} });
    const index = indexOf(h.done());
    expect(index.views).toHaveLength(0);
    const last = index.calls.at(-1);
    expect(last?.end).toBe(last?.event.i);
  });
});
