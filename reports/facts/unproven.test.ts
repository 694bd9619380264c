import { expect, test } from "vitest";
import type { ReportClause } from "../../src/define/index.js";
import { openWords } from "./unproven.js";

const clause = (id: string, host: ReportClause["host"], reason: string, more: Partial<ReportClause> = {}): ReportClause => ({
  id,
  title: id,
  family: "history",
  level: "must",
  host,
  verdict: "inconclusive",
  reason,
  witnessed: 0,
  cases: 25,
  violations: 0,
  findings: [],
  ...more,
});

test("what no case reached and what differs from itself are told apart: more cases help the one only", () => {
  const never = "never exercised in 25 cases";
  const clauses = [
    clause("history-restart", "heartbeat-run", never),
    clause("race-sessions", "heartbeat-run", "the engine differs from itself: case 7"),
    clause("history-restart", "openclaw-2026.7", never),
    clause("compact-abort", "openclaw-2026.7", never, { level: "should" }),
    clause("key-distinct", "openclaw-2026.7", "", { verdict: "passed" }),
  ];
  const [unproven, unsteady, ...rest] = openWords({ clauses });
  expect(unproven).toMatch(/^not exercised: history-restart under heartbeat-run, openclaw-2026.7; .*raise --cases$/);
  expect(unsteady).toMatch(/^not judged: race-sessions under heartbeat-run; the engine does not do the same twice/);
  expect(rest).toEqual([]);
  expect(openWords({ clauses: clauses.slice(3) })).toEqual([]);
});
