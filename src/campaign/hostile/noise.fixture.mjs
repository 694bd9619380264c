import { hostile } from "./base.fixture.mjs";

console.log("NOISE at load");

export default hostile("assemble", () => {
  console.log("NOISE on stdout");
  console.error("NOISE on stderr");
  process.stdout.write("NOISE without end of line");
});
