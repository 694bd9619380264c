// Judges the shape of every view: what the host can send to a model as it stands. What the engine merely hands back of this very call
// is never judged, nor whether tool exchanges are whole (assemble-tool-pairs).

import { type AnyMessage, APPLIES, defineClause, type Finding, type Message } from "../src/define/index.js";
import { faultOf } from "../src/judge/faults.js";
import { type Call, type Index, indexOf, isEmptyMessage, messageKey } from "../src/judge/index.js";
import { wasSaid } from "../src/judge/thread.js";
import { withMethods } from "./breaks/history-wraps.js";

const ROLES = new Set(["user", "assistant", "toolResult", "system"]);
const DOCS = "https://docs.openclaw.ai/concepts/context-engine";

interface Problem {
  what: string;
  expected: string;
  actual: string;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text of a value for a reader, cut to 120 characters. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}

/** First message that is no system message. */
function leader(messages: readonly { role?: unknown }[]): { role?: unknown } | undefined {
  return messages.find((message) => message?.role !== "system");
}

function messageProblem(
  index: Index,
  call: Call,
  message: unknown,
  at: number,
  supplied: ReadonlySet<string>,
): Problem | undefined {
  if (!isObject(message)) {
    return {
      what: `messages[${at}] is no object`,
      expected: "every message an object with role and content",
      actual: shown(message),
    };
  }
  const session = call.event.session;
  if (supplied.has(messageKey(message))) return undefined;
  const said = session !== undefined && wasSaid(index, session, message as AnyMessage, call.end);
  if (!ROLES.has(String(message.role)) && !(said && !isEmptyMessage(message))) {
    return {
      what: `messages[${at}] has a role no host knows`,
      expected: `role ${[...ROLES].join(", ")} (host-made roles only in messages the host handed over)`,
      actual: `role ${shown(message.role)}`,
    };
  }
  // A tool may answer nothing at all; who keeps its exchange whole can show nothing else.
  if (!isEmptyMessage(message) || (said && message.role === "toolResult")) return undefined;
  return {
    what: `messages[${at}] (role ${String(message.role)}) has no content a host knows`,
    expected: "text, thinking, a toolCall or an image in every message that was not supplied in this call",
    actual: `content ${shown(message.content)}`,
  };
}

function resultProblem(index: Index, call: Call): Problem | undefined {
  const result = call.returned?.result;
  const expected = "an object with an array `messages` and a number `estimatedTokens`";
  if (!isObject(result)) return { what: "the answer is no object", expected, actual: shown(result) };
  const messages = call.returned?.view ?? result.messages;
  if (!Array.isArray(messages))
    return { what: "the answer has no `messages` array", expected, actual: `messages: ${shown(result.messages)}` };
  const { estimatedTokens, systemPromptAddition } = result;
  if (typeof estimatedTokens !== "number" || !Number.isFinite(estimatedTokens) || estimatedTokens < 0) {
    const actual = `estimatedTokens: ${Object.is(estimatedTokens, null) ? "null (or not a finite number)" : shown(estimatedTokens)}`;
    return { what: "estimatedTokens is no size", expected: "a finite number of at least 0 (0: no estimate)", actual };
  }
  if (systemPromptAddition !== undefined && systemPromptAddition !== null && typeof systemPromptAddition !== "string") {
    return { what: "systemPromptAddition is no string", expected: "a string, or nothing", actual: shown(systemPromptAddition) };
  }
  const supply: readonly Message[] = call.event.messages ?? [];
  const supplied = new Set(supply.map(messageKey));
  for (const [at, message] of messages.entries()) {
    const problem = messageProblem(index, call, message, at, supplied);
    if (problem !== undefined) return problem;
  }
  if (leader(messages)?.role === "toolResult" && leader(supply)?.role !== "toolResult") {
    return {
      what: "a tool result leads the view",
      expected: "the call before its result; the messages supplied did not lead with a tool result",
      actual: `roles ${messages
        .slice(0, 4)
        .map((message) => String(message?.role))
        .join(", ")}${messages.length > 4 ? ", …" : ""}`,
    };
  }
  return undefined;
}

function problemOf(index: Index, call: Call): Problem | undefined {
  if (call.returned !== undefined) return resultProblem(index, call);
  if (call.threw?.cause !== "engine" || faultOf(index, call) !== undefined) return undefined;
  return {
    what: "assemble threw",
    expected: "a view for every legal history, however odd its messages are",
    actual: `${call.threw.error.name}: ${call.threw.error.message}`,
  };
}

