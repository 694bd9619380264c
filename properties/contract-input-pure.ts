// Judges that an engine leaves alone what it was given: hosts fall back on the same arrays when a call fails. The recorder compares every
// parameter before and after each call, also when the call threw.

import { APPLIES, type AssembleParams, type CommitTurnParams, defineClause, type Finding } from "../src/define/index.js";
import { type Call, indexOf } from "../src/judge/index.js";
import { withMethods } from "./breaks/history-wraps.js";

const changed = (call: Call): string | undefined => call.returned?.mutated ?? call.threw?.mutated;

export default defineClause({
  id: "contract-input-pure",
  title: "Messages and parameter objects are the same after a call as before it, also when it throws",
  level: "should",
  who: "engine",
  family: "contract",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/pull/125714",
      says: "an engine that edits its input and then throws corrupts the history the host falls back on",
    },
    {
      url: "https://github.com/xDarkicex/openclaw-memory-libravdb/pull/329",
      says: "hosts and engines hold the same array: what one changes the other sees",
    },
  ],
  bugs: ["mutate-then-throw"],
  applies: () => APPLIES,
  check(history) {
    return indexOf(history).calls.flatMap((call): Finding[] => {
      const what = changed(call);
      if (what === undefined) return [];
      const { method, step } = call.event;
      return [
        {
          message: `${method} in step ${step} changed what it was given.`,
          expected: "messages and parameters deep-equal before and after the call",
          actual: `${what} differs after the call${call.threw === undefined ? "" : ", which threw"}`,
          at: call.end,
          blame: [call.event.i, call.end],
        },
      ];
    });
  },
  witness: (history) => indexOf(history).calls.filter((call) => call.event.names.length > 0).length,
  breaks: [
    {
      id: "contract-input-pure/edits-in-place",
      about: "assemble puts its note into the very array it was given, and takes out what it will not show.",
      bugs: ["mutate-then-throw"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          params.messages.unshift({ role: "user", content: "[note]", timestamp: 0 });
          return result;
        },
      })),
    },
    {
      id: "contract-input-pure/stamps-messages",
      about: "Stored messages are marked by a field of the engine's own on the host's objects.",
      recorded: "trace a1: the messages of a commit are the ones the next assemble is given",
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        commitTurn: async (params: CommitTurnParams) => {
          const answer = await engine.commitTurn?.(params);
          for (const message of params.messages) Object.assign(message, { stored: true });
          return answer;
        },
        afterTurn: async (params: Parameters<NonNullable<typeof engine.afterTurn>>[0]) => {
          await engine.afterTurn?.(params);
          for (const message of params.messages) Object.assign(message, { stored: true });
        },
      })),
    },
  ],
});
