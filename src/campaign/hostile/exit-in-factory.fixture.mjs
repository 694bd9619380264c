import { peaceful } from "./base.fixture.mjs";

let made = 0;

/** The trial instance lives. */
export default (context) => {
  made += 1;
  if (made > 1) process.exit(5);
  return peaceful(context);
};
