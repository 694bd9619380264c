// A compaction concerns the session its call names and no other. Two ways to see it: what the summariser was given while the call ran,
// and a twin played without one compact step. Whether the compaction was any good, the compact clauses say.

import { APPLIES, defineClause, type Finding, type History, notApplicable } from "../src/define/index.js";
import {
  type Compaction,
  canariesIn,
  chosenBy,
  domainOf,
  firstEventIn,
  hasLaterView,
  hasOtherContent,
  hasOverlap,
  type Index,
  indexOf,
  type LeaveOut,
  leftOutFindings,
  leftOutOf,
  nameOf,
  originName,
  ownersOf,
  planOnce,
  plantsOf,
  requestOf,
  sessionsOf,
  unitOf,
} from "../src/judge/index.js";
import { belongs } from "../src/judge/leak.js";
import { compactsLastSeen, summarisesAnother } from "./breaks/shared-state.js";

/** One compact step, chosen by the seed among those with a later view of another session. */
function planOf(history: History): LeaveOut | undefined {
  if (hasOverlap(history.case)) return undefined;
  const index = indexOf(history);
  const owners = ownersOf(history.case, index, unitOf);
  const plans: LeaveOut[] = [];
  for (const step of history.case.steps) {
    if (step.kind !== "compact") continue;
    const mine = owners.get(step.id) ?? new Set();
    const steps = new Set([step.id]);
    const after = firstEventIn(history, steps);
    const session = sessionsOf(index, (unit) => !mine.has(unit));
    if (after === undefined || !hasLaterView(index, after, session)) continue;
    plans.push({ name: `without ${step.id}`, steps, after, session, what: `the calls of the compact step ${step.id}` });
  }
  return chosenBy(history.case.seed, plans);
}

/** The summariser got texts of another session and none of the one the call names. */
function wrongSession(index: Index, compaction: Compaction): Finding | undefined {
  const { call, session, summariser, outcome } = compaction;
  if (outcome !== "compacted" || summariser.length === 0 || !hasOtherContent(index, session, call.end)) return undefined;
  const home = domainOf(index, session);
  const given = canariesIn(
    summariser.map((event) => event.request),
    index.planted,
  );
  const isOwn = (canary: string) => {
    if (plantsOf(index, canary).some((plant) => domainOf(index, plant.session) === home)) return true;
    return belongs(index, canary, call.end, (other) => domainOf(index, other) === home);
  };
  const foreign = [...given].filter((canary) => !isOwn(canary));
  const [canary] = foreign;
  if (canary === undefined || foreign.length < given.size) return undefined;
  const request = summariser.find((event) => event.request.includes(canary));
  return {
    message: `compact of ${nameOf(session)} reported success, but all the summariser was given belongs to another session.`,
    expected: "texts of the session that the call names",
    actual: `${canary}, ${originName(index, canary)}, and nothing of the session itself`,
    at: call.end,
    blame: [...new Set([index.planted.get(canary)?.i ?? call.event.i, call.event.i, request?.i ?? call.event.i, call.end])].sort(
      (a, b) => a - b,
    ),
  };
}

const planFor = (history: History): LeaveOut | undefined => planOnce(history, "isolation-compaction", planOf);

export default defineClause({
  id: "isolation-compaction",
  title: "A compaction takes effect on the session its call names and on no other",
  level: "must",
  who: "engine",
  family: "isolation",
  source: [
    {
      url: "https://github.com/volcengine/OpenViking/pull/1832",
      says: "compact, commit and recall derived the session each in its own way, so compact looked at one that did not exist",
    },
    {
      url: "https://github.com/openclaw/openclaw/issues/15990",
      says: "content of another session appeared during compaction while several were active",
    },
  ],
  bugs: ["lcm-uuid-keyed", "ov-routing-split", "compaction-bleed", "successor-not-adopted"],
  applies(subject) {
    if (subject.adapter.recall === undefined) return APPLIES;
    return notApplicable("the engine declares recall across sessions: a compact may tell of others on purpose");
  },
  twins: (theCase, history) => requestOf(theCase, planFor(history)),
  check(history, twins) {
    const index = indexOf(history);
    const findings = index.compactions
      .map((compaction) => wrongSession(index, compaction))
      .filter((finding) => finding !== undefined);
    return [
      ...findings,
      ...leftOutFindings(
        history,
        leftOutOf(history, twins, () => planFor(history)),
      ),
    ];
  },
  witness(history) {
    const index = indexOf(history);
    return index.compactions.filter(({ call, session }) => hasOtherContent(index, session, call.event.i)).length;
  },
  breaks: [
    {
      id: "isolation-compaction/last-session-seen",
      about:
        "compact finds its session by a field that assemble set: it is carried out on the session seen last, whatever the call names.",
      bugs: ["ov-routing-split"],
      minimalSteps: 4,
      wrap: compactsLastSeen(),
    },
    {
      id: "isolation-compaction/summarises-another",
      about:
        "compact gathers the rows to summarise without a session, pays for a summary of another session's newest and reports success. Nothing is stored, so no later answer shows it.",
      bugs: ["ov-routing-split"],
      minimalSteps: 2,
      wrap: summarisesAnother(),
    },
  ],
});
