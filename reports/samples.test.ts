// docs/samples holds every format for the same failing run, and is what the renderers of today make of its report.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Report } from "../src/define/index.js";
import { reportSchema } from "../src/define/schemas.js";
import { reportFormats } from "../src/discover.js";
import { SAMPLES } from "./fixtures/reports.fixture.js";

const STALE = "stale: run `npm run samples`";
const read = (file: string): string => readFileSync(new URL(file, SAMPLES), "utf8");
const formats = await reportFormats();

function reportOf(folder: string): Report {
  const report: unknown = JSON.parse(read(`${folder}/report.json`));
  // Parsing puts members into the schema's order; what counts here are bytes.
  reportSchema.parse(report);
  return report as Report;
}

describe("docs/samples/failing", () => {
  const report = reportOf("failing");

  it("is of a run that violates clauses at three places or more", () => {
    expect(report.verdict).toBe("violates");
    expect(
      new Set(report.clauses.filter((clause) => clause.verdict === "violated").map((clause) => clause.id)).size,
    ).toBeGreaterThanOrEqual(3);
  });

  it.each(formats.map((format) => [format.id, format] as const))("has %s as it is rendered today", (id, format) => {
    const file = `failing/${format.file ?? `${id}.txt`}`;
    expect(existsSync(new URL(file, SAMPLES)), `${file} is missing: run \`npm run samples\``).toBe(true);
    expect(read(file), STALE).toBe(format.render(report, { colour: false, width: 120 }));
  });

  it("has the case of every finding, and nothing that no format makes", () => {
    const cases = report.clauses.flatMap((clause) => clause.findings.map((finding) => finding.caseFile.replace(/^cases\//, "")));
    expect(readdirSync(new URL("failing/cases", SAMPLES)).sort()).toEqual([...new Set(cases)].sort());
    const files = formats.map((format) => format.file ?? `${format.id}.txt`);
    expect(readdirSync(new URL("failing", SAMPLES)).sort()).toEqual(["cases", ...files].sort());
  });
});

describe("docs/samples/passing", () => {
  const report = reportOf("passing");

  it("conforms under every profile", () => {
    expect(report.verdict).toBe("conforms");
    expect(report.run.hosts).toHaveLength(5);
  });

  it.each(
    formats.filter((format) => ["json", "html", "badge"].includes(format.id)).map((format) => [format.id, format] as const),
  )("has %s as it is rendered today", (_id, format) =>
    expect(read(`passing/${format.file}`), STALE).toBe(format.render(report, { colour: false, width: 120 })),
  );
});
