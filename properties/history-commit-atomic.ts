// A commit that failed and is retried is there exactly once and whole. The failure may lie before the call (not sent), after it (the answer
// was lost) or in the engine (it threw). Compared with the same case without the fault, as far as the host put the same in.

import {
  APPLIES,
  type Case,
  defineClause,
  type Finding,
  type History,
  notApplicable,
  type TwinPlay,
} from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { carriedBetween, chainOf } from "../src/judge/history-chain.js";
import { type Commit, commitsOf, isAcknowledged } from "../src/judge/history-commits.js";
import { excessCopies } from "../src/judge/history-copies.js";
import { type Demand, demandsOf, dueness } from "../src/judge/history-newest.js";
import { isShown } from "../src/judge/history-shown.js";
import { counterpart } from "../src/judge/history-twin.js";
import {
  canariesIn,
  copiesOf,
  type Delivery,
  type Index,
  indexOf,
  isAmple,
  nameOf,
  skippedIn,
  type View,
  withoutSteps,
} from "../src/judge/index.js";
import { keyAtMaintain, keyBeforeContent, restAtMaintain } from "./breaks/history-commits.js";

const MOST_TWINS = 2;

interface Retried {
  commit: Commit;
  /** Event index of the first failure: the host's note or the engine's throw. */
  failedAt: number;
  /** The call after it that was acknowledged. */
  accepted: Delivery;
}

/** Commits of ordinary turns that failed once or more and were acknowledged afterwards. */
function retriedIn(index: Index): Retried[] {
  return commitsOf(index).flatMap((commit) => {
    const threw = commit.calls.filter((call) => call.outcome === "threw").map((call) => call.at);
    const failedAt = Math.min(...commit.failures.map((note) => note.i), ...threw);
    const accepted = commit.calls.find((call) => call.at > failedAt && isAcknowledged(call));
    if (accepted === undefined || accepted.turn.kind !== "ordinary" || accepted.flagged) return [];
    return [{ commit, failedAt, accepted }];
  });
}

/** The session's next view with ample budget, where the turn is still the newest accepted one. */
function demandFor(index: Index, { accepted }: Retried): Demand | undefined {
  return demandsOf(index).find((demand) => demand.turn.id === accepted.turn.id && demand.view.call.event.i > accepted.at);
}

/** The failures of this commit excuse nothing here; any other fault does, as in history-liveness. */
function isDue({ commit }: Retried, demand: Demand): boolean {
  const threw = commit.calls.filter((call) => call.outcome === "threw").map((call) => call.at);
  return dueness(demand, new Set([...commit.failures.map((note) => note.i), ...threw])).state === "due";
}

function lost(index: Index, retried: Retried): Finding[] {
  const demand = demandFor(index, retried);
  if (demand === undefined || !isDue(retried, demand)) return [];
  if (isShown(index, demand.view, demand.said, demand.turn.start.i)) return [];
  return [
    finding(
      index,
      retried,
      demand.view,
      "the user text or the reply of the turn",
      "neither of them in the view",
      "it is not there",
    ),
  ];
}

function doubled(index: Index, retried: Retried): Finding[] {
  for (const view of index.views) {
    if (view.at < retried.accepted.at) continue;
    const excess = excessCopies(index, { kind: "view", view }).find(
      (one) => one.form === "real" && retried.accepted.canaries.has(one.canary),
    );
    if (excess !== undefined)
      return [
        finding(
          index,
          retried,
          view,
          "each message of the turn once",
          `${excess.copies} copies of ${excess.canary}`,
          "it is there more than once",
        ),
      ];
  }
  for (const probe of index.probes) {
    const excess = excessCopies(index, { kind: "probe", view: probe }).find(
      (one) => one.form === "real" && retried.accepted.canaries.has(one.canary),
    );
    if (excess !== undefined)
      return [
        finding(
          index,
          retried,
          undefined,
          "each message of the turn once",
          `${excess.copies} copies of ${excess.canary} on a fresh look after the case`,
          "it is there more than once",
        ),
      ];
  }
  return [];
}

/** Messages of the turn that the twin, whose commit did not fail, shows in the same place and this history does not. */
function torn(index: Index, twin: Index, retried: Retried): Finding[] {
  const view = index.views.find(
    (one) =>
      one.call.event.i > retried.accepted.at &&
      one.call.event.phase === "assemble-first" &&
      one.session.alias === retried.accepted.session.alias,
  );
  const other = view === undefined ? undefined : counterpart(view, twin);
  if (view === undefined || other === undefined || !isAmple(view, index)) return [];
  const gone = retried.accepted.messages.filter(
    (message) =>
      canariesIn(message, index.planted).size > 0 &&
      copiesOf(view.messages, message) === 0 &&
      copiesOf(other.messages, message) > 0,
  );
  const here = retried.accepted.messages.filter((message) => copiesOf(view.messages, message) > 0);
  if (gone.length === 0) return [];
  const names = gone.map((message) => [...canariesIn(message, index.planted)].join(" ")).join(", ");
  const how = here.length > 0 ? "it is there in part" : "it is not there";
  return [
    finding(
      index,
      retried,
      view,
      `all that the same case shows when the commit does not fail, ${names} included`,
      `${plural(gone.length, "message")} of the turn missing`,
      how,
    ),
  ];
}

