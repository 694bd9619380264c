import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostile } from "./base.fixture.mjs";

/** Beside its own code, as some caches do. The test copies this file into a folder that it removes. */
export default hostile("assemble", () => {
  const folder = join(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "cache");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "embeddings.bin"), "0");
});
