// Judges tool exchanges in views: one that the host handed over whole is shown whole or not at all, with its own result.
// What dangles in the supply may be kept, closed or dropped; a result may be shortened; ids may repeat from turn to turn. Of an exchange that
// was handed over torn or the wrong way round only this is asked, and as a should: that its real result is not replaced by an invented one.

import {
  type AnyMessage,
  APPLIES,
  type AssembleParams,
  type AssembleResult,
  defineClause,
  type Finding,
  nothingToWitness,
  type Subject,
} from "../src/define/index.js";
import { type Index, indexOf, messageKey, type View } from "../src/judge/index.js";
import { never } from "../src/judge/reach.js";
import { runningBreach } from "../src/judge/running-exchange.js";
import { isCrowded } from "../src/judge/thread.js";
import {
  type Exchange,
  type Exchanges,
  exchangesIn,
  handedFor,
  isForkingCall,
  orphansEver,
  sameCall,
  sameResult,
  type ToolCall,
  type ToolResult,
} from "../src/judge/tool-pairs.js";
import { withMethods } from "./breaks/history-wraps.js";
import { endsWithUser, knowsNeighboursOnly, MISSING } from "./breaks/tool-results.js";

interface Breach {
  /** Hosts mend such exchanges before an engine sees them, as a rule: less than a must. */
  level?: "should";
  what: string;
  expected: string;
  actual: string;
}

/** An invented stand-in says that the result is missing. */
const INVENTED = /\bmissing\b|\bsynthetic\b|\bno (tool )?result\b/i;

const named = (call: ToolCall) => `${call.words.slice(0, 60)} (id ${call.id})`;

function orphanBreach(index: Index, view: View, orphan: ToolResult, handed: Exchanges): Breach | undefined {
  // Hosts write ids anew for some models: a file holds others than the messages of a call.
  const isKnown = (known: ToolResult) =>
    sameResult(orphan, known) && (known.id === orphan.id || [...orphan.canaries].some((canary) => known.canaries.has(canary)));
  if (handed.orphans.some(isKnown) || orphansEver(index, view).some(isKnown)) return undefined;
  if (handed.whole.some(({ apart, result }) => apart && sameResult(orphan, result))) return undefined;
  const home = handed.whole.find(({ result }) => sameResult(orphan, result) || result.id === orphan.id);
  const actual = `messages[${orphan.at}] is the result of call ${orphan.id}, and no call before it is open`;
  if (home === undefined)
    return { what: "a tool result without any call", expected: "no result without its call before it", actual };
  return {
    what: "a tool result without its call",
    expected: `the call ${named(home.call)} before its result, or neither`,
    actual,
  };
}

function openBreach(call: ToolCall, handed: Exchanges): Breach | undefined {
  if (handed.open.some((known) => sameCall(call, known))) return undefined;
  const homes = handed.whole.filter((exchange) => sameCall(call, exchange.call));
  const [home] = homes;
  if (home === undefined || homes.some(({ apart }) => apart)) return undefined;
  return {
    what: "a tool call without its result",
    expected: `the result of ${named(home.call)} after the call, or neither`,
    actual: `messages[${call.at}] calls ${named(call)}, and no result of it follows`,
  };
}

/** A result that came before its call is still the real one: an engine may put it right or leave both out, but not invent another. */
function earlyBreach(call: ToolCall, result: ToolResult, handed: Exchanges): Breach | undefined {
  const home = handed.early.find((exchange) => sameCall(call, exchange.call));
  if (home === undefined || sameResult(result, home.result) || INVENTED.test(home.result.text)) return undefined;
  if (!INVENTED.test(result.text) && (!result.isError || home.result.isError)) return undefined;
  return {
    level: "should",
    what: "an invented result",
    expected: `the result handed over for ${named(call)}, though it stood before its call`,
    actual: `messages[${result.at}]: ${result.text.slice(0, 120)}`,
  };
}

function wholeBreach({ call, result, apart }: Exchange, handed: Exchanges): Breach | undefined {
  const own = handed.whole.filter((exchange) => sameCall(call, exchange.call));
  if (own.length === 0) return earlyBreach(call, result, handed);
  if (apart && own.every((exchange) => !exchange.apart)) {
    const actual = `between messages[${call.at}] and messages[${result.at}] stands a message that is no result`;
    return {
      what: "a tool result torn from its call",
      expected: `the result of ${named(call)} right after its call, as it was handed over`,
      actual,
    };
  }
  if (own.some((exchange) => sameResult(result, exchange.result)) || handed.open.some((known) => sameCall(call, known)))
    return undefined;
  const expected = `the result handed over for ${named(call)}, whole or shortened`;
  const actual = `messages[${result.at}]: ${result.text.slice(0, 120)}`;
  const other = handed.whole.some((exchange) => [...result.canaries].some((canary) => exchange.result.canaries.has(canary)));
  if (other) return { what: "another call's result", expected, actual };
  const said = own.some((exchange) => INVENTED.test(exchange.result.text));
  const turned = result.isError && own.every((exchange) => !exchange.result.isError);
  if (!turned && (said || !INVENTED.test(result.text))) return undefined;
  const breach: Breach = { what: "an invented result", expected, actual };
  return own.every((exchange) => exchange.apart) ? { ...breach, level: "should" } : breach;
}

