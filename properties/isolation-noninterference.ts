// What other sessions do changes no answer for this one: not a message, not a count, not a throw. Shown by a twin that was played without
// every step of the others. Where isolation-session sees a foreign text, this clause also sees what leaves no text behind.

import { APPLIES, defineClause, type History } from "../src/define/index.js";
import {
  chosenBy,
  firstEventIn,
  hasLaterView,
  hasOverlap,
  indexOf,
  type LeaveOut,
  leftOutFindings,
  leftOutOf,
  planOnce,
  requestOf,
  sessionsOf,
  stepsOfOthers,
  unitOf,
} from "../src/judge/index.js";
import { cappedOverall, countingAll } from "./breaks/shared-state.js";

/** One session, chosen by the seed among those with a view after another session was active; often one beside a compaction. */
function planOf(history: History): LeaveOut | undefined {
  if (hasOverlap(history.case)) return undefined;
  const index = indexOf(history);
  const plans: LeaveOut[] = [];
  const units = new Set(index.views.map((view) => unitOf(index, view.session)));
  if (units.size < 2) return undefined;
  for (const unit of units) {
    const steps = stepsOfOthers(history.case, index, new Set([unit]), unitOf);
    const after = firstEventIn(history, steps);
    const session = sessionsOf(index, (other) => other === unit);
    if (after === undefined || !hasLaterView(index, after, session)) continue;
    plans.push({ name: `only ${unit.replace("\u0000", " ")}`, steps, after, session, what: "the steps of all other sessions" });
  }
  const compacting = new Set(index.compactions.map(({ call }) => call.event.step));
  const busy = plans.filter((plan) => [...plan.steps].some((step) => compacting.has(step)));
  return chosenBy(history.case.seed >> 1, busy.length > 0 && history.case.seed % 2 === 0 ? busy : plans);
}

const planFor = (history: History): LeaveOut | undefined => planOnce(history, "isolation-noninterference", planOf);

export default defineClause({
  id: "isolation-noninterference",
  title: "What other sessions do changes no answer for this one",
  level: "must",
  who: "engine",
  family: "isolation",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "calls are about one session each; nothing in the contract lets one session's call depend on another session",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/15990",
      says: "with several sessions active, content of one appeared in another during compaction",
    },
  ],
  bugs: ["hb-isolated-in-main-conversation", "ov-global-agent", "compaction-bleed", "ov-routing-split"],
  applies(subject) {
    if (subject.adapter.recall === undefined) return APPLIES;
    return { applies: false, reason: "the engine declares recall across sessions: answers depend on other sessions on purpose" };
  },
  twins: (theCase, history) => requestOf(theCase, planFor(history)),
  check(history, twins) {
    return leftOutFindings(
      history,
      leftOutOf(history, twins, () => planFor(history)),
    );
  },
  witness: (history, twins) => leftOutOf(history, twins, () => planFor(history))?.comparison.views ?? 0,
  breaks: [
    {
      id: "isolation-noninterference/one-cap-for-all",
      about:
        "The number of kept messages is capped over all sessions together: a busy session pushes the older messages out of a quiet one.",
      recorded: "one store under agentDir serves every session of the gateway",
      minimalSteps: 4,
      wrap: cappedOverall(4),
    },
    {
      id: "isolation-noninterference/imported-overall",
      about: "bootstrap reports how many messages the store holds, whoever they belong to.",
      recorded: "bootstrap names the session it is about, and the host reads importedMessages for that session",
      base: "overlay",
      minimalSteps: 2,
      wrap: countingAll(),
    },
  ],
});
