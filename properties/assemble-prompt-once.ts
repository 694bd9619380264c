// Judges where the current prompt stands: the host adds it to the view itself, or has put it into `messages` and wants it kept there.
// Only first attempts of turns whose prompt and stored text are the same are judged: ticks, retries and chat clients wrap them.

import { type AnyMessage, APPLIES, type AssembleParams, defineClause, type Finding } from "../src/define/index.js";
import { contains, copiesOf, domainOf, type Index, indexOf, messageKey, normalText, type View } from "../src/judge/index.js";
import { deliveredCopies, isCrowded } from "../src/judge/thread.js";
import { withMethods } from "./breaks/history-wraps.js";

/** The prompt as a message; undefined where the view is not judged. */
function promptOf(index: Index, view: View): { role: "user"; content: string } | undefined {
  const start = view.turn === undefined ? undefined : index.turnById.get(view.turn.id)?.start;
  if (start === undefined || start.promptDiffers || view.turn?.attempt !== 1 || isCrowded(index, view)) return undefined;
  const content = view.prompt ?? start.userText;
  return content === undefined || normalText(content) === "" ? undefined : { role: "user", content };
}

/** The most copies of the text that anything but the engine accounts for. */
function copiesAllowed(index: Index, view: View, prompt: { role: "user"; content: string }): number {
  const domain = domainOf(index, view.session);
  const supplies = index.views.filter((other) => other.at <= view.at && domainOf(index, other.session) === domain);
  // A client wraps the text of the live turn; what the host stores, and an engine may have read from there, is the text itself.
  const text = normalText(prompt.content);
  const said = index.turns.filter(
    ({ id, start, session }) =>
      id !== view.turn?.id &&
      start.i < view.at &&
      domainOf(index, session) === domain &&
      normalText(start.userText).includes(text),
  );
  return Math.max(
    said.length,
    deliveredCopies(index, view.session, prompt, view.at),
    ...supplies.map((other) => copiesOf(other.supplied, prompt)),
  );
}

function twiceFinding(index: Index, view: View, prompt: { role: "user"; content: string }): Finding | undefined {
  const shown = copiesOf(view.messages, prompt);
  if (shown <= copiesOf(view.supplied, prompt)) return undefined;
  const allowed = copiesAllowed(index, view, prompt);
  if (shown <= allowed) return undefined;
  const extra = view.prompt === undefined ? "" : ", and the host appends the prompt after it";
  return {
    message: `A view in step ${view.call.event.step} holds the current prompt more often than the host supplied it${extra}.`,
    expected: `at most ${allowed} times in the view`,
    actual: `${shown} times: ${messageKey(prompt).slice(0, 120)}`,
    at: view.at,
    blame: [view.call.event.i, view.at],
  };
}

function lostFinding(view: View, prompt: AnyMessage): Finding | undefined {
  if (view.prompt !== undefined || view.call.event.phase !== "assemble-again") return undefined;
  const live = view.supplied.findLast((message) => message.role === "user");
  if (live === undefined || messageKey(live) !== messageKey(prompt)) return undefined;
  const last = view.messages.findLast((message) => message.role === "user");
  if (last !== undefined && messageKey(last) === messageKey(live)) return undefined;
  const kept = contains(view, live);
  return {
    message: `A view in step ${view.call.event.step} ${kept ? "puts another user message behind" : "lost"} the current prompt, which was supplied in \`messages\`.`,
    expected: `the prompt as the last user message: ${messageKey(prompt).slice(0, 120)}`,
    actual: last === undefined ? "no user message at all" : `last user message: ${messageKey(last).slice(0, 120)}`,
    at: view.at,
    blame: [view.call.event.i, view.at],
  };
}

export default defineClause({
  id: "assemble-prompt-once",
  title: "The current prompt reaches the model exactly once: never added by the engine, never taken out of what was supplied",
  level: "must",
  who: "engine",
  family: "assemble",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/issues/150956",
      says: "the host appends the live user turn to what assemble returned; an engine that returns it too makes it appear twice",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/688",
      says: "a message that is only in `messages` yet has to be in the view",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/pull/1019",
      says: "caps on the tail cut the active turn off from its user message",
    },
  ],
  bugs: [
    "live-turn-twice",
    "lcm-tail-splits-turn",
    "lcm-unpersisted-live-input",
    "lcm-stale-context",
    "lcm-live-decoration-lost",
    "lcm-assistant-only",
    "libravdb-small-budget",
    "hb-prompt-dropped",
  ],
  applies: () => APPLIES,
  check(history) {
    const index = indexOf(history);
    return index.views.flatMap((view) => {
      const prompt = promptOf(index, view);
      return prompt === undefined ? [] : (twiceFinding(index, view, prompt) ?? lostFinding(view, prompt) ?? []);
    });
  },
  witness(history) {
    const index = indexOf(history);
    return index.views.filter((view) => promptOf(index, view) !== undefined).length;
  },
  breaks: [
    {
      id: "assemble-prompt-once/appended",
      about: "assemble puts the prompt at the end of its view; the host then appends it once more.",
      bugs: ["live-turn-twice"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          if (params.prompt === undefined) return result;
          return { ...result, messages: [...result.messages, { role: "user", content: params.prompt, timestamp: 0 }] };
        },
      })),
    },
    {
      id: "assemble-prompt-once/tail-cap",
      about:
        "The protected tail is capped by count; a tool loop longer than the cap pushes the user message that started it out.",
      bugs: ["lcm-tail-splits-turn"],
      hosts: ["openclaw-2026.5", "openclaw-2026.7", "heartbeat-run"],
      minimalSteps: 1,
      wrap: withMethods((engine) => ({
        assemble: async (params: AssembleParams) => {
          const result = await engine.assemble(params);
          const last = result.messages.at(-1);
          return last?.role === "toolResult" ? { ...result, messages: result.messages.slice(-2) } : result;
        },
      })),
    },
    {
      id: "assemble-prompt-once/stored-only",
      about:
        "The view is rebuilt from what was stored when the turn began; a live message that is only in `messages` is left out.",
      bugs: ["lcm-unpersisted-live-input"],
      hosts: ["openclaw-2026.5", "openclaw-2026.7", "heartbeat-run"],
      minimalSteps: 1,
      wrap: withMethods((engine, { memory }) => ({
        assemble: async (params: AssembleParams) => {
          if (params.prompt === undefined && memory.has(params.sessionId)) return memory.get(params.sessionId);
          const result = await engine.assemble(params);
          memory.set(params.sessionId, result);
          return result;
        },
      })),
    },
  ],
});
