// Reads and writes a baseline. Says exactly what is wrong with a file that is none, and never replaces one.

import { existsSync, readFileSync } from "node:fs";
import { BASELINE_FORMAT, type Baseline, type BaselineEntry, CtxspecError } from "../define/index.js";
import { baselineSchema } from "../define/schemas.js";
import { clauseIds } from "../discover.js";
import { didYouMean } from "../load/nearest.js";
import { writeWhole } from "./save.js";

const invalid = (message: string, hint: string, cause?: unknown): CtxspecError =>
  new CtxspecError("baseline-invalid", message, hint, cause);

/** `whenMissing`: what a file that is not there means. Throws baseline-unreadable, baseline-newer or baseline-invalid. */
export function readBaseline(file: string, whenMissing: "error" | "empty"): BaselineEntry[] {
  if (whenMissing === "empty" && !existsSync(file)) return [];
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CtxspecError(
      "baseline-unreadable",
      `cannot read the baseline ${file}: ${why}`,
      "add --update-baseline to write one of what the run finds",
      cause,
    );
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw invalid(`${file} is not JSON`, `a baseline is JSON with "format": "${BASELINE_FORMAT}"; give another file`, cause);
  }
  return parseBaseline(data, file).violations;
}

/** `where` is named in the error. */
export function parseBaseline(data: unknown, where: string): Baseline {
  const format = typeof data === "object" && data !== null ? (data as { format?: unknown }).format : undefined;
  const version = typeof format === "string" ? /^ctxspec-baseline\/(\d+)$/.exec(format)?.[1] : undefined;
  if (version !== undefined && Number(version) > Number(BASELINE_FORMAT.split("/")[1])) {
    throw new CtxspecError(
      "baseline-newer",
      `${where} has the format ${format}; this ctxspec knows ${BASELINE_FORMAT}`,
      "use the ctxspec that wrote it, or a newer one",
    );
  }
  if (format !== BASELINE_FORMAT) {
    const came = format === undefined ? "no format" : `the format ${JSON.stringify(format)}`;
    throw invalid(
      `${where} is not a baseline: expected the format ${BASELINE_FORMAT}, found ${came}`,
      "give a file that --update-baseline has written, or the name of one that is not there yet",
    );
  }
  const parsed = baselineSchema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.join(".")}`;
    throw invalid(
      `${where} is not a valid baseline${place}: ${issue?.message ?? "unknown"}`,
      'an entry is {"clause": "<id>", "host": "<profile>", "reason": "<why>", "expires": "2027-01-31"}',
    );
  }
  refuseStrangers(parsed.data, where);
  return parsed.data;
}

function refuseStrangers({ violations }: Baseline, where: string): void {
  const known = clauseIds();
  for (const [at, { clause, host }] of violations.entries()) {
    if (!known.includes(clause)) {
      throw invalid(
        `${where} is not a valid baseline at violations.${at}.clause: there is no clause "${clause}"`,
        `${didYouMean(clause, known)}ctxspec list clauses shows all of them`,
      );
    }
    if (violations.findIndex((one) => one.clause === clause && one.host === host) !== at) {
      throw invalid(
        `${where} is not a valid baseline at violations.${at}: ${clause} under ${host} stands there twice`,
        "keep one of the two",
      );
    }
  }
}

/** Replaces a baseline, or writes a first one; whatever else is at `file` stays. Throws baseline-invalid, baseline-newer, out-unwritable. */
export function writeBaseline(file: string, violations: BaselineEntry[]): void {
  readBaseline(file, "empty");
  const baseline: Baseline = { format: BASELINE_FORMAT, violations };
  writeWhole(file, `${JSON.stringify(baseline, null, 2)}\n`, "--baseline a file in a folder that can be written");
}
