import { describe, expect, it } from "vitest";
import type { EngineMethod } from "../define/engine.js";
import type { Declared, LoadedEngine } from "../define/loaded.js";
import { describeEngine } from "./describe.js";
import { loadedFromFactory } from "./from-factory.js";
import { hostsFor } from "./hosts.js";

const SEMANTICS = {
  currentTurnFence: "before-current-turn-entry-v1",
  turnAdvancementIdempotency: "atomic-idempotent-v1",
};

function declared(methods: EngineMethod[], info: Record<string, unknown> = {}): Declared {
  return { info: { id: "e", name: "E", ...info }, methods: ["ingest", "assemble", "compact", ...methods] };
}

function engine(part: Partial<LoadedEngine> = {}): LoadedEngine {
  const base = loadedFromFactory(() => {
    throw new Error("not made here");
  });
  return { ...base, ...part };
}

const ids = (choice: { hosts: { id: string }[] }) => choice.hosts.map(({ id }) => id);
const CLASSIC = ["openclaw-2026.7", "openclaw-2026.5", "heartbeat-run"];
const DURABLE = ["openclaw-2026.9", "heartbeat-run-durable"];

describe("hostsFor", () => {
  it("takes the lifecycle from what is declared", () => {
    const full = { transcriptSemantics: SEMANTICS };
    expect(ids(hostsFor(engine(), declared([])))).toEqual(CLASSIC);
    expect(ids(hostsFor(engine(), declared(["commitTurn"], full)))).toEqual(DURABLE);
    expect(ids(hostsFor(engine(), declared(["commitTurn", "afterTurn"], full)))).toHaveLength(5);
    expect(ids(hostsFor(engine(), declared(["commitTurn", "ingestBatch"], full)))).toHaveLength(5);
    expect(ids(hostsFor(engine(), declared([], full)))).toEqual(CLASSIC);
    expect(
      ids(hostsFor(engine(), declared(["commitTurn"], { transcriptSemantics: { ...SEMANTICS, currentTurnFence: "v0" } }))),
    ).toEqual(CLASSIC);
  });

  it("gives a reason for each profile, taken or not", () => {
    const { hosts, skipped } = hostsFor(engine(), declared(["afterTurn"]));
    expect([...hosts, ...skipped].map(({ id }) => id).sort()).toEqual([...CLASSIC, ...DURABLE].sort());
    for (const { reason } of [...hosts, ...skipped]) expect(reason).not.toBe("");
    expect(skipped[0]?.reason).toContain("commitTurn");
  });

  it("is narrowed by package metadata as long as one profile remains", () => {
    const both = declared(["commitTurn", "afterTurn"], { transcriptSemantics: SEMANTICS });
    const min = engine({ hostVersions: { minHostVersion: "2026.7.0" } });
    expect(ids(hostsFor(min, both))).toEqual(["openclaw-2026.9", "openclaw-2026.7", "heartbeat-run-durable"]);
    expect(hostsFor(min, both).skipped[0]?.reason).toContain("2026.5.28");
    expect(ids(hostsFor(engine({ hostVersions: { peer: "<2026.6" } }), both))).toEqual(["openclaw-2026.5", "heartbeat-run"]);
    const newer = engine({ hostVersions: { minHostVersion: ">=2026.9.3", peer: ">=2026.9.3" } });
    expect(ids(hostsFor(newer, declared(["afterTurn"])))).toEqual(CLASSIC);
    expect(hostsFor(newer, declared(["afterTurn"])).hosts[0]?.reason).toContain("none would remain");
    expect(ids(hostsFor(engine({ hostVersions: { peer: "workspace:*" } }), both))).toHaveLength(5);
  });

  it("is narrowed by the adapter's hosts", () => {
    const adapted = engine();
    adapted.adapter = { ...adapted.adapter, hosts: ["heartbeat-run", "openclaw-2026.9"] };
    expect(ids(hostsFor(adapted, declared([])))).toEqual(["heartbeat-run"]);
  });

  it("lets a request override metadata, not the lifecycle", () => {
    const min = engine({ hostVersions: { minHostVersion: "2026.7.0" } });
    expect(ids(hostsFor(min, declared([]), ["openclaw-2026.5"]))).toEqual(["openclaw-2026.5"]);
    expect(ids(hostsFor(min, declared([]), ["openclaw-2026.5", "openclaw-2026.9"]))).toEqual(["openclaw-2026.5"]);
    expect(() => hostsFor(min, declared([]), ["openclaw-2026.9"])).toThrow(expect.objectContaining({ code: "engine-no-host" }));
    expect(() => hostsFor(min, declared([]), ["openclaw-2026.99"])).toThrow(expect.objectContaining({ code: "usage-host" }));
  });
});

describe("notes of describeEngine", () => {
  it("name a method that no host calls beside another", () => {
    const notes = (methods: EngineMethod[]) => describeEngine(engine(), declared(methods, {})).notes;
    expect(notes(["afterTurn", "ingestBatch"]).at(-1)).toContain("afterTurn alone hears");
    expect(notes(["ingestBatch"]).join()).not.toContain("afterTurn alone hears");
  });
});

describe("warnings of describeEngine", () => {
  const warnings = (methods: EngineMethod[], info: Record<string, unknown>, part: Partial<LoadedEngine> = {}) =>
    describeEngine(engine(part), declared(methods, info)).warnings;

  it("name a durable declaration that is only begun", () => {
    expect(warnings([], { transcriptSemantics: SEMANTICS })).toEqual([expect.stringContaining("lacks commitTurn")]);
    expect(warnings(["commitTurn"], {})).toEqual([expect.stringContaining("currentTurnFence")]);
    expect(warnings([], { transcriptSemantics: { currentTurnFence: "v0" } })).toEqual([expect.stringContaining('"v0"')]);
  });

  it("stay silent for plain engines", () => {
    expect(warnings(["afterTurn"], {})).toEqual([]);
    expect(warnings(["commitTurn"], { transcriptSemantics: SEMANTICS, acceptedHostParams: [] })).toEqual([]);
    expect(warnings([], {}, { hostVersions: { peer: "*", minHostVersion: "2026.5.1" } })).toEqual([]);
  });

  it("name odd declarations", () => {
    expect(warnings([], { acceptedHostParams: ["sesionKey"] })[0]).toContain('did you mean "sessionKey"?');
    expect(warnings([], { turnMaintenanceMode: "background" })[0]).toContain("no maintain");
    expect(warnings([], {}, { kind: "plugin", id: "other" })[0]).toContain('"other"');
    expect(warnings([], {}, { hostVersions: { peer: "latest" } })[0]).toContain("no version range");
  });
});
