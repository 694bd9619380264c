// The version of ctxspec itself, read from its own package.json, whether it runs from src/ or from dist/.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

let known: string | undefined;

export function toolVersion(): string {
  known ??= read();
  return known;
}

function read(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 5; up++) {
    const file = path.join(folder, "package.json");
    if (existsSync(file)) {
      const { name, version } = JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
      if (name === "ctxspec") return version ?? "unknown";
    }
    folder = path.dirname(folder);
  }
  return "unknown";
}
