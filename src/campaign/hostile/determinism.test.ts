import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Report } from "../../define/index.js";
import { certify } from "../certify.js";
import { certifyWith } from "../run.js";
import { stubClause, stubEngine, stubHistory, stubParts, twinClause } from "../stand-in.fixture.js";
import { builtWorker } from "../supervisor.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const HOST = "openclaw-2026.9";
const clauseOf = (report: Report, id: string) => report.clauses.find((clause) => clause.id === id);

describe("the watch on determinism", () => {
  const clauses = [stubClause("plain"), twinClause("twin", () => false)];

  it("plays one of fifty cases twice, and what differs makes twins inconclusive, nothing else", async () => {
    const plays = new Map<number, number>();
    const parts = stubParts(clauses, {
      play: async (theCase) => {
        const at = theCase.steps[0];
        const tokens = at?.kind === "turn" ? at.text.tokens : 0;
        plays.set(tokens, (plays.get(tokens) ?? 0) + 1);
        const nth = plays.get(tokens) ?? 0;
        return stubHistory(theCase, () => nth);
      },
    });
    const report = await certifyWith(parts, { engine: stubEngine.adapter, cases: 1_000, hosts: [HOST], only: ["plain"] });
    const twice = [...plays.values()].filter((count) => count === 2).length;
    expect(twice).toBeGreaterThan(8);
    expect(twice).toBeLessThan(40);
    expect(Math.max(...plays.values())).toBe(2);
    expect(report).toMatchObject({ verdict: "conforms" });
    const both = await certifyWith(parts, { engine: stubEngine.adapter, cases: 1_000, hosts: [HOST] });
    expect(both).toMatchObject({ verdict: "inconclusive", exitCode: 4 });
    expect(clauseOf(both, "plain")?.verdict).toBe("passed");
    expect(clauseOf(both, "twin")).toMatchObject({ verdict: "inconclusive", findings: [] });
    expect(clauseOf(both, "twin")?.reason).toMatch(/^the engine differs from itself: case \d+: the answers differ$/);
  });

  it("says nothing of an engine that repeats itself", async () => {
    const report = await certifyWith(stubParts(clauses), { engine: stubEngine.adapter, cases: 300, hosts: [HOST] });
    expect(report).toMatchObject({ verdict: "conforms", exitCode: 0 });
  });
});

// Worker processes run what was built; `npm test` builds first.
describe.skipIf(!existsSync(builtWorker()))("an engine that does not repeat itself", () => {
  // Shrinking what fails by chance may go on for as long as it is let.
  const run = (engine: string, only: string[], cases: number, workers = 2): Promise<Report> =>
    certify({ engine, only, cases, hosts: [HOST], workers, shrinkTimeMs: 10_000 });

  // By chance it may be taken for an engine that keeps state in its process: then every case costs a process.
  it("random in its views: inconclusive, and the first call that differed is shown", async () => {
    const report = await run(path.join(HERE, "random-view.fixture.mjs"), ["isolation-noninterference", "history-restart"], 30);
    expect(report).toMatchObject({ verdict: "inconclusive", exitCode: 4 });
    for (const id of ["isolation-noninterference", "history-restart"]) {
      const clause = clauseOf(report, id);
      expect(clause).toMatchObject({ verdict: "inconclusive", findings: [] });
      expect(clause?.reason).toMatch(/differs from itself: case \d+: .*call \d+ \(assemble, step s\d+\)/);
    }
  }, 300_000);

  it("failing one time in ten: violated, for it comes back within five replays", async () => {
    const report = await run(path.join(HERE, "fails-sometimes.fixture.mjs"), ["contract-results"], 30);
    expect(report).toMatchObject({ verdict: "violates", exitCode: 1 });
    expect(clauseOf(report, "contract-results")?.findings[0]?.actual).toBe("Error: one of ten");
  });

  it("failing once and never again: flaky, with the case it was seen in", async () => {
    const report = await run(path.join(HERE, "fails-once.fixture.mjs"), ["contract-results"], 12, 1);
    expect(report).toMatchObject({ verdict: "flaky", exitCode: 5 });
    const clause = clauseOf(report, "contract-results");
    expect(clause).toMatchObject({ verdict: "flaky", reason: "a violation did not reproduce when its case was played again" });
    expect(clause?.findings[0]).toMatchObject({ minimal: false, actual: "Error: once only" });
  });
});
