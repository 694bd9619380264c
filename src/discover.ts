// Finds the clauses, engines and report formats: every file in properties/, engines/, reports/ and reports/summary/ beside src/ (or dist/src/). The only
// file that knows these folders exist. Names come from the folder listing alone; a module is imported when somebody asks for what is in it.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Clause, EngineAdapter, ReportFormat, SummaryFormat } from "./define/index.js";

type Folder = "properties" | "engines" | "reports" | "reports/summary";

const listed = new Map<Folder, { name: string; href: string }[]>();

function filesOf(folder: Folder): { name: string; href: string }[] {
  let files = listed.get(folder);
  if (files === undefined) {
    const root = new URL(`../${folder}/`, import.meta.url);
    files = readdirSync(fileURLToPath(root), { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^[\w-]+\.[jt]s$/.test(entry.name))
      .map((entry) => ({ name: entry.name.replace(/\.[jt]s$/, ""), href: new URL(entry.name, root).href }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    listed.set(folder, files);
  }
  return files;
}

async function defaultExport(folder: Folder, file: { name: string; href: string }): Promise<unknown> {
  const loaded = (await import(file.href)) as { default?: unknown };
  if (loaded.default === undefined) throw new Error(`${folder}/${file.name} has no default export`);
  return loaded.default;
}

async function named<T extends { id: string }>(folder: Folder): Promise<T[]> {
  return Promise.all(
    filesOf(folder).map(async (file) => {
      const found = (await defaultExport(folder, file)) as T;
      if (found.id !== file.name) throw new Error(`${folder}/${file.name} calls itself "${found.id}": a file is named by its id`);
      return found;
    }),
  );
}

let allClauses: Promise<Clause[]> | undefined;
let allFormats: Promise<ReportFormat[]> | undefined;

/** Ids of all clauses, without importing any. */
export function clauseIds(): string[] {
  return filesOf("properties").map((file) => file.name);
}

/** All clauses, sorted by id. */
export function clauses(): Promise<Clause[]> {
  allClauses ??= named<Clause>("properties");
  return allClauses;
}

/** One clause, without importing the others; undefined when there is none of that id. */
export async function clauseById(id: string): Promise<Clause | undefined> {
  const file = filesOf("properties").find((one) => one.name === id);
  return file === undefined ? undefined : ((await defaultExport("properties", file)) as Clause);
}

/** Names of the built-in engines, without importing any. */
export function engineNames(): string[] {
  return filesOf("engines").map((file) => file.name);
}

/** Name of each built-in engine → how to import the module it is in, its adapter marked as one. */
export function builtInEngines(): Record<string, () => Promise<unknown>> {
  return Object.fromEntries(filesOf("engines").map((file) => [file.name, () => importEngine(file)]));
}

/** Engine files import the vocabulary only, so their adapters carry no mark yet. */
async function importEngine(file: { name: string; href: string }): Promise<unknown> {
  const { defineEngine } = await import("./load/adapter.js");
  const found = await defaultExport("engines", file);
  return { default: typeof found === "function" ? found : defineEngine(found as EngineAdapter) };
}

/** Ids of the report formats, without importing any. */
export function reportNames(): string[] {
  return filesOf("reports").map((file) => file.name);
}

/** All report formats, sorted by id. */
export function reportFormats(): Promise<ReportFormat[]> {
  allFormats ??= named<ReportFormat>("reports");
  return allFormats;
}

/** Every way to sum up the reports of several engines, sorted by id. */
export function summaryFormats(): Promise<SummaryFormat[]> {
  return named<SummaryFormat>("reports/summary");
}
