import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", () => {
  process.env.TZ = "Asia/Tokyo";
  process.env.HOSTILE_ENGINE = "was here";
  delete process.env.PATH;
});
