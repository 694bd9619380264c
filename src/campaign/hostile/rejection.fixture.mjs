import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  void Promise.reject(new Error("nobody waits for this"));
});
