import { appendFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hostile } from "./base.fixture.mjs";

/** In the fortieth call ever, and never again on this machine: the test copies this file into a folder that it removes. */
const mark = join(new URL(".", import.meta.url).pathname, "calls");

export default hostile("assemble", () => {
  appendFileSync(mark, ".");
  return statSync(mark).size === 40 ? Promise.reject(new Error("once only")) : undefined;
});
