import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  const kept = [];
  for (;;) kept.push(new Array(100_000).fill(kept.length + 0.5));
});
