// Which files an engine is made of, each with its digest: all of a plugin's folder, or a module with what it imports by relative path.
// Reads files, runs none. Dependencies in node_modules are not the engine's own files.

import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ownFiles } from "../load/index.js";
import { sha256 } from "./canonical.js";

export interface EngineFiles {
  /** What the digests are of, in one sentence. */
  covers: string;
  /** Path → sha256, relative to the engine's folder, with "/" between the parts. */
  files: Record<string, string>;
  /** When the newest of them was written, in milliseconds since 1970; 0 without files. */
  newestMs: number;
}

const MODULE = "the module and what it imports by a written-out relative path; no dependencies, no files it reads while it runs";
const FOLDER =
  "all files of the folder but node_modules, .git, ctxspec-report, what is no code in a folder with a report, and what is named as left out; no dependencies";
const ENDINGS = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".json"];
/** A relative path after `from`, `import`, `import(` or `require(`. In a comment it counts, too: a file too many does no harm. */
const IMPORT = /\b(?:from|import|require)\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;

/** A path through a file, e.g. a.js/b, is none either. */
const isFile = (file: string): boolean => existsSync(file) && statSync(file).isFile();

/** The file that a relative import means: as written, by its TypeScript source, by an ending left out, as a folder. */
function imported(from: string, specifier: string): string | undefined {
  const plain = path.resolve(path.dirname(from), specifier.replace(/[?#].*$/, ""));
  const source = /\.([cm]?)js$/.test(plain) ? [plain.replace(/\.([cm]?)js$/, ".$1ts")] : [];
  const candidates = [
    plain,
    ...source,
    ...ENDINGS.map((ending) => plain + ending),
    ...ENDINGS.map((e) => path.join(plain, `index${e}`)),
  ];
  return candidates.find(isFile);
}

function importsOf(file: string): string[] {
  const found: string[] = [];
  const waiting = [file];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.includes(next)) continue;
    found.push(next);
    if (next.endsWith(".json")) continue;
    for (const [, specifier = ""] of readFileSync(next, "utf8").matchAll(IMPORT)) {
      const target = imported(next, specifier);
      if (target !== undefined) waiting.push(target);
    }
  }
  return found;
}

function digested(covers: string, folder: string, names: string[]): EngineFiles {
  const files: Record<string, string> = {};
  let newestMs = 0;
  for (const name of names.sort()) {
    const file = path.join(folder, name);
    files[name] = sha256(readFileSync(file));
    newestMs = Math.max(newestMs, statSync(file).mtimeMs);
  }
  return { covers, files, newestMs };
}

const slashed = (file: string): string => file.split(path.sep).join("/");

/** Files and folders among `places` that lie in the engine's folder, as a certificate names them. */
export function inFolder(root: string | undefined, places: readonly string[]): string[] {
  if (root === undefined || isFile(root)) return [];
  const names = places.map((place) => slashed(path.relative(root, place)));
  return [...new Set(names.filter((name) => name !== "" && !name.startsWith("../") && !path.isAbsolute(name)))].sort();
}

/** `root`: folder or file the engine was loaded from; undefined for an engine of ctxspec. `leftOut`: as inFolder names them. */
export function engineFiles(root: string | undefined, leftOut: readonly string[]): EngineFiles {
  if (root === undefined)
    return { covers: "no file: it is part of ctxspec, whose version says which code it is", files: {}, newestMs: 0 };
  if (isFile(root)) {
    const folder = path.dirname(root);
    const names = importsOf(root).map((file) => slashed(path.relative(folder, file)));
    return digested(MODULE, folder, names);
  }
  const isLeftOut = (name: string): boolean => leftOut.some((out) => name === out || name.startsWith(`${out}/`));
  return digested(
    FOLDER,
    root,
    ownFiles(root).filter((name) => !isLeftOut(name)),
  );
}

/** What became of the files: one sentence each; empty when they are the same. */
export function changedFiles(then: Record<string, string>, now: Record<string, string>): string[] {
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    if (then[name] === now[name]) return [];
    if (now[name] === undefined) return [`${name} is gone`];
    return [then[name] === undefined ? `${name} is new` : `${name} was changed`];
  });
}
