import { peaceful } from "./base.fixture.mjs";

const stringify = JSON.stringify;
globalThis.JSON = {
  parse() {
    throw new Error("no json for anybody else");
  },
  stringify,
};

export default peaceful;
