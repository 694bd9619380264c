import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  console.log("leaving now");
  process.exit(0);
});
