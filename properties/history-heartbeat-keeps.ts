// A heartbeat tick takes nothing away from what a user said and was told. Isolated ticks: by a twin without the tick. Shared ticks: what left
// the view is no more than what entered it, so that windows are not accused, and the twin without the tick still has it. That a tick adds nothing either is isolation-heartbeat-inert.

import { APPLIES, type Case, defineClause, type Finding, type History, type TwinPlay } from "../src/define/index.js";
import { carriedBetween, chainOf } from "../src/judge/history-chain.js";
import { type AroundTick, aroundTicks, isExcessive } from "../src/judge/history-tick.js";
import { counterpart } from "../src/judge/history-twin.js";
import {
  compareTwin,
  firstEventOf,
  type Index,
  indexOf,
  laneOf,
  lastEventOf,
  nameOf,
  originName,
  skippedIn,
  type TwinComparison,
  withoutSteps,
} from "../src/judge/index.js";
import { hidingAfterTick, pruning } from "./breaks/history-prune.js";

const MOST_TWINS = 2;

/** Isolated ticks that were played and after which another session is looked at. */
function ticksOf(theCase: Case, history: History): string[] {
  const skipped = skippedIn(history);
  const last = new Map<string, number>();
  for (const view of indexOf(history).views) last.set(laneOf(view.session), view.call.event.i);
  const isFollowed = (lane: string, end: number) => [...last].some(([other, at]) => other !== lane && at > end);
  return theCase.steps.flatMap((step) => {
    if (step.kind !== "tick" || !step.isolated || skipped.has(step.id)) return [];
    const end = lastEventOf(history, step.id);
    return end !== undefined && isFollowed(step.lane, end) ? [step.id] : [];
  });
}

function compare(history: History, twin: TwinPlay): { id: string; comparison: TwinComparison } {
  const step = history.case.steps.find((one) => `without ${one.id}` === twin.name);
  const id = step?.id ?? "";
  const lane = step?.kind === "tick" && step.isolated ? step.lane : "";
  const comparison = compareTwin(history, twin.history, {
    session: (session) => laneOf(session) !== lane,
    after: lastEventOf(history, id) ?? -1,
  });
  return { id, comparison };
}

function isIsolatedTick(history: History, id: string): boolean {
  return history.case.steps.some((step) => step.id === id && step.kind === "tick" && step.isolated);
}

function isolated(history: History, twin: TwinPlay): Finding[] {
  const { id, comparison } = compare(history, twin);
  if (!isIsolatedTick(history, id)) return [];
  const index = indexOf(history);
  const view = index.views.find((one) => one.at === comparison.difference?.at);
  const other = view === undefined ? undefined : counterpart(view, indexOf(twin.history));
  if (view === undefined || other === undefined) return [];
  const gone = [...other.canaries].filter((canary) => isUserTurn(index, canary) && !view.canaries.has(canary));
  const [canary] = gone;
  if (canary === undefined) return [];
  const tick = firstEventOf(history, id) ?? view.at;
  const source = index.deliveries.find((one) => one.canaries.has(canary))?.call.event.i ?? -1;
  return [
    {
      message: `The isolated tick ${id} took ${gone.length} user-turn texts out of the view of ${nameOf(view.session)} in step ${view.turn?.id ?? "?"}, among them ${canary}, ${originName(index, canary)}.`,
      expected: "the view that the same case gives without the tick",
      actual: `${canary} is missing`,
      at: view.at,
      blame: chainOf(source, tick, ...compactionsOf(index, id), view.call.event.i, view.at),
    },
  ];
}

const compactionsOf = (index: Index, step: string): number[] =>
  index.compactions.filter(({ call }) => call.event.step === step).map(({ call }) => call.event.i);

function isUserTurn(index: Index, canary: string): boolean {
  const plant = index.planted.get(canary);
  return plant?.turn?.kind === "ordinary" && (plant.part === "user" || plant.part === "reply");
}

/** Shared ticks around which more left the view than entered it. Whether the tick is to blame, only the twin without it can say. */
function suspectsIn(history: History): AroundTick[] {
  const index = indexOf(history);
  const steps = new Set(history.case.steps.filter((step) => step.kind === "tick").map((step) => step.id));
  return aroundTicks(index).filter((around) => steps.has(around.tick.id) && isExcessive(index, around));
}

