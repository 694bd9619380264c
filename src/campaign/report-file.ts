// Reads a saved report. Says exactly what is wrong with a file that is none: not there, not JSON, something else, of another format, misshapen.

import { type FileKind, issueText } from "../define/formats.js";
import { CtxspecError, REPORT_FORMAT, type Report } from "../define/index.js";
import { reportSchema } from "../define/schemas.js";
import { readJson } from "./json-file.js";

const WHERE = "every certify writes report.json into its --out folder";
const NONE = { code: "report-invalid", hint: `give a report.json; ${WHERE}` } as const;

const REPORT: FileKind = {
  name: "report",
  format: REPORT_FORMAT,
  unreadable: { code: "report-invalid", hint: WHERE },
  notJson: NONE,
  newer: { code: "report-invalid", hint: "read it with the ctxspec that wrote it, or a newer one" },
  other: NONE,
};

/** The report as it was written, members in their order. Throws report-invalid. */
export function readReport(file: string): Report {
  const data = readJson(file, REPORT);
  const parsed = reportSchema.safeParse(data);
  // Parsing puts members into the schema's order; a merged report has the bytes of a run's own.
  if (parsed.success) return data as Report;
  throw new CtxspecError(
    "report-invalid",
    `${file} is not a valid report${issueText(parsed.error.issues[0], data)}`,
    "give the file as ctxspec has written it, and read it with the same version",
  );
}