function breachOf(index: Index, view: View): Breach | undefined {
  const shown = exchangesIn(view.messages);
  if (shown.whole.length + shown.open.length + shown.orphans.length === 0) return undefined;
  const handed = handedFor(index, view);
  for (const orphan of shown.orphans) {
    const breach = orphanBreach(index, view, orphan, handed);
    if (breach !== undefined) return breach;
  }
  for (const exchange of shown.whole) {
    const breach = wholeBreach(exchange, handed);
    if (breach !== undefined) return breach;
  }
  for (const call of shown.open) {
    const breach = isForkingCall(index, view, call) ? undefined : openBreach(call, handed);
    if (breach !== undefined) return breach;
  }
  return undefined;
}

/** Views that left out something supplied while tool exchanges were about. */
function droppedWithTools(view: View): boolean {
  const kept = new Set(view.messages.map(messageKey));
  return (
    view.supplied.some((message) => message.role === "toolResult") &&
    view.supplied.some((message) => !kept.has(messageKey(message)))
  );
}

/** The deliveries and the view: where the pair was whole, and where it is broken. */
function blameOf(index: Index, view: View): number[] {
  const carrier = index.deliveries.find(
    (delivery) =>
      delivery.at < view.at &&
      delivery.session.alias === view.session.alias &&
      delivery.messages.some((message) => message.role === "toolResult"),
  );
  return [...(carrier === undefined ? [] : [carrier.call.event.i]), view.call.event.i, view.at];
}

const isPart = (part: unknown): part is Record<string, unknown> => typeof part === "object" && part !== null;

type Shown = AssembleResult["messages"][number];

/** The view with every call in the words of another API. */
function renamed(message: Shown): Shown {
  if (message.role !== "assistant" || !Array.isArray(message.content)) return message;
  const content = message.content.map((part: unknown) =>
    isPart(part) && part.type === "toolCall" ? { type: "toolUse", id: part.id, name: part.name, input: part.arguments } : part,
  );
  return { ...message, content } as AnyMessage;
}

export default defineClause({
  id: "assemble-tool-pairs",
  title: "A tool exchange that the host handed over whole is shown whole, in order and with its own result, or not at all",
  level: "must",
  who: "engine",
  family: "assemble",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/pull/88964",
      says: "a view with a free-floating result is sent as it is, and providers refuse it",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/1062",
      says: "models reuse call ids from turn to turn; both exchanges are real",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/993",
      says: "an invented error in place of a real result tells the model that its tools are broken",
    },
  ],
  bugs: [
    "host-orphan-after-assemble",
    "lcm-toolid-reuse",
    "lcm-displaced-results",
    "lcm-result-before-call",
    "lcm-progress-between",
    "ov-toolcall-format",
    "libravdb-posttool-cache",
  ],
  applies: (_subject: Subject, facts) =>
    never(facts, "view.dropped") ? nothingToWitness("the engine never drops a supplied message") : APPLIES,
  check(history) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const view of index.views) {
      const breach = isCrowded(index, view) ? undefined : (breachOf(index, view) ?? runningBreach(index, view));
      if (breach === undefined) continue;
      findings.push({
        message: `A view in step ${view.call.event.step} shows ${breach.what}.`,
        expected: breach.expected,
        actual: breach.actual,
        at: view.at,
        blame: blameOf(index, view),
        ...(breach.level === undefined ? {} : { level: breach.level }),
      });
    }
    return findings;
  },
  witness: (history) => indexOf(history).views.filter(droppedWithTools).length,
  breaks: [
    {
      id: "assemble-tool-pairs/tail-cut",
      about: "The view is cut to its newest messages by count: the call can be left behind while its result stays.",
      bugs: ["host-orphan-after-assemble"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          const [first] = result.messages.slice(-3);
          const lead = first?.role === "toolResult" ? [{ role: "user", content: "[earlier messages left out]" }] : [];
          return { ...result, messages: [...lead, ...result.messages.slice(-3)] };
        },
      })),
    },
    {
      id: "assemble-tool-pairs/running-turn-cut",
      about: "Every view ends with its newest user message: what the running turn's tools answered never reaches the model.",
      bugs: ["libravdb-posttool-cache"],
      minimalSteps: 1,
      wrap: endsWithUser,
    },
    {
      id: "assemble-tool-pairs/strict-neighbours",
      about: "Only a result right behind its call is recognised; the second of two parallel calls gets an invented error.",
      bugs: ["lcm-displaced-results"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          const content = [{ type: "text", text: MISSING }];
          const messages = result.messages.map((message, at) =>
            message.role === "toolResult" && result.messages[at - 1]?.role === "toolResult"
              ? { ...message, content, isError: true }
              : message,
          );
          return { ...result, messages };
        },
      })),
    },
    {
      id: "assemble-tool-pairs/early-result",
      about: "A result that does not stand right behind its call is dropped as an orphan, and the call gets an invented error.",
      bugs: ["lcm-result-before-call", "lcm-progress-between", "lcm-displaced-results"],
      base: "overlay",
      minimalSteps: 2,
      wrap: knowsNeighboursOnly,
    },
    {
      id: "assemble-tool-pairs/ids-are-global",
      about: "A result whose call id was seen before is taken for a duplicate and left out, also when the id was used anew.",
      bugs: ["lcm-toolid-reuse"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          const seen = new Set<unknown>();
          const messages = result.messages.filter((message) => {
            if (message.role !== "toolResult") return true;
            const known = seen.has(message.toolCallId);
            seen.add(message.toolCallId);
            return !known;
          });
          return { ...result, messages };
        },
      })),
    },
    {
      id: "assemble-tool-pairs/other-words",
      about:
        "Calls come back as toolUse parts with an input, the words of another API; the host no longer sees a call before the result.",
      bugs: ["ov-toolcall-format"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          return { ...result, messages: result.messages.map(renamed) };
        },
      })),
    },
  ],
});
