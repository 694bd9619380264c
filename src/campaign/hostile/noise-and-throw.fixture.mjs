import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  console.error("NOISE before the fall");
  throw new Error("fell");
});
