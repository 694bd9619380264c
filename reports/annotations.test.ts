// Annotations: a command per violated clause, and no text of an engine that ends a line or starts a command.

import { describe, expect, it } from "vitest";
import annotations from "./annotations.js";
import { broken, failing, hostile, passing } from "./fixtures/reports.fixture.js";

const lines = (report: Parameters<typeof annotations.render>[0]): string[] =>
  annotations.render(report, { colour: false, width: 120 }).trimEnd().split("\n");

describe("annotations", () => {
  it("has an error or warning per violated clause, then a notice", () => {
    const report = failing();
    const violated = new Set(report.clauses.filter((clause) => clause.verdict === "violated").map((clause) => clause.id));
    const all = lines(report);
    expect(all.length).toBe(violated.size + 1);
    expect(all.filter((line) => line.startsWith("::warning file=engine/kept-by-key.mjs,title=isolation-reset"))).toHaveLength(1);
    expect(all.filter((line) => line.startsWith("::error "))).toHaveLength(violated.size - 1);
    expect(all.at(-1)).toMatch(/^::notice title=ctxspec%3A violates::/);
  });

  it("lets no engine write a command of its own", () => {
    const all = lines(hostile());
    expect(all.length).toBe(lines(failing()).length);
    for (const line of all) expect(line).toMatch(/^::(error|warning|notice) [^\r\n]*::[^\r\n]*$/);
    expect(all.join("\n")).toContain("%0A::error::owned");
    expect(all.join("\n")).toContain("⟨U+202E⟩");
  });

  it("says when all is well, and when there is no verdict", () => {
    expect(lines(passing())).toHaveLength(1);
    expect(lines(broken())[0]).toMatch(/^::error file=nowhere.ts,title=ctxspec%3A engine-not-found::/);
  });
});
