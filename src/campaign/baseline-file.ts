// Reads and writes a baseline. Says exactly what is wrong with a file that is none, and never replaces one.

import { existsSync } from "node:fs";
import { expectFormat, type FileKind, issueText } from "../define/formats.js";
import { BASELINE_FORMAT, type Baseline, type BaselineEntry, CtxspecError } from "../define/index.js";
import { baselineSchema } from "../define/schemas.js";
import { clauseIds } from "../discover.js";
import { didYouMean } from "../load/nearest.js";
import { readJson } from "./json-file.js";
import { writeWhole } from "./save.js";

const BASELINE: FileKind = {
  name: "baseline",
  format: BASELINE_FORMAT,
  unreadable: { code: "baseline-unreadable", hint: "add --update-baseline to write one of what the run finds" },
  notJson: {
    code: "baseline-invalid",
    hint: `a baseline is JSON with "format": "${BASELINE_FORMAT}"; give another file`,
  },
  newer: { code: "baseline-newer", hint: "use the ctxspec that wrote it, or a newer one" },
  other: {
    code: "baseline-invalid",
    hint: "give a file that --update-baseline has written, or the name of one that is not there yet",
  },
};

const invalid = (message: string, hint: string): CtxspecError => new CtxspecError("baseline-invalid", message, hint);

/** `whenMissing`: what a file that is not there means. Throws baseline-unreadable, baseline-newer or baseline-invalid. */
export function readBaseline(file: string, whenMissing: "error" | "empty"): BaselineEntry[] {
  if (whenMissing === "empty" && !existsSync(file)) return [];
  return shaped(readJson(file, BASELINE), file).violations;
}

/** `where` is named in the error. Throws baseline-newer, baseline-invalid. */
export function parseBaseline(data: unknown, where: string): Baseline {
  expectFormat(data, where, BASELINE);
  return shaped(data, where);
}

function shaped(data: unknown, where: string): Baseline {
  const parsed = baselineSchema.safeParse(data);
  if (!parsed.success) {
    throw invalid(
      `${where} is not a valid baseline${issueText(parsed.error.issues[0], data)}`,
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
