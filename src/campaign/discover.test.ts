import { describe, expect, it } from "vitest";
import { builtInEngines, clauseIds, clauses, engineNames, reportNames } from "../discover.js";
import { isAdapter } from "../load/adapter.js";

describe("discovery", () => {
  it("lists files by name alone: no tests, no declarations, no folders", () => {
    for (const name of [...clauseIds(), ...engineNames(), ...reportNames()]) expect(name).toMatch(/^[\w-]+$/);
    expect(clauseIds()).toContain("contract-results");
    expect(engineNames()).toContain("reference");
  });

  it("imports every clause, named by its file", async () => {
    expect((await clauses()).map((clause) => clause.id)).toEqual(clauseIds());
  });

  it("offers built-in engines as modules whose adapter the loader recognises", async () => {
    const module = (await builtInEngines().reference?.()) as { default: unknown };
    expect(isAdapter(module.default)).toBe(true);
  });
});
