// What verdicts are called and what they mean, in the words every format uses. No layout: a format dresses them.

import type { ClauseVerdict, Level, Verdict } from "../../src/define/index.js";

export interface VerdictWords {
  /** One or two words, for a headline. */
  word: string;
  /** One sentence: what the word says about the engine. */
  meaning: string;
}

export const VERDICT_WORDS: Record<Verdict, VerdictWords> = {
  conforms: {
    word: "conforms",
    meaning: "No clause that counts was violated, and every must clause that applies was really exercised.",
  },
  violates: {
    word: "violates",
    meaning: "At least one clause that counts was violated: a model would be shown a wrong context, or the contract is broken.",
  },
  inconclusive: {
    word: "inconclusive",
    meaning:
      "Nothing was found, but a must clause that applies was never exercised or could not be judged, so nothing can be said for it.",
  },
  flaky: {
    word: "flaky",
    meaning: "A violation was seen that did not come again when its case was replayed: the engine is not deterministic.",
  },
  error: { word: "error", meaning: "There is no verdict on the engine: the run ended early." },
};

export const CLAUSE_WORDS: Record<ClauseVerdict, VerdictWords> = {
  passed: { word: "passed", meaning: "exercised, and never violated" },
  violated: { word: "violated", meaning: "broken in at least one case" },
  flaky: { word: "flaky", meaning: "broken once, but not when the case was replayed" },
  inconclusive: { word: "not exercised", meaning: "no case put it to the test, or the engine does not do the same twice" },
  excused: { word: "excused", meaning: "violated, but declared as known" },
  "not-applicable": { word: "not applicable", meaning: "does not concern this engine or this host" },
};

export const LEVEL_WORDS: Record<Level, string> = {
  must: "The host documents it, or a model call goes wrong without it. One violation means the engine does not conform.",
  should: "Users depend on it, the contract does not say it. A warning, unless the run was strict.",
  claim: "A must, because the engine's author or its declarations claim it.",
};

/** 1234567 → "1,234,567". */
export const thousands = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+(?!\d))/g, ",");

/** A bound on a rate per case: 0.0015 → "0.15%". */
export const percent = (rate: number): string => `${Number((rate * 100).toPrecision(2))}%`;
