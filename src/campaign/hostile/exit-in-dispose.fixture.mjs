import { hostile } from "./base.fixture.mjs";

export default hostile("dispose", () => process.exit(7));
