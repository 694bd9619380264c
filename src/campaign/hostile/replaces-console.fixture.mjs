import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  globalThis.console = {
    log() {
      throw new Error("no console");
    },
  };
});
