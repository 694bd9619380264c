import { peaceful } from "./base.fixture.mjs";

process.exit(0);

export default peaceful;
