// --baseline and --update-baseline of certify: the file is read and proven writable before the first case, and written after the last one.
// What a baseline means for the verdict: src/campaign/baseline.ts.

import path from "node:path";
import { type GivenBaseline, UNEXPLAINED, updatedBaseline } from "../campaign/baseline.js";
import { readBaseline, writeBaseline } from "../campaign/baseline-file.js";
import { wallClock } from "../campaign/real-time.js";
import { prepareOut } from "../campaign/save.js";
import type { Settings } from "../config.js";
import { CtxspecError, type Report } from "../define/index.js";
import { plural } from "../define/plural.js";

export interface PreparedBaseline {
  given: GivenBaseline & { today: string };
  /** Absolute. */
  file: string;
  update: boolean;
}

/** Throws usage-option, baseline-unreadable, baseline-invalid, baseline-newer, out-unwritable. */
export function prepareBaseline(settings: Settings, cwd: string): PreparedBaseline | undefined {
  const update = settings.updateBaseline === true;
  if (settings.baseline === undefined) {
    if (!update) return undefined;
    throw new CtxspecError(
      "usage-option",
      "--update-baseline needs --baseline, which is missing",
      "say which file to write: --baseline ctxspec-baseline.json --update-baseline",
    );
  }
  const file = path.resolve(cwd, settings.baseline);
  const entries = readBaseline(file, update ? "empty" : "error");
  if (update) prepareOut(path.dirname(file), "--baseline a file in a folder that can be written");
  return { given: { file: settings.baseline, entries, today: wallClock().slice(0, 10) }, file, update };
}

/** Writes the baseline as the run leaves it; answers what to tell. Throws baseline-invalid, baseline-newer, out-unwritable. */
export function updateBaseline({ given, file }: PreparedBaseline, report: Report): string {
  if (report.baseline === undefined || report.clauses.length === 0)
    return `Baseline: ${given.file} stays as it was: this run judged nothing`;
  const { entries, added, removed } = updatedBaseline(report.baseline, given.today);
  writeBaseline(file, entries);
  const expired = report.baseline.entries.filter(({ state }) => state === "expired").length;
  const told = [
    `${plural(entries.length, "known violation")}, ${added.length} new, ${removed.length} taken out`,
    ...(added.length > 0 ? [`write a reason in place of "${UNEXPLAINED}"`] : []),
    ...(expired > 0 ? [`${expired} expired: its date is moved by hand only`] : []),
    ...(report.exitCode === 0 ? [] : ["this run was judged by the old one"]),
  ];
  return `Baseline: ${given.file} written: ${told.join("; ")}`;
}
