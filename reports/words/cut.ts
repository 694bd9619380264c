// Why a run did less than it was asked for, in words.

import type { Cut, Report } from "../../src/define/index.js";

const WORDS: Record<Cut, string> = {
  time: "the time limit ended the playing (--time and --cases give more)",
  bail: "--bail ended the playing at the first violation",
  interrupt: "an interrupt ended it",
  "shrink-time": "the time for shrinking ended before a case was at its smallest (--shrink-time gives more)",
  error: "an error ended it",
};

/** Undefined where nothing was cut short. */
export function cutWords({ truncated, truncatedBy = [] }: Pick<Report, "truncated" | "truncatedBy">): string | undefined {
  if (!truncated) return undefined;
  const reasons = truncatedBy.map((cut) => WORDS[cut]);
  return reasons.length === 0 ? "the run ended early" : reasons.join("; ");
}
