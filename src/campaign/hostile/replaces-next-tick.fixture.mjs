import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  process.nextTick = () => {};
});
