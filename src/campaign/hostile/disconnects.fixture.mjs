import { hostile } from "./base.fixture.mjs";

/** As if its host had started it with a channel. */
export default hostile("assemble", () => {
  process.send?.({ type: "outcome", id: 1, outcome: "all is well" });
  if (process.connected) process.disconnect();
});
