// What every file of ours has in common: a format with a version, and a schema. Says what is wrong with one that is something else.

import { CtxspecError, type ErrorCode } from "./errors.js";

/** What a kind of file is called, the format it has now, the codes of its errors and what each advises. */
export interface FileKind {
  /** As in "is not a case". */
  name: string;
  /** `ctxspec-<name>/<version>`. */
  format: string;
  unreadable: { code: ErrorCode; hint: string };
  notJson: { code: ErrorCode; hint: string };
  newer: { code: ErrorCode; hint: string };
  other: { code: ErrorCode; hint: string };
}

/** Throws the error of `kind` unless `data` has its format. `where` is named in it. */
export function expectFormat(data: unknown, where: string, kind: FileKind): void {
  const { name, format } = kind;
  const came = typeof data === "object" && data !== null ? (data as { format?: unknown }).format : undefined;
  if (came === format) return;
  const [family, version] = format.split("/");
  const [itsFamily, itsVersion] = typeof came === "string" ? came.split("/") : [];
  if (itsFamily === family && Number(itsVersion) > Number(version)) {
    throw new CtxspecError(kind.newer.code, `${where} has the format ${came}; this ctxspec knows ${format}`, kind.newer.hint);
  }
  const ours = itsFamily !== family ? /^ctxspec-(.+)$/.exec(itsFamily ?? "")?.[1] : undefined;
  const found = came === undefined ? "no format" : `the format ${JSON.stringify(came)}`;
  const wrong =
    ours === undefined ? `is not a ${name}: expected the format ${format}, found ${found}` : `is a ${ours}, not a ${name}`;
  throw new CtxspecError(kind.other.code, `${where} ${wrong}`, kind.other.hint);
}

/** A zod issue as the end of a sentence: " at violations.0.clause: Invalid input; it is 3", with what stands there where that is short. */
export function issueText(issue: { path: PropertyKey[]; message: string } | undefined, data: unknown): string {
  const path = issue?.path ?? [];
  const place = path.length === 0 ? "" : ` at ${path.join(".")}`;
  const value = valueAt(data, path);
  const found = value === undefined || typeof value === "object" ? "" : `; it is ${JSON.stringify(value).slice(0, 60)}`;
  return `${place}: ${issue?.message ?? "unknown"}${found}`;
}

/** What stands in `data` at `path`; undefined where nothing does. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], data);
}
