// Reads a JSON file of ours: a case, a report, a baseline. What is wrong with its content is for those who know the format.

import { readFileSync } from "node:fs";
import { expectFormat, type FileKind } from "../define/formats.js";
import { CtxspecError } from "../define/index.js";

/** What the file holds, of the format of `kind`. Throws the errors of `kind`. */
export function readJson(file: string, kind: FileKind): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CtxspecError(kind.unreadable.code, `cannot read the ${kind.name} ${file}: ${why}`, kind.unreadable.hint, cause);
  }
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new CtxspecError(kind.notJson.code, `${file} is not JSON: expected a ${kind.name}`, kind.notJson.hint, cause);
  }
  expectFormat(data, file, kind);
  return data;
}
