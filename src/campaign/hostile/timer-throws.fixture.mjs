import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  setTimeout(() => {
    throw new TypeError("thrown by a timer");
  }, 5);
});
