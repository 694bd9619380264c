// Judges how compact and maintain behave towards a summariser of any kind: few calls, and an end within the call limit.
// What they make of its answers is for compact-honest and compact-atomic.

import {
  APPLIES,
  type CompactParams,
  type CompletionRequest,
  defineClause,
  type Finding,
  notApplicable,
  type SessionParams,
} from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { type Call, type Index, indexOf } from "../src/judge/index.js";
import { never } from "../src/judge/reach.js";
import { holdsOf } from "../src/judge/thread.js";
import { withMethods } from "./breaks/history-wraps.js";

/** Calls granted on top of one for each message. */
const SPARE_CALLS = 4;

const isJudged = (call: Call) => call.event.method === "compact" || call.event.method === "maintain";

/** The most messages the session can have held: what was delivered, the longest supply with what came after it, or the file's entries. */
function messagesOf(index: Index, call: Call): number {
  const { session, i } = call.event;
  if (session === undefined) return 0;
  const holds = holdsOf(index, session);
  const delivered = index.deliveries.filter((entry) => entry.call.event.i < i && holds(entry.session));
  const sum = (entries: typeof delivered) => entries.reduce((total, { messages }) => total + messages.length, 0);
  const supplies = index.views.filter((view) => view.at < i && holds(view.session));
  const held = supplies.map(({ supplied, at }) => supplied.length + sum(delivered.filter((entry) => entry.at > at)));
  const file = typeof call.event.fileEntries === "number" ? call.event.fileEntries : 0;
  return Math.max(sum(delivered), file, ...held);
}

/** The host names the call only where it lent the summariser for one; in maintain those count that were made while it ran. */
function summariesOf(index: Index, { event, end }: Call) {
  return index.summariser.filter((one) => (one.call === undefined ? one.i > event.i && one.i < end : one.call === event.call));
}

function findingOf(index: Index, call: Call): Finding | undefined {
  const summaries = summariesOf(index, call);
  const modes = [...new Set(summaries.map((event) => event.mode))].join(", ");
  const { method, step } = call.event;
  const name = `${method} in step ${step}`;
  const blame = [call.event.i, ...summaries.slice(0, 2).map((event) => event.i), call.end];
  if (call.threw?.cause === "timeout" && summaries.length > 0) {
    return {
      message: `${name} never ended (summariser: ${modes}).`,
      expected: "an end within the call limit, whatever the summariser answers",
      actual: call.threw.error.message,
      at: call.end,
      blame,
    };
  }
  const allowed = SPARE_CALLS + messagesOf(index, call);
  if (summaries.length <= allowed) return undefined;
  return {
    message: `${name} asked the summariser far too often (its answers: ${modes}).`,
    expected: `at most ${SPARE_CALLS} calls and one for each of ${allowed - SPARE_CALLS} messages`,
    actual: plural(summaries.length, "call"),
    at: call.end,
    blame,
  };
}

type Llm = NonNullable<NonNullable<CompactParams["runtimeContext"]>["llm"]>;

/** Asks until `good` or `most` times; errors count as answers that are not. */
async function askUntil(llm: Llm, request: CompletionRequest, most: number, good: (text: string) => boolean): Promise<void> {
  for (let call = 0; call < most; call++) {
    const text = await llm.complete(request).then(
      (answer) => answer.text,
      () => "",
    );
    if (good(text)) return;
  }
}

const INPUT = "Summarise: the quay was busy, the crane stood still, and the lamps were lit before noon.";
const requestWith = (signal: AbortSignal | undefined): CompletionRequest => ({
  messages: [{ role: "user", content: INPUT }],
  ...(signal === undefined ? {} : { signal }),
});

export default defineClause({
  id: "compact-terminates",
  title: "compact and maintain end after a bounded number of summariser calls, whatever the summariser answers",
  level: "must",
  who: "engine",
  family: "compaction",
  pair: "compact-effective",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/268",
      says: "a sweep without a bound held a session for fifty minutes and made 202 passes",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/639",
      says: "a compaction that can win nothing was tried again for ever",
    },
    { url: "https://docs.openclaw.ai/concepts/context-engine", says: "the host bounds every compact by a finite timeout" },
  ],
  bugs: ["lcm-unbounded-sweep", "lcm-deferred-wedge", "lcm-stale-count-drain", "lcm-host-prompt-counted", "compact-no-timeout"],
  applies: (_subject, facts) =>
    never(facts, "summariser.call") ? notApplicable("the engine never calls the summariser") : APPLIES,
  check(history) {
    const index = indexOf(history);
    return index.calls.flatMap((call) => (isJudged(call) ? (findingOf(index, call) ?? []) : []));
  },
  witness(history) {
    const index = indexOf(history);
    return index.calls.filter((call) => isJudged(call) && summariesOf(index, call).some((event) => event.mode !== "healthy"))
      .length;
  },
  breaks: [
    {
      id: "compact-terminates/until-it-shrinks",
      about: "A summary that is not shorter than its input is asked for again until it is, with no bound on the rounds.",
      bugs: ["lcm-unbounded-sweep"],
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        compact: async (params: CompactParams) => {
          const { abortSignal: signal, runtimeContext } = params;
          const good = (text: string) => signal?.aborted === true || (text !== "" && text.length < INPUT.length);
          if (runtimeContext?.llm !== undefined) await askUntil(runtimeContext.llm, requestWith(signal), 300, good);
          return engine.compact(params);
        },
      })),
    },
    {
      id: "compact-terminates/debt-is-paid-at-once",
      about: "A compaction that failed stays due; every later maintain works it off by trying a hundred times more.",
      bugs: ["lcm-deferred-wedge"],
      minimalSteps: 2,
      wrap: withMethods((engine, { memory }) => ({
        compact: async (params: CompactParams) => {
          const answer = await engine.compact(params);
          if (!answer.ok) memory.set("due", true);
          return answer;
        },
        maintain: async (params: SessionParams) => {
          const { llm } = params.runtimeContext ?? {};
          if (memory.has("due") && llm !== undefined) await askUntil(llm, requestWith(params.abortSignal), 100, () => false);
          return engine.maintain?.(params);
        },
      })),
    },
  ],
});
