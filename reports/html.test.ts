// The page as text: one file that asks for nothing, in which engine text is text, and which is the same for the same run.

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { broken, failing, hostile, LONG, MARKUP, motley, passing } from "./fixtures/reports.fixture.js";
import { SCRIPT, SCRIPT_SHA256 } from "./html/script.js";
import { STYLE, STYLE_SHA256 } from "./html/style.js";
import html from "./html.js";

const render = (report: Parameters<typeof html.render>[0]): string => html.render(report, { colour: false, width: 120 });
const digest = (text: string): string => createHash("sha256").update(text).digest("base64");
const count = (text: string, part: string): number => text.split(part).length - 1;

describe("html", () => {
  it("admits its own script and style by their digests: after a change put the new ones beside them", () => {
    expect(SCRIPT_SHA256).toBe(digest(SCRIPT));
    expect(STYLE_SHA256).toBe(digest(STYLE));
  });

  it.each(Object.entries({ passing, failing, hostile, motley, broken }))("asks for nothing from outside: %s", (_name, make) => {
    const page = render(make());
    expect(count(page, "<script")).toBe(1);
    expect(count(page, "<style")).toBe(1);
    const markup = page.replace(SCRIPT, "").replace(STYLE, "");
    expect(markup).not.toMatch(/<(?:link|img|iframe|object|embed|base|audio|video)\b/);
    expect(markup).not.toMatch(/\s(?:src|srcset|style|on\w+)="/);
    expect(markup.match(/\shref="(?!#|https?:\/\/)[^"]*"/g) ?? []).toEqual([]);
  });

  it("shows every violation with its requirement, source, sides, steps and replay", () => {
    const report = failing();
    const page = render(report);
    for (const clause of report.clauses.filter((one) => one.verdict === "violated")) {
      expect(page).toContain(`data-id="${clause.id}"`);
      for (const { url } of clause.source ?? []) expect(page).toContain(`href="${url}"`);
    }
    const findings = report.clauses.flatMap((clause) => clause.findings);
    expect(count(page, `class="versus"`)).toBe(findings.length);
    expect(count(page, `class="timeline"`)).toBe(findings.length);
    expect(count(page, `class="why"`)).toBe(findings.flatMap((finding) => finding.why ?? []).length);
    for (const { replay } of findings) expect(page).toContain(replay);
    for (const what of report.notJudged) expect(page).toContain(what.replaceAll("'", "&#39;"));
  });

  it("escapes engine text, makes what is invisible visible, and writes a long text once", () => {
    const page = render(hostile());
    expect(page).not.toContain(MARKUP);
    expect(page).toContain("&lt;script&gt;globalThis.owned = true&lt;/script&gt;");
    expect(page).toContain("⟨U+202E⟩");
    expect(page).toContain("⟨U+0000⟩");
    expect(count(page, LONG.slice(-2_000))).toBeLessThanOrEqual(
      2 + hostile().clauses.flatMap((clause) => clause.findings).length,
    );
    expect(page.length).toBeLessThan(4_000_000);
  });

  it("gives the same bytes for the same run at another time", () => {
    const report = failing();
    const later = { ...report, run: { ...report.run, durationMs: 999, startedAt: "2031-05-05T05:05:05.000Z" } };
    expect(render(later)).toBe(render(report));
    expect(render(failing())).toBe(render(report));
  });
});
