import { hostile } from "./base.fixture.mjs";

/** Now and then one of the older messages is missing. */
export default hostile("assemble", ({ messages }) => {
  const gone = Math.random() < 0.3 ? Math.floor(Math.random() * (messages.length - 1)) : -1;
  return Promise.resolve({ messages: messages.filter((_message, at) => at !== gone), estimatedTokens: 0 });
});
