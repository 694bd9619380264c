// An isolated tick leaves no trace in any other session, later ticks of its lane included: shown by a twin without that tick. No break
// can exist that isolation-noninterference never kills: its twin leaves out every step of other sessions, this tick among them. What this
// clause adds is the name of the culprit, and that a single tick, successful, failed or overflowed, is enough.

import { APPLIES, defineClause, type History } from "../src/define/index.js";
import {
  chosenBy,
  firstEventIn,
  hasLaterView,
  hasOverlap,
  indexOf,
  isIsolatedRun,
  type LeaveOut,
  leftOutFindings,
  leftOutOf,
  planOnce,
  requestOf,
  sessionsOf,
  unitOf,
} from "../src/judge/index.js";
import { rowsShared } from "./breaks/leaky-store.js";
import { compactFeedsMemory, tickTrimsBase } from "./breaks/tick-effects.js";

/** One isolated tick, chosen by the seed among those with a later view elsewhere. */
function planOf(history: History): LeaveOut | undefined {
  if (hasOverlap(history.case)) return undefined;
  const index = indexOf(history);
  const plans: LeaveOut[] = [];
  for (const turn of index.turns) {
    if (turn.start.turn.kind !== "heartbeat-isolated" || !isIsolatedRun(turn.session) || turn.id !== turn.start.step) continue;
    const run = unitOf(index, turn.session);
    const steps = new Set([turn.id]);
    const after = firstEventIn(history, steps);
    const session = sessionsOf(index, (unit) => unit !== run);
    if (after === undefined || !hasLaterView(index, after, session)) continue;
    plans.push({ name: `without ${turn.id}`, steps, after, session, what: `the calls of the isolated tick ${turn.id}` });
  }
  return chosenBy(history.case.seed, plans);
}

const planFor = (history: History): LeaveOut | undefined => planOnce(history, "isolation-heartbeat-inert", planOf);

export default defineClause({
  id: "isolation-heartbeat-inert",
  title: "An isolated tick changes no later answer for any other session",
  level: "must",
  who: "engine",
  family: "isolation",
  source: [
    {
      url: "https://github.com/openclaw/openclaw/pull/84248",
      says: "an isolated tick, overflowed or not, must not poison the ticks after it",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/89302",
      says: "heartbeats stored as user turns changed what the session remembered",
    },
  ],
  bugs: [
    "hb-flag-missing",
    "hb-isolated-in-main-conversation",
    "lcm-hb-noise-freeze",
    "lcm-hb-reconcile",
    "lcm-hb-bootstrap",
    "lcm-conv642",
    "graphiti-hb-gap",
  ],
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
      id: "isolation-heartbeat-inert/reconciled-into-base",
      about:
        "What a tick delivered is caught up with in the next ordinary turn of the base session, as if it had been missed there.",
      bugs: ["lcm-hb-reconcile", "hb-isolated-in-main-conversation"],
      minimalSteps: 2,
      wrap: rowsShared({
        slot: ({ key }) => key.replace(/(?::heartbeat(?:-run:[^:]*)?)+$/, ""),
        shows: (row, now) => row.key !== now.key && row.key.startsWith(`${now.key}:heartbeat`),
      }),
    },
    {
      id: "isolation-heartbeat-inert/tick-trims-base",
      about:
        "Heartbeats are not stored, but they set off maintenance for the whole agent: after a tick the base session shows its newest messages only.",
      recorded: "base session and lane share the stem of their keys",
      minimalSteps: 3,
      wrap: tickTrimsBase(),
    },
    {
      id: "isolation-heartbeat-inert/compact-feeds-memory",
      about:
        "Writes skip heartbeats, compact does not: what an overflowing tick was about enters the shared memory and is told to every session.",
      bugs: ["graphiti-hb-gap"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 2,
      wrap: compactFeedsMemory(),
    },
  ],
});
