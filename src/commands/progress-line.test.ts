import { describe, expect, test } from "vitest";
import type { CampaignProgress, HostDone } from "../campaign/progress.js";
import { PLAIN } from "../draw/lines.js";
import { hostLine, ProgressLine, progressWords, spanWords } from "./progress-line.js";

const CASES: CampaignProgress = {
  kind: "cases",
  host: "openclaw-2026.9",
  hostNumber: 2,
  hosts: 5,
  done: 812,
  planned: 2_000,
  share: 0.284,
  casesPerSecond: 143.2,
  leftMs: 92_000,
  violated: ["isolation-tick under openclaw-2026.9"],
  unexercised: ["a", "b", "c", "d", "e"],
};

const DONE: HostDone = {
  host: "heartbeat-run",
  reason: "",
  cases: 1,
  steps: 20,
  engineCalls: 40,
  durationMs: 1_234,
  verdicts: { one: "passed", two: "violated", three: "inconclusive", four: "flaky" },
};

describe("the progress line", () => {
  test("has speed, violations and what is still unexercised", () => {
    expect(progressWords(CASES)).toBe(
      "openclaw-2026.9 (2 of 5)  28%  812 cases, 143/s  2 min left  1 violation: isolation-tick under openclaw-2026.9  5 clauses unexercised: a, b, c, and 2 more",
    );
  });

  test("tells of shrinking", () => {
    expect(progressWords({ kind: "shrinking", host: "heartbeat-run", clause: "isolation-tick", runs: 31, steps: 1 })).toBe(
      "heartbeat-run: shrinking isolation-tick, 1 step after 31 plays",
    );
  });

  test("is cut to the terminal, makes room for other text, and is gone at the end", () => {
    const shown: string[] = [];
    const line = new ProgressLine({ columns: 20, show: (text) => shown.push(text), clear: () => shown.push("") });
    line.show(CASES);
    line.around(() => shown.push("other"));
    line.end();
    expect(shown).toEqual(["openclaw-2026.9 (2…", "", "other", "openclaw-2026.9 (2…", ""]);
  });

  test.each([
    [400, "1 s"],
    [59_000, "59 s"],
    [90_000, "2 min"],
    [5_400_000, "1.5 h"],
  ])("%d ms is %s", (ms, words) => {
    expect(spanWords(ms)).toBe(words);
  });
});

describe("the line of a profile", () => {
  test("names what was violated, flaky and not exercised", () => {
    expect(hostLine(DONE, PLAIN)).toBe(
      "heartbeat-run          1 case, 40 engine calls in 1.2 s: violated: two; flaky: four; not exercised: three\n",
    );
  });

  test("says when nothing was", () => {
    expect(hostLine({ ...DONE, verdicts: { one: "passed" } }, PLAIN)).toContain(": no violation\n");
  });
});
