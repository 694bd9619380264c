// Reads a saved case. Says exactly what is wrong with a file that is none: not there, not JSON, a report, from a newer ctxspec, misshapen.

import { expectFormat, type FileKind, issueText, valueAt } from "../define/formats.js";
import { CASE_FORMAT, type Case, CtxspecError, PROFILE_IDS, STEP_KINDS } from "../define/index.js";
import { caseSchema } from "../define/schemas.js";
import { didYouMean } from "../load/nearest.js";
import { readJson } from "./json-file.js";

const SAVED = "Give a file of the cases folder beside a report: failing cases are saved there.";

const CASE: FileKind = {
  name: "case",
  format: CASE_FORMAT,
  unreadable: { code: "case-unreadable", hint: SAVED },
  notJson: { code: "case-invalid", hint: `A case file is JSON with "format": "${CASE_FORMAT}".` },
  newer: { code: "case-newer", hint: "Replay it with the ctxspec that wrote it, or a newer one." },
  other: { code: "case-invalid", hint: SAVED },
};

/** Throws case-unreadable, case-newer or case-invalid. */
export function readCase(file: string): Case {
  return shaped(readJson(file, CASE), file);
}

/** `where` is named in the error. Throws case-newer, case-invalid. */
export function parseCase(data: unknown, where: string): Case {
  expectFormat(data, where, CASE);
  return shaped(data, where);
}

const KNOWN_WORDS: Record<string, readonly string[]> = { kind: STEP_KINDS, host: PROFILE_IDS };

function shaped(data: unknown, where: string): Case {
  const parsed = caseSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const came = valueAt(data, path);
  const known = KNOWN_WORDS[String(path.at(-1))] ?? [];
  throw new CtxspecError(
    "case-invalid",
    `${where} is not a valid case${issueText(issue, data)}`,
    `${typeof came === "string" ? didYouMean(came, known) : ""}Compare it with a case that ctxspec has saved.`,
  );
}
