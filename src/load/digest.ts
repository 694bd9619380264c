// The digest of an engine: which code was certified, in one line. Reads files, changes none.
// Dependencies (node_modules), history (.git) and our own reports stay out: they are not the engine's own files.

import { createHash, type Hash } from "node:crypto";
import { closeSync, type Dirent, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { basename, join } from "node:path";

const LEFT_OUT = new Set(["node_modules", ".git", "ctxspec-report"]);

/** The beginning of every report.json that ctxspec writes. */
const REPORT_HEAD = /^\s*\{\s*"format":\s*"ctxspec-report\//;

/** What could be part of an engine counts wherever it lies. */
const CODE = /\.([cm]?[jt]sx?|node|wasm)$/;

/** A folder of ours under another name (--out): what a run leaves behind must not make another engine of the one it judged. */
function isReportFolder(folder: string, entries: Dirent[]): boolean {
  if (!entries.some((entry) => entry.name === "report.json" && entry.isFile())) return false;
  const head = Buffer.alloc(80);
  try {
    const file = openSync(join(folder, "report.json"), "r");
    readSync(file, head);
    closeSync(file);
  } catch {
    return false;
  }
  return REPORT_HEAD.test(head.toString("utf8"));
}

function filesBelow(folder: string, prefix: string, inReport = false): string[] {
  const found: string[] = [];
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return found;
  }
  const codeOnly = inReport || (prefix !== "" && isReportFolder(folder, entries));
  for (const entry of entries) {
    if (LEFT_OUT.has(entry.name)) continue;
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) found.push(...filesBelow(join(folder, entry.name), `${path}/`, codeOnly));
    else if (entry.isFile() && (!codeOnly || CODE.test(entry.name))) found.push(path);
  }
  return found;
}

function add(hash: Hash, path: string, content: Buffer): void {
  hash.update(`${path}\0${content.length}\0`).update(content);
}

/** The engine's own files in `folder`, sorted by path with "/" between the parts. */
export function ownFiles(folder: string): string[] {
  return filesBelow(folder, "").sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** sha256 (hex) over the names and contents of all own files of `folder`, sorted by path. */
export function digestFolder(folder: string): string {
  const hash = createHash("sha256");
  for (const path of ownFiles(folder)) {
    try {
      add(hash, path, readFileSync(join(folder, path)));
    } catch {
      add(hash, path, Buffer.from("unreadable"));
    }
  }
  return hash.digest("hex");
}

/** sha256 (hex) over the name and content of one file. */
export function digestFile(file: string): string {
  const hash = createHash("sha256");
  add(hash, basename(file), readFileSync(file));
  return hash.digest("hex");
}
