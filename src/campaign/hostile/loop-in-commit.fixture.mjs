import { hostile } from "./base.fixture.mjs";

export default hostile("commitTurn", () => {
  for (;;);
});
