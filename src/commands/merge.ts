// ctxspec merge: reads the reports of all shards of a run, makes the report of the whole run, and writes it like certify does.
// The exit code is the merged report's.

import { statSync } from "node:fs";
import path from "node:path";
import { mergeReports } from "../campaign/merge.js";
import { DEFAULT_OUT } from "../campaign/options.js";
import { realParts } from "../campaign/real-parts.js";
import { readReport } from "../campaign/report-file.js";
import { toolVersion } from "../campaign/tool.js";
import { settingsFrom } from "../config-file.js";
import { CtxspecError } from "../define/errors.js";
import { failureText, isVerbose } from "./failure.js";
import { placesFor, preparePlaces, reportNote, writeReports } from "./report-places.js";
import type { Terminal } from "./terminal.js";

const REPORT_FILE = "report.json";

/** Answers the exit code. Throws CtxspecError: reports that cannot be read, that are no shards, or not all of one run. */
export async function mergeCommand(files: string[], given: Record<string, unknown>, terminal: Terminal): Promise<number> {
  const settings = await settingsFrom(given, terminal.cwd);
  const out = settings.out ?? DEFAULT_OUT;
  const shards = files.map((file) => fileOf(file, terminal.cwd));
  refuseOverwriting(shards, path.resolve(terminal.cwd, out, REPORT_FILE), terminal.cwd);
  const merged = mergeReports(
    shards.map((file) => ({ file: path.relative(terminal.cwd, file) || file, report: readReport(file) })),
    {
      clauses: await realParts.clauses(),
      merger: { version: toolVersion(), generator: realParts.generatorVersion },
      out,
    },
  );
  const places = await placesFor(out, settings.report, terminal.cwd);
  preparePlaces(places);
  if (merged.error !== undefined)
    terminal.err(failureText(merged.error as CtxspecError, terminal.errPaint, isVerbose(settings.verbose)));
  const written = await writeReports(places, merged, terminal);
  (places.stdoutTaken ? terminal.err : terminal.out)(reportNote(places, written, terminal.cwd));
  return merged.exitCode;
}

/** A folder stands for the report.json in it. */
function fileOf(given: string, cwd: string): string {
  const file = path.resolve(cwd, given);
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ? path.join(file, REPORT_FILE) : file;
}

function refuseOverwriting(shards: string[], target: string, cwd: string): void {
  if (!shards.includes(target)) return;
  throw new CtxspecError(
    "usage-option",
    `the merged report would overwrite the shard ${path.relative(cwd, target)}: expected an --out of its own`,
    "give every shard and the merged report a folder of its own, e.g. --out merged",
  );
}
