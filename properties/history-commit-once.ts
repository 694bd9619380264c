// An advancement key is answered `committed` once and `duplicate` ever after, and a committed turn is really there.
// Heartbeats are left out: an engine may drop them. What a failed commit leaves behind is history-commit-atomic.

import {
  APPLIES,
  type Case,
  type CommitTurnParams,
  defineClause,
  type Finding,
  type History,
  notApplicable,
} from "../src/define/index.js";
import { plural } from "../src/define/plural.js";
import { chainOf } from "../src/judge/history-chain.js";
import { commitsOf, isAcknowledged, movedOn } from "../src/judge/history-commits.js";
import { dueIn } from "../src/judge/history-newest.js";
import { isShown } from "../src/judge/history-shown.js";
import { probeDifference, withoutStep } from "../src/judge/history-twin.js";
import {
  compareTwin,
  type Delivery,
  type Index,
  indexOf,
  lastEventOf,
  nameOf,
  skippedIn,
  withoutSteps,
} from "../src/judge/index.js";
import { fingerprint, sessionName, withMethods } from "./breaks/history-wraps.js";

const MOST_TWINS = 2;

/** A killed process may lose what it acknowledged, unless the engine claims history-crash. */
function answers(index: Index, survivesKills: boolean): Finding[] {
  const findings: Finding[] = [];
  for (const { calls, unanswered } of commitsOf(index)) {
    const [first, ...later] = calls;
    if (first === undefined || first.heartbeat || first.flagged) continue;
    const isNew = !unanswered.some((at) => at < first.call.event.i);
    if (isNew && first.outcome === "returned" && first.status === "duplicate")
      findings.push(wrongAnswer(index, "committed", first, first));
    const known = calls.find(isAcknowledged);
    if (known === undefined) continue;
    const excused = (to: number) =>
      movedOn(index, known.session, known.at, to) ||
      (!survivesKills && index.notes.some((note) => note.what === "killed" && note.i > known.at && note.i < to));
    const forgotten = later.find((one) => one.status === "committed" && one.at > known.at && !excused(one.at));
    if (forgotten !== undefined) findings.push(wrongAnswer(index, "duplicate", known, forgotten));
  }
  return findings;
}

function wrongAnswer(index: Index, expected: "committed" | "duplicate", known: Delivery, delivery: Delivery): Finding {
  const restart = index.notes.find(
    (note) => (note.what === "restart" || note.what === "killed") && note.i > known.at && note.i < delivery.at,
  );
  const since = restart === undefined ? "" : ", with a restart in between";
  const told =
    expected === "committed"
      ? `The first commit of step ${delivery.turn.id} was answered duplicate, although its advancement key was never sent before: the turn is taken for an older one.`
      : `The advancement key of step ${delivery.turn.id} was committed${since}, and when it came again it was answered committed instead of duplicate.`;
  return {
    message: `${told} Session: ${nameOf(delivery.session)}.`,
    expected: `{ status: "${expected}" }`,
    actual: `{ status: "${delivery.status}" }`,
    at: delivery.at,
    blame: chainOf(known.call.event.i, known.at, restart?.i ?? -1, delivery.call.event.i, delivery.at),
  };
}

function invisible(index: Index): Finding[] {
  return dueIn(index)
    .filter((demand) => !isShown(index, demand.view, demand.said, demand.turn.start.i))
    .flatMap(({ turn, view, deliveries }) => {
      const commit = deliveries.find((delivery) => delivery.status !== undefined && !delivery.flagged);
      if (commit === undefined) return [];
      return [
        {
          message: `commitTurn answered ${commit.status} for step ${turn.id}, but the next view of ${nameOf(view.session)} has neither its user text nor its reply.`,
          expected: `the turn that was committed under ${commit.advancementKey ?? "its key"}, with a budget of ${view.tokenBudget ?? "unlimited"} tokens`,
          actual: `${plural(view.messages.length, "message")}, none of them from step ${turn.id}`,
          at: view.at,
          blame: chainOf(commit.call.event.i, commit.at, view.call.event.i, view.at),
        },
      ];
    });
}

/** Repeats of commits that were really played, heartbeats left out. */
function repeatsOf(theCase: Case, history: History): string[] {
  const index = indexOf(history);
  const skipped = skippedIn(history);
  const repeated = new Set(
    index.deliveries.filter((one) => one.kind === "repeat" && !one.heartbeat && !one.flagged).map((one) => one.call.event.step),
  );
  return theCase.steps
    .filter((step) => step.kind === "repeat" && !skipped.has(step.id) && repeated.has(step.id))
    .map((step) => step.id);
}

