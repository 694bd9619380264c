import { peaceful } from "./base.fixture.mjs";

for (;;);

export default peaceful;
