// `npm run docs`: writes the generated tables of README.md and docs/*.md between their markers. Part of the repository, not of the package.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { TABLES, tableText } from "./doc-tables.js";
import { packageRoot } from "./package-root.js";

const BLOCK = /(<!-- generated:([\w-]+) -->\n)([\s\S]*?)(<!-- \/generated -->)/g;

/** Pages that may hold tables, relative to the package. */
export function pages(): string[] {
  const docs = readdirSync(path.join(packageRoot(), "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...docs.map((name) => `docs/${name}`)];
}

/** The page with every table as it should be. Throws on a marker that names no table. */
export async function withTables(page: string): Promise<string> {
  const texts = new Map<string, string>();
  for (const [, , name = ""] of page.matchAll(BLOCK)) {
    const known = TABLES.find((table) => table === name);
    if (known === undefined) throw new Error(`<!-- generated:${name} -->: there is no such table; tables: ${TABLES.join(", ")}`);
    texts.set(name, await tableText(known));
  }
  return page.replaceAll(
    BLOCK,
    (_whole, open: string, name: string, _old: string, close: string) => `${open}${texts.get(name)}\n${close}`,
  );
}

/** Pages whose tables are not what the code says. */
export async function stalePages(): Promise<string[]> {
  const stale: string[] = [];
  for (const page of pages()) {
    const text = readFileSync(path.join(packageRoot(), page), "utf8");
    if ((await withTables(text)) !== text) stale.push(page);
  }
  return stale;
}

async function main(): Promise<void> {
  for (const page of await stalePages()) {
    const file = path.join(packageRoot(), page);
    writeFileSync(file, await withTables(readFileSync(file, "utf8")));
    console.log(`written: ${page}`);
  }
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
