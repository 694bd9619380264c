// The Markdown summary: matrix, violations with their case, and engine text that stays text.

import { describe, expect, it } from "vitest";
import { broken, failing, hostile, LONG, passing } from "./fixtures/reports.fixture.js";
import { code, codeBlock, escapedMarkdown } from "./markdown/escape.js";
import markdown from "./markdown.js";

const render = (report: Parameters<typeof markdown.render>[0]): string => markdown.render(report, { colour: false, width: 120 });

describe("markdown", () => {
  it("says the verdict, the matrix, and every violated clause with how to replay it", () => {
    const report = failing();
    const text = render(report);
    expect(text).toMatch(/^## ❌ .*: violates\n/);
    for (const clause of report.clauses.filter((one) => one.verdict === "violated")) {
      expect(text).toContain(`\`${clause.id}\` (${clause.level}) under `);
      for (const finding of clause.findings) expect(text).toContain(finding.replay);
    }
    expect(text).toContain("| isolation |");
  });

  it("says what a pass means", () => {
    const text = render(passing());
    expect(text).toContain(": conforms");
    expect(text).toMatch(/With 95% confidence at most [\d.]+% of such cases fail/);
    expect(text).not.toContain("### Violations");
  });

  it("keeps engine text from becoming markup", () => {
    const outside = withoutBlocks(render(hostile()));
    expect(outside).not.toMatch(/<(?!\/?(?:details|summary|sub)>|https:\/\/)/);
    expect(outside).not.toMatch(/@everyone/);
    expect(outside).not.toMatch(/^::error/m);
    expect(render(hostile()).length).toBeLessThan(1_000_000);
  });

  it("tells of an error", () => {
    expect(render(broken())).toContain("no engine at ./nowhere.ts");
  });
});

describe("escaping", () => {
  it("fences code with more backticks than are in it", () => {
    expect(code("a ``b`` c")).toBe("```a ``b`` c```");
    expect(codeBlock(["````", "x"])[0]).toBe("`````text");
  });

  it("cuts a line and disarms it", () => {
    expect(escapedMarkdown("*a* <b> @c [d](e) \u202ef")).toBe("\\*a\\* &lt;b&gt; @\u200bc \\[d\\](e) ⟨U+202E⟩f");
    expect(escapedMarkdown(LONG).length).toBeLessThan(700);
  });
});

/** What a reader of Markdown would not take for code. */
function withoutBlocks(text: string): string {
  const out: string[] = [];
  let fence: string | undefined;
  for (const line of text.split("\n")) {
    const mark = /^(`{3,})/.exec(line)?.[1];
    if (fence === undefined && mark !== undefined) fence = mark;
    else if (fence !== undefined) {
      if (line === fence) fence = undefined;
    } else out.push(line.replace(/(`+)[^`].*?\1/g, ""));
  }
  expect(fence).toBeUndefined();
  return out.join("\n");
}
