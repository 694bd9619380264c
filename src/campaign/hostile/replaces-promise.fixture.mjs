import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  globalThis.Promise = class {
    constructor() {
      throw new Error("no promises");
    }
  };
});
