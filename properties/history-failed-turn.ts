// A turn that failed never happened, as far as a durable engine is concerned: nothing of it was committed, so nothing of it may come back
// later but what the host itself supplies. Compactions that ran in it may stay. Classic hosts deliver failed turns, so it is not judged there.

import { type AnyMessage, APPLIES, defineClause, type Finding, notApplicable } from "../src/define/index.js";
import { carriedBetween, chainOf } from "../src/judge/history-chain.js";
import { failedTurnsSeen, type Leftover, leftoversIn } from "../src/judge/history-failed.js";
import { type Index, indexOf, nameOf, originName, recallFor, type View } from "../src/judge/index.js";
import { openTasks, pendingPrompt } from "./breaks/history-pending.js";

function toFinding(index: Index, { turn, view, plant, how }: Leftover): Finding {
  const given = turn.calls.find(({ event }) => event.method === "assemble") ?? turn.calls[0];
  const end = turn.end?.i ?? turn.start.i;
  const step = view.turn?.id ?? "?";
  const lead = `Step ${turn.id} failed (${turn.end?.reason || "no reason given"}) and was never committed`;
  return {
    message:
      how === "stray"
        ? `${lead}, yet the view of ${nameOf(view.session)} in step ${step} shows ${plant.canary}, ${originName(index, plant.canary)}.`
        : `${lead}; the view of ${nameOf(view.session)} in step ${step} shows its message ${plant.canary} once more than the host supplied it.`,
    expected:
      how === "stray"
        ? "nothing of the failed turn: the host did not supply it in this call"
        : "the failed turn's text only as the host supplied it",
    actual: `${plant.canary} in the view`,
    at: view.at,
    blame: chainOf(
      given?.event.i ?? plant.i,
      end,
      ...carriedBetween(index, view.session, end, view.call.event.i),
      view.call.event.i,
      view.at,
    ),
  };
}

export default defineClause({
  id: "history-failed-turn",
  title: "Nothing of a failed turn comes back in a later view, except what the host itself supplies of it",
  level: "must",
  who: "engine",
  family: "history",
  pair: "history-no-loss",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "commitTurn is called for accepted turns only; failed or aborted turns never advance the engine's state.",
    },
    {
      url: "https://github.com/openclaw/openclaw/pull/140024",
      says: "Messages of a tool turn that was cancelled or failed must not stay in the engine's memory.",
    },
  ],
  bugs: ["failed-turn-remembered", "lcm-model-switch-orphan", "lcm-error-messages"],
  applies: ({ profile }) =>
    profile.lifecycle === "durable" ? APPLIES : notApplicable("classic hosts deliver failed turns: durable hosts only"),
  check(history, _twins, subject) {
    const index = indexOf(history);
    const recalled = (view: View, message: AnyMessage) => recallFor(subject, view.session)?.isRecalled?.(message) ?? false;
    const told = new Set<string>();
    return leftoversIn(index, subject.adapter.recall === undefined ? undefined : recalled)
      .filter(({ turn }) => !told.has(turn.id) && told.add(turn.id))
      .slice(0, 3)
      .map((leftover) => toFinding(index, leftover));
  },
  witness: (history) => failedTurnsSeen(indexOf(history)).length,
  breaks: [
    {
      id: "history-failed-turn/prompt-remembered",
      about:
        "assemble writes the prompt down as the pending user message; only a commit takes it away, so after a failure it is shown again.",
      bugs: ["failed-turn-remembered"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 2,
      wrap: pendingPrompt(),
    },
    {
      id: "history-failed-turn/open-tasks-note",
      about:
        "The prompts of turns that were not committed are kept per agent as open requests; other runs of it get them in systemPromptAddition.",
      recorded: "2026.9 n1: a failed turn or tick leaves nothing to the next isolated tick, which starts with no messages.",
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 2,
      wrap: openTasks(),
    },
  ],
});
