import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  Object.prototype.polluted = "yes";
  Object.prototype.toJSON = () => "polluted";
});
