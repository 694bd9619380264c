// The way of the content, on findings of a real run.

import { describe, expect, it } from "vitest";
import type { ReportFinding } from "../../src/define/index.js";
import { failing } from "../fixtures/reports.fixture.js";
import { marksOf, trailOf } from "./trail.js";

function findingOf(id: string, begins = ""): ReportFinding {
  const findings = failing().clauses.flatMap((clause) => (clause.id === id ? clause.findings : []));
  const finding = findings.find(({ message }) => message.startsWith(begins));
  if (finding === undefined) throw new Error(`the failing sample has no finding of ${id} that begins "${begins}"`);
  return finding;
}

describe("trail", () => {
  it("leads from the delivery to the view that shows the text", () => {
    const finding = findingOf("isolation-tick");
    const { canaries, stations, endsElsewhere } = trailOf(finding);
    expect(canaries).toHaveLength(1);
    expect(stations.map((station) => station.who)).toEqual(["commitTurn", "assemble"]);
    expect(stations.map((station) => station.mark)).toEqual([1, 2]);
    expect(stations[0]?.carried?.where).toBe("delivered (assistant)");
    expect(stations[1]?.carried?.where).toMatch(/^shown as message \d+ \(assistant\)$/);
    for (const station of stations) expect(station.carried?.text).toContain(canaries[0]);
    expect(endsElsewhere).toBe(false);
  });

  it("goes over the compaction that took the text up, to a find made after the case", () => {
    const finding = findingOf("isolation-session", "After the case");
    const { stations, endsElsewhere } = trailOf(finding);
    expect(stations.map((station) => station.who)).toEqual(["commitTurn", "compact", "the summariser"]);
    expect(endsElsewhere).toEqual({ mark: 4 });
  });

  it("adds the compaction and the delivery where the chain names neither", () => {
    const finding = findingOf("isolation-session", "After the case");
    const { stations } = trailOf({ ...finding, blame: [] });
    expect(stations.map((station) => [station.who, station.mark])).toEqual([
      ["commitTurn", undefined],
      ["compact", undefined],
    ]);
  });

  it("follows no text where the finding is about none", () => {
    const { canaries, stations, endsElsewhere } = trailOf(findingOf("history-commit-once"));
    expect(canaries).toEqual([]);
    expect(stations).toHaveLength(2);
    expect(endsElsewhere).toBe(false);
  });

  it("numbers a call and its answer as one, and survives indexes that lead nowhere", () => {
    const finding = findingOf("history-commit-once");
    expect([...marksOf(finding).values()]).toEqual([1, 2]);
    expect(marksOf({ ...finding, blame: [-1, 99_999], at: 0 }).size).toBe(1);
  });
});
