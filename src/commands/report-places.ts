// Where each report goes: report.json always into the folder, other formats to stdout, to their file in the folder, or to a path of their
// own. All places are proven writable before the first case.

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { prepareOut, saveReport, writeWhole } from "../campaign/save.js";
import type { ReportWish } from "../config-values.js";
import { CtxspecError, type Report, type ReportFormat } from "../define/index.js";
import { plural } from "../define/plural.js";
import { reportFormats } from "../discover.js";
import type { Terminal } from "./terminal.js";

const REPORT_WANTED = "--report a path in a folder that can be written";

const DEFAULT_WISHES: ReportWish[] = [{ name: "text" }];
export const STDOUT = "-";
const FILE_WIDTH = 120;
const REPORT_FILE = "report.json";
const CASE_END = ".case.json";

export interface Places {
  /** Absolute folder of report.json. */
  out: string;
  /** Every wished format with its absolute path, or "-" for stdout. */
  places: { name: string; path: string }[];
  /** Whether stdout belongs to a format that is not for people. */
  stdoutTaken: boolean;
}

const placeOf = ({ name, path: place }: ReportWish, out: string, formats: readonly ReportFormat[]): string => {
  const format = formats.find((one) => one.id === name);
  if (format === undefined) throw new Error(`the report format ${name} was checked, but is not there`);
  return place ?? (format.file === undefined ? STDOUT : path.join(out, format.file));
};

/** One line: where report.json and the failing cases are; another where cases of earlier runs lie beside them. */
export function reportNote({ out }: Places, files: string[], cwd: string): string {
  const shown = path.relative(cwd, path.join(out, REPORT_FILE));
  const folder = path.join(path.dirname(shown), "cases");
  const cases = files.some((file) => file.endsWith(CASE_END));
  const older = earlierCases(out, files);
  return [
    `Report: ${shown}${cases ? `; failing cases in ${folder}` : ""}`,
    ...(older > 0 ? [`${plural(older, "case file")} of earlier runs ${older === 1 ? "is" : "are"} still in ${folder}`] : []),
    "",
  ].join("\n");
}

/** Case files in the folder that this run did not write. */
function earlierCases(out: string, files: readonly string[]): number {
  const folder = path.join(out, "cases");
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).filter((name) => name.endsWith(CASE_END) && !files.includes(path.join(folder, name))).length;
}

/** Two formats in one file would leave the second alone in it. */
function refuseSamePlace(places: Places["places"], report: string): void {
  for (const [at, { name, path: place }] of places.entries()) {
    const other =
      place === report && name !== "json" ? "report.json" : places.slice(0, at).find((one) => one.path === place)?.name;
    if (place === STDOUT || other === undefined) continue;
    throw new CtxspecError(
      "usage-report",
      `--report writes ${name} over ${other}: expected a file for each, but both go to ${place}`,
      `give one of them another path, e.g. ${name}=other-file`,
    );
  }
}

/** Where everything will be written; touches nothing. Throws usage-report where two formats have one place. */
export async function placesFor(out: string, wishes: ReportWish[] | undefined, cwd: string): Promise<Places> {
  const folder = path.resolve(cwd, out);
  const formats = await reportFormats();
  const places = (wishes ?? DEFAULT_WISHES).map((wish) => {
    const place = placeOf(wish, folder, formats);
    return { name: wish.name, path: place === STDOUT ? STDOUT : path.resolve(cwd, place) };
  });
  refuseSamePlace(places, path.join(folder, REPORT_FILE));
  return { out: folder, places, stdoutTaken: places.some(({ name, path: place }) => place === STDOUT && name !== "text") };
}

/** Throws out-unwritable. */
export function preparePlaces({ out, places }: Places): void {
  prepareOut(out);
  for (const { path: place } of places) if (place !== STDOUT) prepareOut(path.dirname(place), REPORT_WANTED);
}

/**
 * Writes everything; answers the files, absolute. Throws out-unwritable, or a fault of ctxspec where a renderer fails: the first of them,
 * and only after everything else was written or shown, for a campaign is too dear to lose to one of its reports.
 */
export async function writeReports({ out, places }: Places, report: Report, terminal: Terminal): Promise<string[]> {
  const files: string[] = [];
  const errors: unknown[] = [];
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      errors.push(error);
    }
  };
  const formats = await reportFormats();
  attempt(() => files.push(...saveReport(out, report).map((file) => path.join(out, file))));
  for (const { name, path: place } of places) {
    const format = formats.find((one) => one.id === name);
    if (format === undefined) continue;
    attempt(() => {
      if (place === STDOUT) terminal.out(rendered(format, report, { colour: terminal.colour, width: terminal.width }));
      else {
        writeWhole(place, rendered(format, report, { colour: false, width: FILE_WIDTH }), REPORT_WANTED);
        if (!files.includes(place)) files.push(place);
      }
    });
  }
  if (errors.length > 0) throw errors[0];
  return files;
}

function rendered(format: ReportFormat, report: Report, how: Parameters<ReportFormat["render"]>[1]): string {
  try {
    return format.render(report, how);
  } catch (cause) {
    const message = `the report format ${format.id} failed: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new CtxspecError("internal", message, "The other reports were written; report.json holds everything.", cause);
  }
}
