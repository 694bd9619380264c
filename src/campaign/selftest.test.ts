import { describe, expect, it } from "vitest";
import { type Break, type Clause, CtxspecError } from "../define/index.js";
import { smallestKill } from "./first-kill.js";
import { InProcessCrew } from "./in-process.js";
import type { Parts } from "./parts.js";
import type { EngineSource } from "./protocol.js";
import { selftestWith } from "./selftest.js";
import { limitClause, stubClause, stubHistory, stubLoaded, stubParts } from "./stand-in.fixture.js";

const broken = (id: string, about: Partial<Break> = {}): Break => ({
  id,
  about: "a break",
  wrap: (factory) => factory,
  ...about,
});

/** Which break or engine is being played decides how much is added to every answer. */
function partsOf(clauses: Clause[], adds: Record<string, number>): Parts {
  const nameOf = (source: EngineSource) => (source.kind === "break" ? source.id : source.kind === "built-in" ? source.name : "");
  return stubParts(clauses, {
    load: async (source) => {
      const name = nameOf(source);
      if (name === "unloadable") throw new CtxspecError("engine-import", "needs a newer Node", "take one");
      return { ...stubLoaded, engine: { ...stubLoaded.engine, id: name } };
    },
    play: async (theCase, engine) => stubHistory(theCase, () => adds[engine.id] ?? 0),
  });
}

const clauses = [
  limitClause("limit", 10_000, { breaks: [broken("limit/large"), broken("limit/rare"), broken("limit/never")] }),
  limitClause("lower", 9_000),
  stubClause("calm", { breaks: [broken("calm/tripped-elsewhere")] }),
];
const adds = { "limit/large": 10_000, "limit/rare": 9_970, "calm/tripped-elsewhere": 20_000, accused: 10_000 };

const run = (options: Parameters<typeof selftestWith>[3] = {}, engines: string[] = []) => {
  const parts = partsOf(clauses, adds);
  return selftestWith(new InProcessCrew(parts), parts, engines, { maxCases: 20, engineCases: 5, ...options });
};

describe("the self-test", () => {
  it("records the first case in which a break's own clause finds it, and what else it trips", async () => {
    const { breaks } = await run();
    expect(breaks.map((one) => one.id)).toEqual(["limit/large", "limit/rare", "limit/never", "calm/tripped-elsewhere"]);
    expect(breaks[0]).toMatchObject({
      killed: { host: "openclaw-2026.9", k: 0, cases: 1, level: "own" },
      cases: 1,
      others: ["lower"],
    });
    expect(breaks[1]).toMatchObject({ killed: { k: 3 } });
  });

  it("a break that only another clause finds has survived", async () => {
    const { survivors, breaks, exitCode } = await run();
    expect(survivors).toEqual(["limit/never", "calm/tripped-elsewhere"]);
    expect(breaks[3]).toMatchObject({ others: ["limit", "lower"], cases: 20 });
    expect(exitCode).toBe(1);
  });

  it("accuses nobody who conforms, and says who is accused of what", async () => {
    const result = await run({}, ["fine", "accused", "unloadable"]);
    expect(result.engines.map((engine) => [engine.name, engine.cases])).toEqual([
      ["fine", 10],
      ["accused", 10],
    ]);
    expect(result.skippedEngines).toEqual([{ name: "unloadable", reason: "needs a newer Node" }]);
    expect(result.accused).toHaveLength(4);
    expect(result.accused[0]).toMatchObject({ engine: "accused", clause: "limit", k: "0" });
  });

  it("runs what was named only, and names the nearest where there is no such thing", async () => {
    const { breaks, engines, exitCode } = await run({ only: ["limit/large"] }, ["accused"]);
    expect([breaks.length, engines.length, exitCode]).toEqual([1, 0, 0]);
    await expect(run({ only: ["limit/larg"] })).rejects.toMatchObject({
      code: "usage-clause",
      hint: expect.stringContaining("limit/large"),
    });
  });

  it("shrinks one break to the smallest case", async () => {
    const parts = partsOf(clauses, adds);
    const large = clauses[0]?.breaks[1] as Break;
    const options = {
      seed: 1,
      maxCases: 20,
      limits: { callTimeoutMs: 100, compactTimeoutMs: 100 },
      order: "campaign" as const,
      shrinkRuns: 300,
      shrinkTimeMs: 60_000,
    };
    const { kill, finding } = await smallestKill(new InProcessCrew(parts), parts, large, options);
    expect(kill).toMatchObject({ k: 3 });
    expect(finding).toMatchObject({ confirmation: "confirmed", finding: { steps: 1, minimal: true } });
  });
});
