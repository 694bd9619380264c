import { hostile } from "./base.fixture.mjs";

export default hostile("assemble", async ({ messages }) => {
  await fetch("http://embeddings.example/v1").catch(() => {});
  return { messages, estimatedTokens: 0 };
});
