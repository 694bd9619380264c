import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  throw "just a string";
});
