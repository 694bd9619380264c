import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  for (let n = 0; n < 5_000; n++) setInterval(() => {}, 10_000);
});
