import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  JSON.stringify = () => "gone";
  globalThis.JSON = {
    parse() {
      throw new Error("no json");
    },
    stringify() {
      throw new Error("no json");
    },
  };
});
