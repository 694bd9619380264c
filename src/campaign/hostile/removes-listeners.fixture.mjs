import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  process.removeAllListeners("uncaughtException");
  process.removeAllListeners();
});