/** What left the view and is still there, in the view of the same step, when the tick is left out. */
function takenBy({ left, after }: AroundTick, twin: TwinPlay): string[] {
  const other = indexOf(twin.history).views.find(
    (view) =>
      view.call.event.step === after.call.event.step &&
      view.turn?.id === after.turn?.id &&
      view.turn?.attempt === after.turn?.attempt &&
      view.call.event.phase === after.call.event.phase,
  );
  return left.filter((canary) => other?.canaries.has(canary) === true);
}

function shared(history: History, around: AroundTick, twins: TwinPlay[]): Finding[] {
  const index = indexOf(history);
  const { tick, before, after, left, entered } = around;
  const twin = twins.find(({ name }) => name === `without ${tick.id}`);
  const [canary] = twin === undefined ? [] : takenBy(around, twin);
  if (canary === undefined) return [];
  const source = index.deliveries.find((one) => one.canaries.has(canary))?.call.event.i ?? -1;
  const carried = carriedBetween(index, after.session, before.at, after.call.event.i);
  return [
    {
      message: `The shared tick ${tick.id} took ${left.length} user-turn messages out of the view of ${nameOf(after.session)}, among them ${canary}, ${originName(index, canary)}.`,
      expected: `at most ${entered.length} gone: no more than entered the view since step ${before.turn?.id ?? "?"}; without the tick ${canary} is still there`,
      actual: `${left.length} gone, ${entered.length} entered`,
      at: after.at,
      blame: chainOf(
        source,
        before.at,
        ...tick.deliveries.map((one) => one.call.event.i),
        ...carried,
        after.call.event.i,
        after.at,
      ),
    },
  ];
}

export default defineClause({
  id: "history-heartbeat-keeps",
  title: "A heartbeat tick never takes away what a user turn delivered",
  level: "must",
  who: "engine",
  family: "history",
  pair: "isolation-heartbeat-inert",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/75",
      says: "Pruning a heartbeat's silent acknowledgement must not take real conversation or tool findings with it.",
    },
    {
      url: "https://github.com/openclaw/openclaw/pull/58447",
      says: "A heartbeat that overflows must not archive or reset the user's session.",
    },
  ],
  bugs: ["lcm-prune-hb-tools", "hb-transcript-truncate", "hb-overflow-resets-user", "hb-compaction-loop"],
  applies: () => APPLIES,
  suspicious: (history) => suspectsIn(history).length > 0,
  twins: (theCase, history) =>
    [...suspectsIn(history).map((around) => around.tick.id), ...ticksOf(theCase, history)]
      .slice(0, MOST_TWINS)
      .map((id) => ({ name: `without ${id}`, theCase: withoutSteps(theCase, new Set([id])) })),
  check: (history, twins, subject) =>
    [
      ...suspectsIn(history).flatMap((around) => shared(history, around, twins)),
      // What an engine recalls in one session may give way to what it hears in another.
      ...(subject.adapter.recall === undefined ? twins.flatMap((twin) => isolated(history, twin)) : []),
    ].slice(0, 3),
  witness: (history, twins) =>
    aroundTicks(indexOf(history)).length +
    twins.reduce((sum, twin) => {
      const { id, comparison } = compare(history, twin);
      return sum + (isIsolatedTick(history, id) ? comparison.views : 0);
    }, 0),
  breaks: [
    {
      id: "history-heartbeat-keeps/prunes-user-turn",
      about:
        "When a heartbeat is delivered, everything from it back to the previous user message is pruned, that message's turn included.",
      bugs: ["lcm-prune-hb-tools", "hb-transcript-truncate"],
      minimalSteps: 4,
      wrap: pruning(),
    },
    {
      id: "history-heartbeat-keeps/overflow-resets-user",
      about: "A compaction asked for in a heartbeat's run archives the user's session: later views begin after it.",
      bugs: ["hb-overflow-resets-user", "hb-compaction-loop"],
      minimalSteps: 3,
      wrap: hidingAfterTick(),
    },
    {
      id: "history-heartbeat-keeps/overlay-prunes",
      about: "An overlay that hides heartbeats from the host's history hides the user turn before each of them as well.",
      bugs: ["lcm-prune-hb-tools"],
      base: "overlay",
      minimalSteps: 3,
      wrap: pruning(),
    },
  ],
});
