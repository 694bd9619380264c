import { describe, expect, it } from "vitest";
import type { Report } from "../src/define/index.js";
import { reportSchema } from "../src/define/schemas.js";
import { reportFormats } from "../src/discover.js";
import { passing } from "./fixtures/reports.fixture.js";

const HOST = "openclaw-2026.9";
const entry = { clause: "isolation-tick", host: HOST, expires: "2026-01-31", witnessed: 12 } as const;
const formats = await reportFormats();
const rendered = (id: string, report: Report): string =>
  (formats.find((format) => format.id === id)?.render(report, { colour: false, width: 120 }) ?? "").replace(/\s+/g, " ");

/** Nothing is violated, but two entries no longer hold. */
function stale(): Report {
  return reportSchema.parse({
    ...passing(),
    verdict: "violates",
    exitCode: 1,
    baseline: {
      file: "known.json",
      holds: false,
      entries: [
        { ...entry, state: "stale", reason: "was <known>" },
        { ...entry, clause: "isolation-reset", state: "expired", reason: "was known" },
        { ...entry, clause: "isolation-session", state: "unseen", reason: "is known" },
      ],
      fresh: [],
    },
  });
}

describe("a baseline that no longer holds", () => {
  it.each(["text", "markdown", "html", "annotations"])("%s says which entries, and that nothing new was violated", (id) => {
    const text = rendered(id, stale());
    expect(text).toContain("No violation that counts is new");
    expect(text).not.toContain("At least one clause that counts was violated");
    for (const words of ["exercised 12 times and no longer violated", "accepted until 2026-01-31, which has passed"])
      expect(text).toContain(words);
  });

  it("fails in JUnit, and nothing else does", () => {
    const xml = rendered("junit", stale());
    expect(xml).toMatch(/<testsuites name="ctxspec" tests="\d+" failures="2" errors="0"/);
    expect(xml).toContain('<testcase name="isolation-tick: stale" classname="ctxspec.baseline.openclaw-2026_9"');
    expect(xml).toContain('type="baseline-expired"');
    expect(xml).not.toContain("isolation-session: unseen");
  });

  it.each(["text", "markdown", "annotations", "junit"])("is not mentioned by %s where there is none", (id) => {
    expect(/baseline/i.test(rendered(id, passing()))).toBe(false);
  });
});
