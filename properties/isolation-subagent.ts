// Parent and child: what an isolated child may not see of its parent, and a parent not of its child, beyond what the host passes on; nor
// one child of another.
// Also what a rolled-back spawn and a second end notice leave behind: nothing. Foreign families are isolation-session's matter.

import {
  APPLIES,
  defineClause,
  type Finding,
  type History,
  type SessionRef,
  type Step,
  type StepOf,
  type Subject,
} from "../src/define/index.js";
import {
  belongs,
  chosenBy,
  compareTwin,
  domainOf,
  hasOverlap,
  type Index,
  indexOf,
  type LeaveOut,
  leakFinding,
  leftOutFinding,
  plantsOf,
  recallFor,
  type Shown,
  shownAt,
  shownIn,
  skippedIn,
  unsupplied,
  withStep,
} from "../src/judge/index.js";
import { childrenShare, childTellsParent, everySpawnForks, rollbackEmptiesParent } from "./breaks/subagents.js";

const isChild = (session: SessionRef) => session.contextMode !== undefined;

/** A fork begins with what its parent holds, at the latest in its first turn; what the parent hears after that is none of its. */
function inheritsUntil(index: Index, { alias, contextMode }: SessionRef): number {
  if (contextMode !== "fork") return -1;
  return index.turns.find(({ session }) => session.alias === alias)?.end?.i ?? Number.POSITIVE_INFINITY;
}

/** A canary in the view that belongs to the other side of the spawn and was never passed on. */
function leakIn(index: Index, shown: Shown, subject: Subject): string | undefined {
  const me = shown.view.session;
  const inherited = inheritsUntil(index, me);
  const saidAt = (turn: string | undefined) => index.turnById.get(turn ?? "")?.start.i ?? -1;
  const isMine = (session: SessionRef) => session.alias === me.alias;
  const isRelative = (session: SessionRef) =>
    !isMine(session) && (isChild(session) || isChild(me)) && domainOf(index, session) === domainOf(index, me);
  return unsupplied(index, shown, recallFor(subject, me)).find((canary) => {
    const plants = plantsOf(index, canary);
    if (!plants.some((plant) => isRelative(plant.session)) || plants.some((plant) => isMine(plant.session))) return false;
    if (inherited >= 0 && plants.some((plant) => saidAt(plant.turn?.id) <= inherited)) return false;
    return !belongs(index, canary, shownAt(index, shown), isMine);
  });
}

/** What the view should have kept to, and whose text it shows instead. */
function ruleFor(index: Index, me: SessionRef, canary: string): [rule: string, whose: string] {
  if (!isChild(me)) return ["a parent shows no more of a child than the host announced", "of its child"];
  if (plantsOf(index, canary).every(({ session }) => isChild(session)))
    return ["a child shows nothing of another child of its parent", "of another child"];
  return me.contextMode === "fork"
    ? ["a fork shows its parent as it was at the spawn, and nothing the parent heard since", "of its parent"]
    : ["an isolated child shows nothing of its parent but what it was told", "of its parent"];
}

/** A twin that plays one spawn in another way, and what of it is compared. */
interface Variant {
  plan: LeaveOut;
  step: Step;
  level: "must" | "should";
}

/** The same parent turn without any subagent: its tool call failed all the same. */
function asPlainTurn(step: StepOf<"spawn">): Step {
  const tool = { name: "sessions_spawn", calls: 1, ids: "unique" as const, argTokens: 10, resultTokens: 12, isError: true };
  const talk = { reply: "text" as const, replyTokens: 12, tools: [tool], provider: { mode: "scripted" as const, answers: [] } };
  return { id: step.id, at: step.at, kind: "turn", session: step.parent, via: "rpc", text: step.text, ...talk };
}

/** Answers after the hook in question, of every session but the child's. */
function variantOf(index: Index, step: StepOf<"spawn">): Variant | undefined {
  const steps = new Set([step.id]);
  const phase = step.fails ? "spawn-rollback" : "spawn-ended";
  const after = index.calls.findLast(({ event }) => event.step === step.id && event.phase === phase)?.event.i;
  if (after === undefined) return undefined;
  const session = (other: SessionRef) => !isChild(other);
  if (step.fails) {
    const plan = {
      name: `${step.id} without the spawn`,
      steps,
      after,
      session,
      what: `the calls of the spawn rolled back in ${step.id}`,
    };
    return { plan, step: asPlainTurn(step), level: "must" };
  }
  if (!step.endedTwice) return undefined;
  const plan = { name: `${step.id} ended once`, steps, after, session, what: `the second onSubagentEnded of ${step.id}` };
  return { plan, step: { ...step, endedTwice: false }, level: "should" };
}

function chosenVariant(history: History): Variant | undefined {
  if (hasOverlap(history.case)) return undefined;
  const index = indexOf(history);
  const skipped = skippedIn(history);
  const variants = history.case.steps.flatMap((step) => {
    const variant = step.kind === "spawn" && !skipped.has(step.id) ? variantOf(index, step) : undefined;
    const later =
      variant !== undefined && index.views.some((view) => view.at > variant.plan.after && variant.plan.session(view.session));
    return variant !== undefined && later ? [variant] : [];
  });
  return chosenBy(history.case.seed, variants);
}

