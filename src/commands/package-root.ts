// The folder of the package ctxspec itself, whether it runs from src/ or from dist/: data files are read from there.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export function packageRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = path.join(folder, "package.json");
    if (existsSync(file) && (JSON.parse(readFileSync(file, "utf8")) as { name?: string }).name === "ctxspec") return folder;
    const above = path.dirname(folder);
    if (above === folder) throw new Error("ctxspec cannot find its own package.json");
    folder = above;
  }
}
