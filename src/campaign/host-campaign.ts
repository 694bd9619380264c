// The cases of one profile: handed out several at a time, absorbed in their order. Knows nothing of other profiles, shrinking or verdicts.
// A violated host clause is a fault of ctxspec and ends the run before any finding of that case is used.

import { type Case, type Clause, CtxspecError, type Facts, type ProfileId } from "../define/index.js";
import type { Crew } from "./crew.js";
import { inOrder } from "./ordered.js";
import type { Parts } from "./parts.js";
import { inShard, type Shard } from "./preset.js";
import type { Outcome, Played, Task } from "./protocol.js";
import type { ShardLedger } from "./shard-ledger.js";
import { type Candidate, type CaseName, HostTally, type How, labelOf, PLAYED_ONCE } from "./tally.js";
import { campaignTwins, countLoss, generated, given, isLost, judgeLoss, type TaskBase, taskOf } from "./tasks.js";

export interface HostPlan extends TaskBase {
  host: ProfileId;
  seed: number;
  cases: number;
  shard?: Shard | undefined;
  clauses: Clause[];
  extraCases: { n: number; theCase: Case }[];
  /** Looked at before each case. */
  stopped(): boolean;
  /** Resolves when cases under way are given up. */
  abandoned?: Promise<void> | undefined;
  /** Told every case as well; with a shard only. */
  ledger?: ShardLedger | undefined;
  onCase?(done: number, tally: HostTally): void;
  /** The first of its clause and level; `facts` as counted so far. */
  onViolation?(clause: string, candidate: Candidate, facts: Facts): void;
}

/** Lost processes of a profile that are looked into at once, so that clauses closer to the matter than the loss itself get their say. */
export const LOSSES_TRACED = 3;

export async function runHost(crew: Crew, parts: Pick<Parts, "caseFor">, plan: HostPlan): Promise<HostTally> {
  const tally = new HostTally(plan.host);
  const names = namesOf(plan);
  const clauses = plan.clauses.map((clause) => clause.id);
  let done = 0;
  let losses = 0;
  const tasks = new Map<number, { name: CaseName; task: Task }>();
  const run = inOrder<Outcome>({
    appetite: crew.appetite,
    stopped: plan.stopped,
    abandoned: plan.abandoned,
    done: () => {
      done += 1;
      plan.onCase?.(done, tally);
    },
    start: (n) => {
      const next = names.next();
      if (next.done === true) return undefined;
      const name = next.value;
      const target = name.kind === "k" ? generated(plan.host, plan.seed, name.k) : given(caseOf(parts, plan, name));
      const twins = name.kind === "k" ? campaignTwins(plan.host, name.k) : { twins: "all" as const };
      const task = taskOf(plan, { target, clauses, ...twins });
      tasks.set(n, { name, task });
      return crew.run(task, "campaign");
    },
  });
  for await (const { n, answer } of run) {
    const asked = tasks.get(n);
    tasks.delete(n);
    if (asked === undefined) continue;
    const { name, task } = asked;
    const { played, how, counted } = isLost(answer)
      ? await understood(crew, task, answer, caseOf(parts, plan, name), ++losses <= LOSSES_TRACED)
      : { ...ordinary(answer), counted: undefined };
    // A history that ends in a lost process is cut short and partly made up: it says nothing about the host.
    if (!how.lost) refuseHostFaults(plan, name, played);
    plan.ledger?.add(name, played, how, counted);
    for (const { clause, candidate } of tally.add(name, played, how)) plan.onViolation?.(clause, candidate, tally.facts);
  }
  return tally;
}

function ordinary(played: Played): { played: Played; how: How } {
  return { played, how: { ...PLAYED_ONCE, ...(played.fixed === undefined ? {} : { theCase: played.fixed }) } };
}

function* namesOf(plan: HostPlan): Generator<CaseName> {
  for (const { n } of plan.extraCases) yield { kind: "extra", n };
  for (let k = 0; k < plan.cases; k++) if (inShard(k, plan.shard)) yield { kind: "k", k };
}

function caseOf(parts: Pick<Parts, "caseFor">, plan: HostPlan, name: CaseName): Case {
  if (name.kind === "k") return parts.caseFor(plan.seed, name.k, plan.host);
  const extra = plan.extraCases.find(({ n }) => n === name.n);
  if (extra === undefined) throw new Error(`no extra case ${name.n}`);
  return extra.theCase;
}

/**
 * The first losses are played again with a trace; a case that then passes keeps its loss as a violation that has to prove itself.
 * `counted`: what such a case would have counted as later in the run.
 */
async function understood(
  crew: Crew,
  task: Task,
  lost: Extract<Outcome, { kind: "lost" }>,
  planned: Case,
  closely: boolean,
): Promise<{ played: Played; how: How; counted: Played | undefined }> {
  const counted = countLoss(lost, planned);
  const how = { lost: true, reproduced: false };
  if (!closely) return { played: counted, how, counted: undefined };
  const traced = { ...task, trace: true };
  const again = await crew.run(traced, "probe");
  if (!isLost(again)) return { played: { ...again, judged: [...again.judged, ...counted.judged] }, how, counted };
  const { theCase, ...played } = await judgeLoss(crew, traced, again, planned, "probe");
  return { played, how: { lost: true, reproduced: true, theCase }, counted };
}

function refuseHostFaults(plan: HostPlan, name: CaseName, played: Played): void {
  for (const clause of plan.clauses) {
    if (clause.who !== "host") continue;
    const finding = played.judged.find((said) => said.clause === clause.id)?.findings[0];
    if (finding === undefined) continue;
    throw new CtxspecError(
      "internal",
      `the simulated host violated ${clause.id} in case ${labelOf(name)} under ${plan.host} (seed ${plan.seed}): ${finding.message}`,
      "This is a fault of ctxspec, not of the engine; nothing was concluded about the engine. Please report it with the seed.",
      `expected ${finding.expected}; actual ${finding.actual}`,
    );
  }
}