/** A repeat of what was never acknowledged, or was acknowledged by a process that was killed since, is no repeat to the engine. */
function changedBy(history: History, twin: { name: string; history: History }, survivesKills: boolean): Finding[] {
  const step = twin.name.replace(/^without /, "");
  const index = indexOf(history);
  const repeat = index.deliveries.find((delivery) => delivery.call.event.step === step);
  const first = index.deliveries.findLast(
    (one) => one.advancementKey === repeat?.advancementKey && isAcknowledged(one) && one.at < (repeat?.call.event.i ?? -1),
  );
  if (repeat === undefined || first === undefined || movedOn(index, repeat.session, first.at, repeat.at)) return [];
  const isKill = (note: { what: string; i: number }) => note.what === "killed" && note.i > first.at && note.i < repeat.at;
  if (!survivesKills && index.notes.some(isKill)) return [];
  const { difference } = compareTwin(withoutStep(history, step), twin.history, {
    session: () => true,
    after: lastEventOf(history, step) ?? -1,
  });
  const probe = difference === undefined ? probeDifference(history, twin.history, step, repeat) : undefined;
  if (difference === undefined && probe === undefined) return [];
  const where = difference === undefined ? "on a fresh look after the case" : `in step ${difference.call.event.step}`;
  return [
    {
      message: `The repeated commit of step ${repeat.turn.id} (step ${step}) changed what the engine answers afterwards ${where}.`,
      expected: `the same answer as without the repeat: ${difference?.expected ?? probe?.expected ?? ""}`,
      actual: difference?.actual ?? probe?.actual ?? "",
      at: difference?.at ?? repeat.at,
      blame: chainOf(first.call.event.i, repeat.call.event.i, repeat.at, ...(difference?.blame ?? [])),
    },
  ];
}

export default defineClause({
  id: "history-commit-once",
  title: "A new advancement key is committed and its turn is there; a known key is a duplicate and changes nothing",
  level: "must",
  who: "engine",
  family: "history",
  pair: "history-commit-atomic",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "commitTurn is an idempotent write keyed by advancementKey: committed for a new key, duplicate for one that was written before.",
    },
    {
      url: "https://github.com/volcengine/OpenViking/issues/4850",
      says: "Under the durable contract commitTurn is the only delivery: an engine that merely acknowledges it stores nothing.",
    },
  ],
  bugs: ["lcm-commit-twin", "ov-commit-discards", "commit-coordinates"],
  applies: ({ profile }) =>
    profile.lifecycle === "durable" ? APPLIES : notApplicable("classic hosts have no commitTurn: durable hosts only"),
  twins: (theCase, history) =>
    repeatsOf(theCase, history)
      .slice(0, MOST_TWINS)
      .map((id) => ({ name: `without ${id}`, theCase: withoutSteps(theCase, new Set([id])) })),
  check(history, twins, { claims }) {
    const index = indexOf(history);
    return [
      ...answers(index, claims.includes("history-crash")),
      ...invisible(index),
      ...twins.flatMap((twin) => changedBy(history, twin, claims.includes("history-crash"))),
    ].slice(0, 5);
  },
  witness(history) {
    const index = indexOf(history);
    let repeated = 0;
    for (const { calls } of commitsOf(index)) if (calls.length > 1 && calls[0]?.heartbeat === false) repeated += calls.length - 1;
    return repeated;
  },
  breaks: [
    {
      id: "history-commit-once/keys-in-memory",
      about: "The keys already committed are kept in process memory only: after a restart a known key is answered committed.",
      bugs: ["ov-commit-discards"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 3,
      wrap: withMethods((engine, { memory }) => ({
        commitTurn: async (params: CommitTurnParams) => {
          const known = memory.has(params.advancementKey);
          memory.set(params.advancementKey, true);
          await engine.commitTurn?.(params);
          return { status: known ? "duplicate" : "committed" };
        },
      })),
    },
    {
      id: "history-commit-once/only-acknowledges",
      about: "commitTurn answers committed and stores nothing, because the engine expects afterTurn, which no longer comes.",
      bugs: ["ov-commit-discards"],
      base: "durable-store",
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 3,
      wrap: withMethods((_engine, { disk }) => ({
        commitTurn: async (params: CommitTurnParams) => {
          const known = disk.read(params.advancementKey, false);
          disk.write(params.advancementKey, true);
          return { status: known ? "duplicate" : "committed" };
        },
      })),
    },
    {
      id: "history-commit-once/no-idempotency",
      about: "Every commit is answered committed: the key is not looked at, the messages are recognised by their text.",
      bugs: ["lcm-commit-twin"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 3,
      wrap: withMethods((engine) => ({
        commitTurn: async (params: CommitTurnParams) => {
          await engine.commitTurn?.(params);
          return { status: "committed" };
        },
      })),
    },
    {
      id: "history-commit-once/text-as-key",
      about:
        "The user text of a session serves as key: a user who says the same thing twice is answered duplicate, and the turn is lost.",
      bugs: ["commit-coordinates"],
      hosts: ["openclaw-2026.9", "heartbeat-run-durable"],
      minimalSteps: 2,
      wrap: withMethods((engine, { disk }) => ({
        commitTurn: async (params: CommitTurnParams) => {
          const [first] = params.messages;
          const name = `said ${sessionName(params)} ${first === undefined ? "" : fingerprint(first)}`;
          const key = disk.read(name, params.advancementKey);
          disk.write(name, key);
          return key === params.advancementKey ? engine.commitTurn?.(params) : { status: "duplicate" };
        },
      })),
    },
  ],
});
