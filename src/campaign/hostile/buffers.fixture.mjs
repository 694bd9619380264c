import { hostile } from "./base.fixture.mjs";

/** Outside the heap, with a pause now and then, as somebody who reads large files would. */
export default hostile("assemble", async () => {
  const kept = [];
  for (;;) {
    kept.push(Buffer.alloc(2 ** 24, 1));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
});
