import { hostile } from "./base.fixture.mjs";

let calls = 0;

/** In the fortieth call of the process, and never again in it. */
export default hostile("assemble", () => (++calls === 40 ? Promise.reject(new Error("once only")) : undefined));
