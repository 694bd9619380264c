// Judges calls of different sessions that are in flight together: each session has to get what it would get if the steps came one after
// another. What overlaps within one session is race-same-session's.

import {
  type AssembleParams,
  defineClause,
  type Finding,
  type History,
  type Step,
  type StepOf,
  type TwinRequest,
} from "../src/define/index.js";
import { compareTwin, domainOf, firstEventOf, type Index, indexOf, skippedIn } from "../src/judge/index.js";
import { overlapsOrNone, sequential } from "../src/judge/overlaps.js";
import { withMethods } from "./breaks/history-wraps.js";
import { compactWritesAllBack, inOneTransaction } from "./breaks/race-wraps.js";

type Inner = StepOf<"overlap">["steps"][number];

/** Domains of the inner steps of an overlap that no other inner step shares; none where all steps are of one domain. */
function separateIn(index: Index, overlap: StepOf<"overlap">): Set<string> {
  const counts = new Map<string, number>();
  for (const step of overlap.steps) {
    const domains = new Set(
      index.calls.flatMap(({ event }) =>
        event.step === step.id && event.session !== undefined ? [domainOf(index, event.session)] : [],
      ),
    );
    for (const domain of domains) counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count === 1 && counts.size > 1).map(([domain]) => domain));
}

const nameOf = (overlap: Step, order: readonly Inner[]) => `${overlap.id}: ${order.map((step) => step.id).join(" then ")}`;

/** As they are listed, and the other way round. */
const ordersOf = (overlap: StepOf<"overlap">): Inner[][] => [[...overlap.steps], [...overlap.steps].reverse()];

function chosenOverlap(history: History): StepOf<"overlap"> | undefined {
  const index = indexOf(history);
  const skipped = skippedIn(history);
  const usable = overlapsOrNone(history.case).filter((step) => !skipped.has(step.id) && separateIn(index, step).size > 0);
  const likely = usable.filter((step) => wroteMeanwhile(index, step));
  const among = likely.length > 0 ? likely : usable;
  return usable.find((step) => hasThrown(index, step)) ?? among[Math.abs(history.case.seed) % Math.max(1, among.length)];
}

/** A delivery to one session returned while a compaction of another was under way: what compactions write back is the likeliest loss. */
function wroteMeanwhile(index: Index, overlap: StepOf<"overlap">): boolean {
  const inner = new Set(overlap.steps.map(({ id }) => id));
  return index.compactions.some(
    ({ call, session }) =>
      inner.has(call.event.step) &&
      index.deliveries.some(
        (delivery) =>
          delivery.at > call.event.i && delivery.at < call.end && domainOf(index, delivery.session) !== domainOf(index, session),
      ),
  );
}

function isSuspicious(history: History): boolean {
  const overlap = chosenOverlap(history);
  return overlap !== undefined && hasThrown(indexOf(history), overlap);
}

/** A call of one of its steps threw: what an overlap is most likely to change. */
function hasThrown(index: Index, overlap: StepOf<"overlap">): boolean {
  const inner = new Set(overlap.steps.map(({ id }) => id));
  return index.calls.some(({ event, threw }) => threw?.cause === "engine" && inner.has(event.step));
}

function twinsFor(history: History): TwinRequest[] {
  const overlap = chosenOverlap(history);
  if (overlap === undefined) return [];
  return ordersOf(overlap).map((order) => ({ name: nameOf(overlap, order), theCase: sequential(history.case, overlap, order) }));
}

export default defineClause({
  id: "race-sessions",
  title: "Calls of different sessions that overlap in time give what some one-after-another order gives",
  level: "must",
  who: "engine",
  family: "concurrency",
  pair: "race-same-session",
  source: [
    {
      url: "https://github.com/Martian-Engineering/lossless-claw/issues/73",
      says: "sessions that wrote at the same time began transactions within each other's transactions",
    },
    {
      url: "https://github.com/nowledge-co/community/pull/141",
      says: "a flag for all sessions was turned by whichever session came last",
    },
    {
      url: "https://docs.openclaw.ai/concepts/context-engine",
      says: "sessions of a gateway run side by side, each with an engine of its own",
    },
  ],
  bugs: ["lcm-nested-transactions", "nowledge-shared-flag", "lcm-create-race", "clawmem-pragma", "lcm-migration-race"],
  applies: () => ({ applies: true }),
  twins: (_theCase, history) => twinsFor(history),
  suspicious: isSuspicious,
  check(history, twins, subject) {
    const index = indexOf(history);
    const overlap = overlapsOrNone(history.case).find((step) => twins.some((twin) => twin.name.startsWith(`${step.id}: `)));
    if (overlap === undefined) return [];
    const separate = separateIn(index, overlap);
    const starts = overlap.steps.flatMap((step) => firstEventOf(history, step.id) ?? []);
    const scope = {
      session: (session: Parameters<typeof domainOf>[1]) => separate.has(domainOf(index, session)),
      after: Math.min(...starts) - 1,
    };
    const differences = twins.map((twin) => compareTwin(history, twin.history, scope).difference);
    const [first] = differences;
    if (first === undefined || differences.some((difference) => difference === undefined)) return [];
    // What an engine recalls of other sessions depends on what it had heard by then; that it throws does not.
    if (subject.adapter.recall !== undefined && first.call.threw === undefined) return [];
    const found: Finding = {
      message: `${first.call.event.method} in step ${first.call.event.step}, which overlaps with another session's step, differs from every one-after-another order.`,
      expected: `as in ${twins[0]?.name ?? "a sequence"}: ${first.expected}`,
      actual: first.actual,
      at: first.at,
      blame: [...starts, ...first.blame].sort((a, b) => a - b),
    };
    return [found];
  },
  witness(history, twins) {
    const index = indexOf(history);
    const overlap = chosenOverlap(history);
    if (overlap === undefined || twins.length === 0) return 0;
    const separate = separateIn(index, overlap);
    const scope = { session: (session: Parameters<typeof domainOf>[1]) => separate.has(domainOf(index, session)) };
    return Math.min(...twins.map((twin) => compareTwin(history, twin.history, scope).compared));
  },
  breaks: [
    {
      id: "race-sessions/nested-transactions",
      about: "All sessions share one connection; what begins while a transaction of another session is under way fails.",
      bugs: ["lcm-nested-transactions"],
      minimalSteps: 1,
      wrap: inOneTransaction("everything", () => "the connection"),
    },
    {
      id: "race-sessions/compact-writes-all-back",
      about:
        "compact reads the one file of all sessions, waits for its summary and writes the file back: a commit in between is lost.",
      bugs: ["ov-commit-conflict"],
      minimalSteps: 2,
      wrap: compactWritesAllBack,
    },
    {
      id: "race-sessions/current-session",
      about: "assemble notes the current session in a variable of the module and reads it again after waiting for the store.",
      bugs: ["nowledge-shared-flag"],
      minimalSteps: 1,
      wrap: withMethods((engine, { memory }) => ({
        assemble: async (params: AssembleParams) => {
          memory.set("current", params);
          for (let wait = 0; wait < 20; wait++) await Promise.resolve();
          const current = memory.get("current") as AssembleParams;
          return engine.assemble({ ...current, messages: params.messages });
        },
      })),
    },
  ],
});
