// Reads a saved report. Says exactly what is wrong with a file that is none: not there, not JSON, something else, of another format, misshapen.

import { readFileSync } from "node:fs";
import { CtxspecError, REPORT_FORMAT, type Report } from "../define/index.js";
import { reportSchema } from "../define/schemas.js";

const WHERE = "every certify writes report.json into its --out folder";

/** The report as it was written, members in their order. Throws report-invalid. */
export function readReport(file: string): Report {
  const data = jsonOf(file);
  const format = typeof data === "object" && data !== null ? (data as { format?: unknown }).format : undefined;
  if (format !== REPORT_FORMAT) {
    const came = format === undefined ? "no format" : `the format ${JSON.stringify(format)}`;
    throw new CtxspecError(
      "report-invalid",
      `${file} is not a report: expected the format ${REPORT_FORMAT}, found ${came}`,
      `give a report.json; ${WHERE}`,
    );
  }
  const parsed = reportSchema.safeParse(data);
  // Parsing puts members into the schema's order; a merged report has the bytes of a run's own.
  if (parsed.success) return data as Report;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
  throw new CtxspecError(
    "report-invalid",
    `${file} is not a valid report${place}: ${issue?.message ?? "unknown"}`,
    "give the file as ctxspec has written it, and read it with the same version",
  );
}

function jsonOf(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CtxspecError("report-invalid", `cannot read the report ${file}: ${why}`, WHERE, cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CtxspecError("report-invalid", `${file} is not JSON: expected a report`, `give a report.json; ${WHERE}`, cause);
  }
}