function finding(
  index: Index,
  { failedAt, accepted, commit }: Retried,
  view: View | undefined,
  expected: string,
  actual: string,
  how: string,
): Finding {
  const cause = commit.failures[0]?.what ?? "throw";
  const end = view?.call.event.i ?? accepted.at;
  const where = view === undefined ? "" : ` in the view of ${nameOf(view.session)} in step ${view.turn?.id ?? "?"}`;
  const shown = view === undefined ? [] : [view.call.event.i, view.at];
  return {
    message: `The commit of step ${accepted.turn.id} failed (${cause}) and was retried until the engine answered ${accepted.status}, but ${how}${where}.`,
    expected,
    actual,
    at: view?.at ?? accepted.at,
    blame: chainOf(
      ...commit.calls.slice(0, 3).map((call) => call.call.event.i),
      failedAt,
      accepted.at,
      ...carriedBetween(index, accepted.session, accepted.at, end),
      ...shown,
    ),
  };
}

/** Late steps that really made a commit fail. */
function faultsPlayed(theCase: Case, history: History): string[] {
  const index = indexOf(history);
  const skipped = skippedIn(history);
  const hit = new Set(retriedIn(index).map((one) => one.accepted.turn.id));
  return theCase.steps
    .filter((step) => step.kind === "late" && hit.has(step.delivery) && !skipped.has(step.id))
    .map((step) => step.id);
}

function tornIn(history: History, twin: TwinPlay): Finding[] {
  const step = history.case.steps.find((one) => `without ${one.id}` === twin.name);
  if (step?.kind !== "late") return [];
  const index = indexOf(history);
  return retriedIn(index)
    .filter((retried) => retried.accepted.turn.id === step.delivery)
    .flatMap((retried) => torn(index, indexOf(twin.history), retried));
}

export default defineClause({
  id: "history-commit-atomic",
  title: "A commit that failed and was retried is in the history exactly once and whole",
  level: "must",
  who: "engine",
  family: "history",
  pair: "history-commit-once",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "commitTurn is one atomic write: a commit that was not acknowledged is sent again, and must then take effect once and completely.",
    },
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/1125",
      says: "The key made retries idempotent, but a turn could still be stored next to what an earlier attempt had left.",
    },
  ],
  bugs: ["lcm-commit-twin", "ov-commit-discards", "lcm-bootstrap-replay"],
  applies: ({ profile }) =>
    profile.lifecycle === "durable" ? APPLIES : notApplicable("classic hosts never deliver a turn again: durable hosts only"),
  twins: (theCase, history) =>
    faultsPlayed(theCase, history)
      .slice(0, MOST_TWINS)
      .map((id) => ({ name: `without ${id}`, theCase: withoutSteps(theCase, new Set([id])) })),
  check(history, twins) {
    const index = indexOf(history);
    const retried = retriedIn(index);
    return [
      ...retried.flatMap((one) => doubled(index, one)),
      ...retried.flatMap((one) => lost(index, one)),
      ...twins.flatMap((twin) => tornIn(history, twin)),
    ].slice(0, 5);
  },
  witness: (history) => retriedIn(indexOf(history)).length,
  breaks: [
    {
      id: "history-commit-atomic/rest-at-maintain",
      about:
        "commitTurn writes the user entry and the key; the rest waits for maintain on the same instance, which a failed commit never gets.",
      recorded:
        "2026.9: a commit that failed has no maintain after it, and its retry comes on another instance, before that turn's bootstrap.",
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 3,
      wrap: restAtMaintain(),
    },
    {
      id: "history-commit-atomic/key-at-maintain",
      about:
        "The messages are written at once, the key only by the maintain after the commit: when the answer is lost, the retry writes again.",
      bugs: ["lcm-commit-twin"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 3,
      wrap: keyAtMaintain(),
    },
    {
      id: "history-commit-atomic/key-before-content",
      about:
        "The key is written first; a commit whose turn used a tool fails half-way the first time, and its retry is answered duplicate.",
      bugs: ["ov-commit-discards"],
      base: "durable-store",
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 2,
      wrap: keyBeforeContent(),
    },
  ],
});