/** What makes this supply one of the odd kinds that a host really hands over. */
function kindOf(supply: readonly Message[]): string | undefined {
  if (supply.length === 0) return "empty history";
  if (supply[0]?.role === "assistant") return "assistant first";
  if (supply.some((message) => message.role === "compactionSummary" || message.role === "custom")) return "host-made message";
  if (
    supply.some((message) => message.role === "assistant" && (message.stopReason === "error" || message.stopReason === "aborted"))
  ) {
    return "failed assistant";
  }
  return supply.some(isEmptyMessage) ? "empty content" : undefined;
}

export default defineClause({
  id: "assemble-well-formed",
  title: "Every view is a list of messages that a host can send as it stands, whatever history it was made from",
  level: "must",
  who: "engine",
  family: "assemble",
  source: [
    {
      url: DOCS,
      says: "assemble answers with the messages for the model, a token estimate and, if it likes, an addition to the system prompt",
    },
    { url: "https://github.com/openclaw/openclaw/pull/87549", says: "a result without messages left the session unusable" },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/606",
      says: "empty user and tool messages are refused by providers",
    },
    {
      url: "https://github.com/garrytan/gbrain/issues/2880",
      says: "histories hold messages without content; one throw disables the engine",
    },
  ],
  bugs: [
    "assemble-no-messages",
    "lcm-empty-content",
    "lcm-error-messages",
    "gbrain-undefined-content",
    "libravdb-timeout-typeerror",
    "ov-toolcall-format",
  ],
  applies: () => APPLIES,
  check(history) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const call of index.calls) {
      if (call.event.method !== "assemble") continue;
      const problem = problemOf(index, call);
      if (problem === undefined) continue;
      const step = call.event.step === "" ? "" : ` in step ${call.event.step}`;
      findings.push({
        message: `A view${step} is not well-formed: ${problem.what}.`,
        expected: problem.expected,
        actual: problem.actual,
        at: call.end,
        blame: [...new Set([call.event.i, call.end])],
      });
    }
    return findings;
  },
  witness: (history) =>
    indexOf(history).calls.filter((call) => call.event.method === "assemble" && kindOf(call.event.messages ?? []) !== undefined)
      .length,
  breaks: [
    {
      id: "assemble-well-formed/no-messages",
      about: "With nothing stored yet the engine answers with a token estimate alone and leaves `messages` out.",
      bugs: ["assemble-no-messages"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: Parameters<typeof engine.assemble>[0]) => {
          const result = await engine.assemble(params);
          return params.messages.length === 0 ? { estimatedTokens: result.estimatedTokens } : result;
        },
      })),
    },
    {
      id: "assemble-well-formed/text-cleared",
      about: "To save room the content of all but the newest messages is emptied, and the hollow messages are sent along.",
      bugs: ["lcm-empty-content"],
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: async (params: Parameters<typeof engine.assemble>[0]) => {
          const result = await engine.assemble(params);
          const kept = result.messages.length - 1;
          return {
            ...result,
            messages: result.messages.map((message, at) => (at < kept ? { ...message, content: [] } : message)),
          };
        },
      })),
    },
    {
      id: "assemble-well-formed/failed-replies",
      about: "The empty assistant message that a classic host delivers for a failed attempt is stored and shown from then on.",
      bugs: ["lcm-error-messages"],
      hosts: ["openclaw-2026.5", "openclaw-2026.7", "heartbeat-run"],
      minimalSteps: 2,
      wrap: withMethods((engine, { disk }) => ({
        afterTurn: async (params: Parameters<NonNullable<typeof engine.afterTurn>>[0]) => {
          await engine.afterTurn?.(params);
          const failed = params.messages
            .slice(params.prePromptMessageCount)
            .filter((message) => message.role === "assistant" && message.content.length === 0);
          disk.write(params.sessionId, [...disk.read<Message[]>(params.sessionId, []), ...failed]);
        },
        assemble: async (params: Parameters<typeof engine.assemble>[0]) => {
          const result = await engine.assemble(params);
          return { ...result, messages: [...disk.read<AnyMessage[]>(params.sessionId, []), ...result.messages] };
        },
      })),
    },
    {
      id: "assemble-well-formed/content-assumed",
      about: "Sizes are summed over message.content, which a host's compaction summary does not have: assemble throws.",
      bugs: ["gbrain-undefined-content"],
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: async (params: Parameters<typeof engine.assemble>[0]) => {
          for (const message of params.messages) (message as { content: unknown[] | string }).content.length;
          return engine.assemble(params);
        },
      })),
    },
  ],
});
