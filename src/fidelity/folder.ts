// Traces of a folder, whatever its depth: every JSON file below it, sorted by path. A file that is no trace is a reading error, not a gap.

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { readTrace, type Trace } from "./trace.js";

export type Found = { path: string; trace: Trace } | { path: string; error: string };

/** Throws an Error when the folder cannot be read. A single file counts as a folder with one. */
export async function tracesIn(folder: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const path of await jsonFiles(folder)) {
    try {
      found.push({ path, trace: readTrace(JSON.parse(await readFile(path, "utf8")), path) });
    } catch (error) {
      found.push({ path, error: error instanceof Error ? error.message : String(error) });
    }
  }
  return found;
}

async function jsonFiles(folder: string): Promise<string[]> {
  if ((await stat(folder)).isFile()) return [folder];
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(folder, name));
}
