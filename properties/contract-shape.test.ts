import { describe, expect, it } from "vitest";
import type { EngineMethod } from "../src/define/index.js";
import { historyOf } from "../src/judge/notation.js";
import { subjectOf } from "../src/judge/notation-subject.js";
import clause from "./contract-shape.js";

function made(info: unknown, methods: EngineMethod[] = ["ingest", "assemble", "compact"]) {
  const h = historyOf();
  h.turn("s1", "a").call("factory", "factory", {}, { result: { info } }).end();
  return clause.check(h.done(), [], subjectOf({ methods }));
}

describe("contract-shape", () => {
  it.each([
    ["the least there can be", { id: "x", name: "X" }],
    [
      "a partial durable declaration",
      { id: "x", name: "X", transcriptSemantics: { currentTurnFence: "before-current-turn-entry-v1" } },
    ],
    [
      "fields of its own",
      { id: "x", name: "X", acceptedHostParams: [], turnMaintenanceMode: "background", vendor: 7, version: null },
    ],
  ])("accepts %s", (_, info) => {
    expect(made(info)).toEqual([]);
  });

  it.each([
    ["no info", undefined, "has no info"],
    ["an empty id", { id: " ", name: "X" }, "info.id"],
    ["no name", { id: "x" }, "info.name"],
    ["ownership as text", { id: "x", name: "X", ownsCompaction: "yes" }, "info.ownsCompaction"],
    ["parameters that are no names", { id: "x", name: "X", acceptedHostParams: "sessionKey" }, "acceptedHostParams"],
    ["an unknown maintenance mode", { id: "x", name: "X", turnMaintenanceMode: "deferred" }, "turnMaintenanceMode"],
  ])("names %s", (_, info, words) => {
    const [finding] = made(info);
    expect(finding?.message).toContain(words);
    expect(finding?.blame).toEqual([1, 2]);
  });

  it("names missing methods", () => {
    expect(made({ id: "x", name: "X" }, ["assemble"])[0]?.message).toContain("lacks ingest and compact");
  });

  it("wants a rollback from a prepared spawn that answers at all", () => {
    const prepared = (result?: unknown) => {
      const h = historyOf();
      h.turn("s1", "a").call("prepareSubagentSpawn", "spawn-prepare", {}, { result }).end();
      return clause.check(h.done(), [], subjectOf());
    };
    expect(prepared()).toEqual([]);
    expect(prepared({ rollback: "[function]" })).toEqual([]);
    expect(prepared({ prepared: true })[0]?.message).toContain("cannot be rolled back");
  });

  it("warns of an engine that calls itself otherwise than its plugin registered it", () => {
    const registered = (registeredAs?: string) => {
      const h = historyOf();
      h.turn("s1", "a")
        .call("factory", "factory", {}, { result: { info: { id: "lcm", name: "L" } } })
        .end();
      return clause.check(h.done(), [], subjectOf(registeredAs === undefined ? {} : { registeredAs }));
    };
    expect(registered()).toEqual([]);
    expect(registered("lcm")).toEqual([]);
    expect(registered("openclaw-lcm")).toMatchObject([{ level: "should", expected: expect.stringContaining("openclaw-lcm") }]);
  });

  it("counts factory calls", () => {
    const h = historyOf();
    h.turn("s1", "a").factory().factory().end();
    expect(clause.witness(h.done(), [], subjectOf())).toBe(2);
  });
});
