// Where each report goes: report.json always into the folder, other formats to stdout, to their file in the folder, or to a path of their
// own. All places are proven writable before the first case.

import path from "node:path";
import { prepareOut, saveReport, writeWhole } from "../campaign/save.js";
import type { ReportWish } from "../config-values.js";
import type { Report } from "../define/index.js";
import { reportFormats } from "../discover.js";
import type { Terminal } from "./terminal.js";

const DEFAULT_WISHES: ReportWish[] = [{ name: "text" }];
const STDOUT = "-";
const FILE_WIDTH = 120;

export interface Places {
  /** Absolute folder of report.json. */
  out: string;
  wishes: ReportWish[];
  /** Whether stdout belongs to a format that is not for people. */
  stdoutTaken: boolean;
}

/** Throws out-unwritable. */
export function preparePlaces(out: string, wishes: ReportWish[] | undefined, cwd: string): Places {
  const folder = path.resolve(cwd, out);
  const settled = (wishes ?? DEFAULT_WISHES).map((wish) =>
    wish.path === undefined || wish.path === STDOUT ? wish : { ...wish, path: path.resolve(cwd, wish.path) },
  );
  prepareOut(folder);
  for (const { path: place } of settled) if (place !== undefined && place !== STDOUT) prepareOut(path.dirname(place));
  return {
    out: folder,
    wishes: settled,
    stdoutTaken: settled.some(({ name, path: place }) => place === STDOUT && name !== "text"),
  };
}

/** Writes everything; answers the files, absolute. Throws out-unwritable. */
export async function writeReports(places: Places, report: Report, terminal: Terminal): Promise<string[]> {
  const files = saveReport(places.out, report).map((file) => path.join(places.out, file));
  const formats = await reportFormats();
  for (const { name, path: place } of places.wishes) {
    const format = formats.find((one) => one.id === name);
    if (format === undefined) throw new Error(`the report format ${name} was checked, but is not there`);
    const file = place ?? (format.file === undefined ? STDOUT : path.join(places.out, format.file));
    if (file === STDOUT) terminal.out(format.render(report, { colour: terminal.colour, width: terminal.width }));
    else {
      writeWhole(file, format.render(report, { colour: false, width: FILE_WIDTH }));
      if (!files.includes(file)) files.push(file);
    }
  }
  return files;
}
