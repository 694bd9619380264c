import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostile } from "./base.fixture.mjs";

/** Once, and never again on this machine: the test copies this file into a folder that it removes. */
const mark = join(new URL(".", import.meta.url).pathname, "failed");

export default hostile("assemble", () => {
  if (existsSync(mark)) return undefined;
  writeFileSync(mark, "");
  return Promise.reject(new Error("once only"));
});
