// Judges how soon compact and maintain settle once the host's abort signal has fired, and that the session works afterwards.
// A single slow call says little on a busy machine: it has to be slow in three of three plays. What an abort leaves behind is compact-atomic's.

import {
  APPLIES,
  type AssembleParams,
  type CompactParams,
  defineClause,
  type Finding,
  type History,
  notApplicable,
} from "../src/define/index.js";
import { faultOf } from "../src/judge/faults.js";
import { type Call, type Index, indexOf } from "../src/judge/index.js";
import { never } from "../src/judge/reach.js";
import { threadOf } from "../src/judge/thread.js";
import { sessionName, withMethods } from "./breaks/history-wraps.js";

const SETTLE_MS = 2_000;
const REPEATS = ["again 1", "again 2"];

/** Calls of compact and maintain during which the signal fired. */
function abortedCalls(index: Index): Call[] {
  const aborted = new Set(index.summariser.filter((event) => event.aborted === true).map((event) => event.call));
  return index.calls.filter(
    ({ event }) => (event.method === "compact" || event.method === "maintain") && aborted.has(event.call),
  );
}

const placeOf = ({ event }: Call) => `${event.step}|${event.method}|${event.turn?.attempt ?? 0}`;

/** Took longer than the bound by the clock; a call that met the call limit is judged at once. */
const isSlow = ({ returned }: Call) => (returned?.tookMs ?? 0) > SETTLE_MS;

function slowFinding(index: Index, call: Call, repeats: readonly History[]): Finding | undefined {
  const endless = call.threw?.cause === "timeout";
  if (!endless) {
    if (!isSlow(call) || repeats.length < REPEATS.length) return undefined;
    const slowAgain = (history: History) =>
      abortedCalls(indexOf(history)).some((other) => placeOf(other) === placeOf(call) && isSlow(other));
    if (!repeats.every(slowAgain)) return undefined;
  }
  const fired = index.summariser.find((event) => event.call === call.event.call && event.aborted === true);
  return {
    message: `${call.event.method} in step ${call.event.step} ${endless ? "never settled" : "settled late"} after its abort signal had fired.`,
    expected: `settled within ${SETTLE_MS} ms of the abort`,
    actual: endless
      ? `${call.threw?.error.message}`
      : `${Math.round(call.returned?.tookMs ?? 0)} ms, and as slow in two more plays`,
    at: call.end,
    blame: [call.event.i, ...(fired === undefined ? [] : [fired.i]), call.end],
  };
}

/** A call of a later step in the session that throws, the first of a method that had worked there before the abort. */
function brokenFinding(index: Index, aborted: Call): Finding | undefined {
  const { session } = aborted.event;
  if (session === undefined) return undefined;
  const thread = threadOf(index, session);
  const mine = index.calls.filter((call) => call.event.session !== undefined && threadOf(index, call.event.session) === thread);
  const worked = new Set(
    mine.filter((call) => call.end < aborted.event.i && call.returned !== undefined).map((call) => call.event.method),
  );
  const after = mine.filter((call) => call.event.i > aborted.end && call.event.step !== aborted.event.step);
  const firsts = [...worked].flatMap((method) => after.find((call) => call.event.method === method) ?? []);
  const later = firsts.find((call) => call.threw?.cause === "engine" && faultOf(index, call) === undefined);
  if (later?.threw === undefined) return undefined;
  return {
    message: `After ${aborted.event.method} in step ${aborted.event.step} was aborted, ${later.event.method} in step ${later.event.step} threw.`,
    expected: "later calls work as before the abort",
    actual: `${later.threw.error.name}: ${later.threw.error.message}`,
    at: later.end,
    blame: [aborted.event.i, aborted.end, later.event.i, later.end],
  };
}

export default defineClause({
  id: "compact-abort",
  title: "compact and maintain settle soon after their abort signal fires, and later calls work",
  level: "should",
  who: "engine",
  family: "compaction",
  pair: "compact-effective",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "the host bounds every compact by a finite timeout, and engines should honour abortSignal",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/584",
      says: "a timed-out summary went on in the background, and its retry doubled the work",
    },
    { url: "https://github.com/openclaw/openclaw/issues/84077", says: "a hung compact blocked its session" },
  ],
  bugs: ["lcm-timeout-no-abort", "compact-no-timeout", "hooks-unbounded"],
  applies: (_subject, facts) =>
    never(facts, "summariser.call")
      ? notApplicable("the engine never calls the summariser: nothing is in flight to abort")
      : APPLIES,
  twins(theCase, history) {
    const slow = abortedCalls(indexOf(history)).some((call) => call.threw === undefined && isSlow(call));
    return slow ? REPEATS.map((name) => ({ name, theCase })) : [];
  },
  check(history, twins) {
    const index = indexOf(history);
    const repeats = twins.filter((twin) => REPEATS.includes(twin.name)).map((twin) => twin.history);
    return abortedCalls(index).flatMap((call) => slowFinding(index, call, repeats) ?? brokenFinding(index, call) ?? []);
  },
  witness: (history) => abortedCalls(indexOf(history)).length,
  breaks: [
    {
      id: "compact-abort/signal-not-passed",
      about: "compact does not look at its abort signal and does not hand it on: a summary that hangs is waited for for ever.",
      bugs: ["lcm-timeout-no-abort"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        compact: (params: CompactParams) => {
          const { abortSignal: _, ...rest } = params;
          return engine.compact(rest);
        },
      })),
    },
    {
      id: "compact-abort/lock-left",
      about: "An aborted compact returns in time but leaves the session's lock behind: whatever comes next finds it busy.",
      bugs: ["compact-no-timeout"],
      minimalSteps: 3,
      wrap: withMethods((engine, { disk }) => ({
        compact: async (params: CompactParams) => {
          const answer = await engine.compact(params);
          if (params.abortSignal?.aborted === true) disk.write(sessionName(params), true);
          return answer;
        },
        assemble: async (params: AssembleParams) => {
          if (disk.read(sessionName(params), false)) throw new Error("a compaction of this session is running");
          return engine.assemble(params);
        },
      })),
    },
  ],
});
