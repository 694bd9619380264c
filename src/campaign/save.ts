// Files of a run: report.json and the failing cases, each written whole or not at all. Whether the folder can be written is found out
// before the first case. Other report formats are written by whoever renders them, with the same `writeWhole`.

import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Case, CtxspecError, type Report } from "../define/index.js";

const WANTED = "--out a folder that can be written";

/** Folder by folder: where nothing can be made, as under /proc, the recursive call of Node 20 never comes back. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/**
 * Makes the folder when it is missing and proves that a file can be written into it; `wanted` says what to give instead.
 * Throws out-unwritable.
 */
export function prepareOut(out: string, wanted = WANTED): void {
  const probe = path.join(out, `.ctxspec-${process.pid}.tmp`);
  try {
    makeFolder(path.resolve(out));
    if (!statSync(out).isDirectory()) throw new Error("it is not a folder");
    accessSync(out, constants.W_OK);
    writeFileSync(probe, "");
    rmSync(probe, { force: true });
  } catch (cause) {
    throw unwritable(out, cause, wanted);
  }
}

/** A device or a pipe is written into; to put a file in its place would break it for everybody. */
function isSpecial(file: string): boolean {
  const there = statSync(file, { throwIfNoEntry: false });
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** Replaces the file in one step: a reader sees the old text or the new one, never half of it. */
export function writeWhole(file: string, text: string, wanted = WANTED): void {
  const half = `${file}.${process.pid}.tmp`;
  try {
    makeFolder(path.resolve(path.dirname(file)));
    if (isSpecial(file)) {
      writeFileSync(file, text);
      return;
    }
    writeFileSync(half, text);
    renameSync(half, file);
  } catch (cause) {
    rmSync(half, { force: true });
    throw unwritable(file, cause, wanted);
  }
}

/** A case as it is saved. */
export function caseText(theCase: Case): string {
  return `${JSON.stringify(theCase, null, 2)}\n`;
}

/** Writes every finding's case and then report.json; answers the files, relative to `out`. */
export function saveReport(out: string, report: Report): string[] {
  const written: string[] = [];
  for (const finding of report.clauses.flatMap((clause) => clause.findings)) {
    if (written.includes(finding.caseFile)) continue;
    writeWhole(path.join(out, finding.caseFile), caseText(finding.case));
    written.push(finding.caseFile);
  }
  writeWhole(path.join(out, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  return [...written, "report.json"];
}

function unwritable(where: string, cause: unknown, wanted: string): CtxspecError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CtxspecError(
    "out-unwritable",
    `cannot write to ${where}: ${why}`,
    `Give ${wanted}, and see that the disk is not full.`,
    cause,
  );
}