/** A second notice about the same child that threw. */
function secondEndThrew(index: Index): Finding[] {
  const ended = new Map<string, number>();
  const findings: Finding[] = [];
  for (const call of index.calls) {
    if (call.event.method !== "onSubagentEnded") continue;
    const child = String(call.event.params.childSessionKey);
    const first = ended.get(child);
    if (first === undefined) ended.set(child, call.event.i);
    else if (call.threw?.cause === "engine") {
      findings.push({
        message: `A second onSubagentEnded for the same child in step ${call.event.step} threw.`,
        expected: "nothing: the child has ended already",
        actual: `${call.threw.error.name}: ${call.threw.error.message}`,
        at: call.end,
        blame: [first, call.event.i, call.end],
        level: "should",
      });
    }
  }
  return findings;
}

/** Spawns, rolled back or played, whose parent had content by then. */
function spawnsWithContent(index: Index): number {
  const spawned = index.calls.filter(({ event }) => event.phase === "spawn-prepare" && event.session !== undefined);
  const turns = index.turns.filter((turn) => turn.start.turn.kind === "child");
  const begun = new Map<string, { at: number; session: SessionRef }>();
  for (const { event } of spawned)
    if (event.session !== undefined) begun.set(event.session.alias, { at: event.i, session: event.session });
  for (const turn of turns)
    if (!begun.has(turn.session.alias)) begun.set(turn.session.alias, { at: turn.start.i, session: turn.session });
  return [...begun.values()].filter(({ at, session }) =>
    index.deliveries.some(
      (delivery) =>
        delivery.at < at &&
        delivery.canaries.size > 0 &&
        !isChild(delivery.session) &&
        domainOf(index, delivery.session) === domainOf(index, session),
    ),
  ).length;
}

export default defineClause({
  id: "isolation-subagent",
  title: "An isolated child sees nothing of its parent, and the parent no more of a child than the host announces",
  level: "must",
  who: "engine",
  family: "isolation",
  source: [
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "a child is spawned isolated or as a fork; a failed spawn is rolled back",
    },
    { url: "https://github.com/openclaw/openclaw/issues/81214", says: "isolated children were given inherited context" },
    { url: "https://github.com/caura-ai/caura/pull/942", says: "cleanup of a failed spawn was swallowed" },
  ],
  bugs: ["spawn-light-isolated", "caura-rollback-shape"],
  applies: () => APPLIES,
  twins(theCase, history) {
    const variant = chosenVariant(history);
    return variant === undefined ? [] : [{ name: variant.plan.name, theCase: withStep(theCase, variant.step) }];
  },
  check(history, twins, subject) {
    const index = indexOf(history);
    const findings: Finding[] = [];
    for (const shown of shownIn(index)) {
      const canary = leakIn(index, shown, subject);
      if (canary === undefined) continue;
      findings.push(leakFinding(index, shown, canary, ...ruleFor(index, shown.view.session, canary)));
    }
    const variant = twins.length === 0 ? undefined : chosenVariant(history);
    const twin = variant === undefined ? undefined : twins.find((play) => play.name === variant.plan.name);
    if (variant !== undefined && twin !== undefined) {
      const { difference } = compareTwin(history, twin.history, { session: variant.plan.session, after: variant.plan.after });
      if (difference !== undefined) {
        const finding = leftOutFinding(history, variant.plan, difference);
        findings.push(variant.level === "should" ? { ...finding, level: "should" } : finding);
      }
    }
    return [...findings, ...secondEndThrew(index)];
  },
  witness: (history) => spawnsWithContent(indexOf(history)),
  breaks: [
    {
      id: "isolation-subagent/every-spawn-forks",
      about: "The engine ignores contextMode: every child starts with the newest messages of its parent.",
      bugs: ["spawn-light-isolated"],
      minimalSteps: 1,
      wrap: everySpawnForks(),
    },
    {
      id: "isolation-subagent/fork-follows-parent",
      about:
        "A fork keeps a reference to its parent instead of a copy: it goes on showing what the parent hears after the spawn.",
      recorded: "a fork begins with its parent's context as it was; later turns are addressed to the one or the other",
      minimalSteps: 1,
      wrap: everySpawnForks("forks"),
    },
    {
      id: "isolation-subagent/child-tells-parent",
      about: "When a child ends, what was said in it is filed under its parent, beside the announcement the host makes.",
      recorded: "the host announces a child's reply to the parent in a turn of its own (j1)",
      minimalSteps: 1,
      wrap: childTellsParent(),
    },
    {
      id: "isolation-subagent/children-share",
      about: "All children are stored under one name, as subagents of the agent: the second shows what the first was told.",
      recorded: "each child has a key of its own (j1: agent:main:subagent:<uuid>)",
      minimalSteps: 2,
      wrap: childrenShare(),
    },
    {
      id: "isolation-subagent/rollback-empties-parent",
      about: "The rollback of a failed spawn removes the rows it finds under the parent's key, not those it prepared.",
      recorded: "a failed spawn is rolled back while the parent's turn goes on",
      minimalSteps: 2,
      wrap: rollbackEmptiesParent(),
    },
  ],
});
