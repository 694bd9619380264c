// The tables in README.md and docs/ say what the code says.

import { describe, expect, test } from "vitest";
import { clauses } from "../discover.js";
import { stalePages, withTables } from "./docs.js";
import { readKillMatrix } from "./kill-matrix.js";

describe("generated tables", () => {
  test("are up to date (else: npm run build && npm run docs)", async () => {
    expect(await stalePages()).toEqual([]);
  });

  test("a marker that names no table is an error", async () => {
    await expect(withTables("<!-- generated:nothing -->\n<!-- /generated -->")).rejects.toThrow("there is no such table");
  });

  test("what stands between the markers is replaced, the rest is kept", async () => {
    const page = await withTables("before\n<!-- generated:exit-codes -->\nold\n<!-- /generated -->\nafter\n");
    expect(page).toMatch(/^before\n<!-- generated:exit-codes -->\n\| code \| means \|\n[\s\S]*<!-- \/generated -->\nafter\n$/);
    expect(page).not.toContain("old");
  });
});

describe("the kill matrix", () => {
  // Until `npm run selftest -- --write` has measured it there is nothing to compare; the README then says that it is missing.
  const unmeasured = readKillMatrix() === undefined;

  test.skipIf(unmeasured)("is about the breaks there are (else: npm run selftest -- --write && npm run docs)", async () => {
    const there = (await clauses()).flatMap((clause) => clause.breaks.map((one) => one.id)).sort();
    const measured = (readKillMatrix()?.breaks ?? []).map((one) => one.id).sort();
    expect(measured).toEqual(there);
  });

  test.skipIf(unmeasured)("has no survivor and no accusation", () => {
    const matrix = readKillMatrix();
    expect(matrix?.breaks.filter((one) => one.cases === undefined).map((one) => one.id)).toEqual([]);
    expect(matrix?.accused).toBe(0);
  });
});
