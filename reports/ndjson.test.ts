// NDJSON: every line is an object with its event, and nothing of the clock is in it.

import { describe, expect, it } from "vitest";
import { broken, failing, hostile } from "./fixtures/reports.fixture.js";
import ndjson from "./ndjson.js";

const render = (report: Parameters<typeof ndjson.render>[0]): string => ndjson.render(report, { colour: false, width: 120 });
const events = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("ndjson", () => {
  it("begins with the run, ends with the verdict, and has an event for each clause and finding between", () => {
    const report = failing();
    const all = events(render(report));
    expect(all[0]).toMatchObject({ event: "run", format: "ctxspec-events/1", seed: 1 });
    expect(all.at(-1)).toMatchObject({ event: "end", verdict: "violates", exitCode: 1 });
    expect(all.filter((one) => one.event === "clause")).toHaveLength(report.clauses.length);
    const findings = report.clauses.flatMap((clause) => clause.findings);
    expect(all.filter((one) => one.event === "finding")).toHaveLength(findings.length);
    expect(all.filter((one) => "events" in one)).toEqual([]);
  });

  it("keeps a line a line", () => {
    expect(events(render(hostile())).length).toBe(events(render(failing())).length);
    expect(events(render(broken())).at(-1)).toMatchObject({ event: "end", error: { code: "engine-not-found" } });
  });

  it("gives the same bytes for the same run at another time", () => {
    const report = failing();
    const later = { ...report, run: { ...report.run, durationMs: 999, startedAt: "2031-05-05T05:05:05.000Z" } };
    expect(render(later)).toBe(render(report));
  });
});
