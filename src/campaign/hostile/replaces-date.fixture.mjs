import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  globalThis.Date = class {
    constructor() {
      throw new Error("no time");
    }
    static now() {
      throw new Error("no time");
    }
  };
});
