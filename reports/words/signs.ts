// The signs that stand for verdicts where a format has text only: Markdown. Each differs in shape, never in colour alone.

import type { Verdict } from "../../src/define/index.js";
import type { CellState } from "../facts/matrix.js";

export const SIGN: Record<CellState, string> = {
  passed: "✅",
  violated: "❌",
  warning: "⚠️",
  flaky: "🎲",
  inconclusive: "❔",
  excused: "☑️",
  "not-applicable": "–",
};

export const VERDICT_SIGN: Record<Verdict, string> = {
  conforms: "✅",
  violates: "❌",
  inconclusive: "❔",
  flaky: "🎲",
  error: "💥",
};
