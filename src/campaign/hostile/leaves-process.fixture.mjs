import { spawn } from "node:child_process";
import { hostile } from "./base.fixture.mjs";

/** Its length is its name: nothing else sleeps that long. */
export default hostile("assemble", () => {
  spawn("sleep", ["7139.4"], { stdio: "ignore" }).unref();
});
