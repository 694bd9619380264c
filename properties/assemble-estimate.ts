// Judges estimatedTokens against what the view really holds, with wide margins: hosts decide by it when to compact. 0 means no estimate.
// The close check, other scripts included, is for engines that claim it.

import { APPLIES, type AssembleParams, type AssembleResult, defineClause, type Finding } from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { indexOf, sizeOf, sizeOfText, textSizeQuarter, type View } from "../src/judge/index.js";
import { withMethods, wordsOf } from "./breaks/history-wraps.js";

/** Smaller views say nothing about an estimator. */
const LEAST_TOKENS = 200;

interface Range {
  low: number;
  high: number;
}

/** What the host could count on top: the addition, and the prompt it appends. */
const extras = (view: View) => sizeOfText(view.systemPromptAddition) + sizeOfText(view.prompt ?? "");

/** Half of the text / 4, twice the JSON / 4 in bytes; never narrower than twice the independent size. */
function wideRange(view: View): Range {
  const bytes =
    Buffer.byteLength(JSON.stringify(view.messages)) + Buffer.byteLength(view.systemPromptAddition + (view.prompt ?? ""));
  return { low: textSizeQuarter(view.messages) / 2, high: 2 * Math.max(bytes / 4, sizeOf(view.messages) + extras(view)) };
}

function closeRange(view: View): Range {
  const size = sizeOf(view.messages);
  return { low: size / 2, high: 2 * (size + extras(view)) };
}

const isJudged = (view: View): view is View & { estimatedTokens: number } =>
  typeof view.estimatedTokens === "number" && view.estimatedTokens > 0 && sizeOf(view.messages) > LEAST_TOKENS;

function estimateFinding(view: View, close: boolean): Finding | undefined {
  if (!isJudged(view)) return undefined;
  const { low, high } = close ? closeRange(view) : wideRange(view);
  if (view.estimatedTokens >= low && view.estimatedTokens <= high) return undefined;
  return {
    message: `estimatedTokens of a view in step ${view.call.event.step} is far from what the view holds.`,
    expected: `between ${Math.ceil(low)} and ${Math.floor(high)}, or 0 for no estimate`,
    actual: `${view.estimatedTokens} for ${plural(view.messages.length, "message")} of about ${sizeOf(view.messages)} tokens`,
    at: view.at,
    blame: [view.call.event.i, view.at],
  };
}

const withEstimate = (result: AssembleResult, estimatedTokens: number): AssembleResult => ({ ...result, estimatedTokens });

export default defineClause({
  id: "assemble-estimate",
  title: "estimatedTokens is 0, or within a factor of what the view really holds",
  level: "should",
  who: "engine",
  family: "assemble",
  source: [
    { url: "https://docs.openclaw.ai/concepts/context-engine", says: "assemble reports an estimate of its tokens" },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/250",
      says: "text in other scripts was underestimated up to six times",
    },
    {
      url: "https://github.com/volcengine/OpenViking/pull/1511",
      says: "parts left out of the estimate made the host compact too late",
    },
  ],
  bugs: ["lcm-cjk", "lcm-text-only-estimate", "graphiti-ignores-budget", "ov-budget-unlimited"],
  applies: () => APPLIES,
  check(history, _twins, subject) {
    const close = subject.claims.includes("assemble-estimate");
    return indexOf(history).views.flatMap((view) => estimateFinding(view, close) ?? []);
  },
  witness: (history) => indexOf(history).views.filter((view) => sizeOf(view.messages) > LEAST_TOKENS).length,
  breaks: [
    {
      id: "assemble-estimate/addition-only",
      about: "Only the addition to the system prompt is estimated; the messages are not counted at all.",
      bugs: ["graphiti-ignores-budget"],
      minimalSteps: 2,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => withEstimate(await engine.assemble(params), 12),
      })),
    },
    {
      id: "assemble-estimate/latin-only",
      about: "A quarter of a token for every character of any script, in an engine that claims a close estimate.",
      bugs: ["lcm-cjk"],
      claims: ["assemble-estimate"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          return withEstimate(result, Math.ceil(result.messages.map(wordsOf).join("").length / 4));
        },
      })),
    },
  ],
});
