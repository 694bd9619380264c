// Reads a saved case. Says exactly what is wrong with a file that is none: not there, not JSON, a report, from a newer ctxspec, misshapen.

import { readFileSync } from "node:fs";
import { CASE_FORMAT, type Case, CtxspecError, PROFILE_IDS, STEP_KINDS } from "../define/index.js";
import { caseSchema } from "../define/schemas.js";
import { didYouMean } from "../load/nearest.js";

/** Throws case-unreadable, case-newer or case-invalid. */
export function readCase(file: string): Case {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CtxspecError(
      "case-unreadable",
      `cannot read the case file ${file}: ${why}`,
      "Failing cases are saved in the cases folder of a report.",
      cause,
    );
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new CtxspecError("case-invalid", `${file} is not JSON`, `A case file is JSON with "format": "${CASE_FORMAT}".`, cause);
  }
  return parseCase(data, file);
}

/** `where` is named in the error. */
export function parseCase(data: unknown, where: string): Case {
  const format = typeof data === "object" && data !== null ? (data as { format?: unknown }).format : undefined;
  const version = typeof format === "string" ? /^ctxspec-case\/(\d+)$/.exec(format)?.[1] : undefined;
  if (version !== undefined && Number(version) > Number(CASE_FORMAT.split("/")[1])) {
    throw new CtxspecError(
      "case-newer",
      `${where} has the format ${format}; this ctxspec knows ${CASE_FORMAT}`,
      "Replay it with the ctxspec that wrote it, or a newer one.",
    );
  }
  if (typeof format === "string" && format.startsWith("ctxspec-report/")) {
    throw new CtxspecError(
      "case-invalid",
      `${where} is a report, not a case`,
      "Give one of the files in the cases folder beside the report.",
    );
  }
  if (format !== CASE_FORMAT) {
    const came = format === undefined ? "no format" : `the format ${JSON.stringify(format)}`;
    throw new CtxspecError(
      "case-invalid",
      `${where} is not a case: expected the format ${CASE_FORMAT}, found ${came}`,
      "Failing cases are saved in the cases folder of a report.",
    );
  }
  const parsed = caseSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  const place = path.length === 0 ? "" : ` at ${path.join(".")}`;
  const came = valueAt(data, path);
  const found = came === undefined || typeof came === "object" ? "" : `; it is ${JSON.stringify(came).slice(0, 60)}`;
  const known = KNOWN_WORDS[String(path.at(-1))] ?? [];
  throw new CtxspecError(
    "case-invalid",
    `${where} is not a valid case${place}: ${issue?.message ?? "unknown"}${found}`,
    `${typeof came === "string" ? didYouMean(came, known) : ""}Compare it with a case that ctxspec has saved.`,
  );
}

const KNOWN_WORDS: Record<string, readonly string[]> = { kind: STEP_KINDS, host: PROFILE_IDS };

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], data);
}
