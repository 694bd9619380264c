// Makes the tasks a campaign hands out, and knows what a lost process means for one: played again with a trace, rebuilt, judged.

import type { Case, ProfileId } from "../define/index.js";
import { clausesAimedAt } from "../generate/index.js";
import type { Crew, Priority } from "./crew.js";
import { LOSS_CLAUSE, lossFinding, lostCase, rebuiltHistory } from "./lost.js";
import type { PlayLimits } from "./parts.js";
import type { EngineSource, Lost, Outcome, Played, Target, Task, TwinPlan } from "./protocol.js";

export interface TaskBase {
  source: EngineSource;
  limits: PlayLimits;
}

export interface TaskWish {
  target: Target;
  clauses: string[];
  twins: TwinPlan;
  twinsOf?: string[];
  answer?: Task["answer"];
  trace?: boolean;
  again?: boolean;
  limits?: PlayLimits;
}

export function taskOf(base: TaskBase, wish: TaskWish): Task {
  return {
    source: base.source,
    target: wish.target,
    clauses: wish.clauses,
    twins: wish.twins,
    twinsOf: wish.twinsOf ?? [],
    ...(wish.limits ?? base.limits),
    answer: wish.answer ?? "brief",
    trace: wish.trace ?? false,
    again: wish.again ?? false,
  };
}

export function generated(host: ProfileId, seed: number, k: number): Target {
  return { kind: "generated", host, seed, k };
}

/** The twins that case `k` of a campaign gets: those of the clauses it is aimed at; otherwise of one clause, in turn. */
export function campaignTwins(host: ProfileId, k: number): Pick<TaskWish, "twins" | "twinsOf"> {
  return { twins: "rotate", twinsOf: [...clausesAimedAt(k, host)] };
}

export function given(theCase: Case): Target {
  return { kind: "given", theCase };
}

/** A lost process as an outcome that counts like any other: what the clauses say of the rebuilt history, and LOSS_CLAUSE in any case. */
export async function judgeLoss(
  crew: Crew,
  task: Task,
  lost: Lost,
  planned: Case,
  priority: Priority,
): Promise<Played & { theCase: Case }> {
  const history = rebuiltHistory(lost, planned);
  const target: Target = {
    kind: "history",
    theCase: history.case,
    events: history.events as unknown as NonNullable<Lost["events"]>,
  };
  const clauses = task.clauses.includes(LOSS_CLAUSE) ? task.clauses : [...task.clauses, LOSS_CLAUSE];
  const outcome = await crew.run(
    { ...task, target, clauses, twins: "none", twinsOf: [], answer: "brief", trace: false },
    priority,
  );
  const played: Played = outcome.kind === "played" ? outcome : unjudged(planned);
  const judged = played.judged.filter((said) => said.clause !== LOSS_CLAUSE);
  const said = played.judged.find((one) => one.clause === LOSS_CLAUSE);
  const findings = said !== undefined && said.findings.length > 0 ? said.findings : [lossFinding(lost, history)];
  judged.push({ clause: LOSS_CLAUSE, witness: Math.max(1, said?.witness ?? 0), findings });
  const answer = task.answer === "history" ? { history: history as unknown as NonNullable<Played["history"]> } : {};
  const output = lost.output.trim() === "" ? {} : { output: lost.output };
  return { ...played, judged, ...answer, ...output, theCase: lostCase(lost, planned) };
}

/** A loss that is only counted, without looking closer. */
export function countLoss(lost: Lost, planned: Case): Played {
  const finding = lossFinding(lost, rebuiltHistory(lost, planned));
  return { ...unjudged(planned), judged: [{ clause: LOSS_CLAUSE, witness: 1, findings: [finding] }] };
}

function unjudged(planned: Case): Played {
  return { kind: "played", steps: planned.steps.length, engineCalls: 0, facts: {}, judged: [], skipped: [] };
}

export function isLost(outcome: Outcome): outcome is Lost {
  return outcome.kind === "lost";
}
