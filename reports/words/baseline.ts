// What a run says about the baseline it was given, entry by entry, and what to do about each. No layout: a format dresses the words.

import type { Report } from "../../src/define/index.js";
import { openWords } from "../facts/unproven.js";
import { weightOf } from "../facts/violations.js";
import { VERDICT_WORDS } from "./verdicts.js";

export interface BaselineWords {
  state: "known" | "stale" | "expired" | "unseen" | "new";
  /** It makes the run fail. */
  fails: boolean;
  clause: string;
  host: string;
  /** What is the matter, and what to try: a sentence or two. */
  text: string;
}

type Entry = NonNullable<Report["baseline"]>["entries"][number];

const UNEXPLAINED = "to be explained";

function entryText(entry: Entry): string {
  const { state, reason, expires, witnessed } = entry;
  switch (state) {
    case "known":
      return `accepted until ${expires}: ${reason}.${reason === UNEXPLAINED ? " Write the reason into the baseline." : ""}`;
    case "stale":
      return `exercised ${witnessed} times and no longer violated. Take the entry out, or let --update-baseline do it; if the violation only shows in longer runs, play more --cases.`;
    case "expired":
      return `accepted until ${expires}, which has passed (${reason}). Fix the engine and take the entry out, or set a later date with a reason by hand; --update-baseline moves no date.`;
    case "unseen":
      return `this run says nothing about it, so it stays (until ${expires}: ${reason}).`;
  }
}

const ORDER: readonly BaselineWords["state"][] = ["new", "stale", "expired", "known", "unseen"];

/** What fails comes first. */
export function baselineWords({ baseline }: Report): BaselineWords[] {
  if (baseline === undefined) return [];
  const entries = baseline.entries.map((entry): BaselineWords => {
    const { clause, host, state } = entry;
    return { state, fails: state === "stale" || state === "expired", clause, host, text: entryText(entry) };
  });
  const fresh = baseline.fresh.map(
    ({ clause, host }): BaselineWords => ({
      state: "new",
      fails: true,
      clause,
      host,
      text: "violated, and not in the baseline. Fix the engine; or record it with --update-baseline, then write the reason and the date into it.",
    }),
  );
  return [...entries, ...fresh].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

/** Nothing but the baseline makes the run fail. */
export function failsByBaselineAlone(report: Report): boolean {
  const { baseline, verdict, clauses } = report;
  if (verdict !== "violates" || baseline === undefined || baseline.holds || baseline.fresh.length > 0) return false;
  return !clauses.some((clause) => weightOf(clause) === "counts");
}

/** One sentence: what the verdict says about the engine. */
export function meaningOf(report: Report): string {
  if (failsByBaselineAlone(report))
    return "No violation that counts is new, but the baseline no longer holds: an entry of it is stale or has expired.";
  const { meaning } = VERDICT_WORDS[report.verdict];
  const open = report.verdict === "inconclusive" ? openWords(report) : [];
  return [meaning, ...open.map((words) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`)].join(" ");
}
