// SARIF is valid by its JSON schema, and says which clause, where, and by which chain of calls.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import type { Report } from "../src/define/index.js";
import { violationsOf } from "./facts/violations.js";
import { broken, failing, hostile, motley, passing } from "./fixtures/reports.fixture.js";
import sarif from "./sarif.js";

/** The schema of SARIF 2.1.0, which is of an older draft: its own name of that draft goes. */
function validator(): ReturnType<Ajv["compile"]> {
  const file = createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
  const { $schema: _draft, id: _name, ...schema } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

interface Log {
  runs: {
    tool: { driver: { rules: { id: string }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      codeFlows?: { threadFlows: { locations: unknown[] }[] }[];
      suppressions?: unknown[];
    }[];
  }[];
}

const log = (report: Report): Log => JSON.parse(sarif.render(report, { colour: false, width: 120 })) as Log;

describe("sarif", () => {
  const validate = validator();
  const reports: [string, () => Report][] = Object.entries({ passing, failing, hostile, motley, broken });
  it.each(reports)("is valid: %s", (_name, make) => {
    validate(log(make()));
    expect(validate.errors ?? []).toEqual([]);
  });

  it("would notice an invalid log", () => {
    expect(validate({ version: "2.1.0", runs: [{ results: [] }] })).toBe(false);
  });

  it("has a result per violation, with its rule, its place and its chain", () => {
    const report = failing();
    const run = log(report).runs[0];
    expect(run?.results.length).toBe(violationsOf(report).length);
    for (const result of run?.results ?? []) {
      expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(result.locations[0]?.physicalLocation.artifactLocation.uri).toBe("engine/kept-by-key.mjs");
      expect(result.codeFlows?.[0]?.threadFlows[0]?.locations.length).toBeGreaterThan(0);
      expect(result.level).toBe(result.ruleId === "isolation-reset" ? "warning" : "error");
    }
  });

  it("suppresses what is excused", () => {
    const suppressed = log(motley()).runs[0]?.results.filter((result) => result.suppressions !== undefined) ?? [];
    expect(suppressed.length).toBeGreaterThan(0);
    for (const result of suppressed) expect(result.level).toBe("note");
  });
});
