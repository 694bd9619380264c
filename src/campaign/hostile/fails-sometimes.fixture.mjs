import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => (Math.random() < 0.1 ? Promise.reject(new Error("one of ten")) : undefined));
