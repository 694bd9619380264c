// Plays one saved case against an engine and judges it by every clause that applies, with all their twins. Prints nothing.

import {
  type Case,
  type Clause,
  type ClauseVerdict,
  CtxspecError,
  EXIT,
  type Finding,
  type History,
  type Level,
} from "../define/index.js";
import { InProcessCrew } from "./in-process.js";
import { type CertifyOptions, DEFAULT_MEMORY_MB, IN_PROCESS, limitsOf } from "./options.js";
import type { Parts } from "./parts.js";
import type { Description, EngineSource, Played } from "./protocol.js";
import { selfDescribed, subjectUnder } from "./report.js";
import { isAlone, settleIn } from "./residence.js";
import { withoutScratchPaths } from "./scratch-paths.js";
import { selectClauses } from "./selection.js";
import { WorkerCrew } from "./supervisor.js";
import { given, isLost, judgeLoss, taskOf } from "./tasks.js";
import { clauseVerdict } from "./verdict.js";

export type ReplayOptions = Pick<
  CertifyOptions,
  "engine" | "engineId" | "cwd" | "only" | "skip" | "strict" | "workers" | "callTimeoutMs" | "nodePath" | "memoryMb"
>;

export interface ReplayViolation {
  clause: Clause;
  /** The level at which it counts. */
  level: Level;
  verdict: Extract<ClauseVerdict, "violated" | "excused">;
  finding: Finding;
}

export interface Replay {
  theCase: Case;
  /** Ends early, with a throw event, where the engine's process was lost. */
  history: History;
  engine: Pick<Description, "id" | "name" | "version">;
  violations: ReplayViolation[];
  /** Clause id → why nothing can be concluded: the engine differed from itself. */
  unstable: Record<string, string>;
  /** 1 when a violation counts, else 0. */
  exitCode: number;
}

/** Throws CtxspecError: wrong usage, an engine that cannot be loaded, a fault of ctxspec. */
export async function replayWith(parts: Parts, theCase: Case, options: ReplayOptions): Promise<Replay> {
  const limits = limitsOf(options.callTimeoutMs);
  const clauses = selectClauses(await parts.clauses(), options.only, options.skip);
  const spec = typeof options.engine === "string" ? options.engine : IN_PROCESS;
  const id = options.engineId === undefined ? {} : { engineId: options.engineId };
  const source: EngineSource = { kind: "engine", spec, cwd: options.cwd ?? process.cwd(), ...id };
  const node = options.nodePath === undefined ? {} : { nodePath: options.nodePath };
  const inProcess = typeof options.engine !== "string" || options.workers === 0;
  const crew = inProcess
    ? new InProcessCrew(parts)
    : new WorkerCrew({ workers: 1, memoryMb: options.memoryMb ?? DEFAULT_MEMORY_MB, ...node });
  try {
    const description = await crew.describe(source);
    const ids = clauses.map((clause) => clause.id);
    const playedIn = async (place: EngineSource): Promise<Replay> => {
      const wish = { target: given(theCase), clauses: ids, twins: "all", answer: "history", trace: true } as const;
      const task = taskOf({ source: place, limits }, wish);
      const outcome = await crew.run(task, "probe");
      const played = isLost(outcome) ? await judgeLoss(crew, task, outcome, theCase, "probe") : outcome;
      return understood(theCase, clauses, description, played, isLost(outcome), options.strict === true);
    };
    const replay = await playedIn(source);
    if (replay.violations.length === 0 && Object.keys(replay.unstable).length === 0) return replay;
    const place = await settleIn(crew, { source, limits }, description, theCase.host);
    return isAlone(place) ? await playedIn(place) : replay;
  } finally {
    await crew.close();
  }
}

function understood(
  theCase: Case,
  clauses: Clause[],
  description: Description,
  played: Played,
  lost: boolean,
  strict: boolean,
): Replay {
  const subject = subjectUnder(description, theCase.host);
  const violations: ReplayViolation[] = [];
  const unstable: Record<string, string> = {};
  for (const clause of clauses) {
    const said = played.judged.find((one) => one.clause === clause.id);
    if (said?.unstable !== undefined) unstable[clause.id] = said.unstable;
    const finding = (said?.findings.find((one) => one.level === undefined) ?? said?.findings[0]) as Finding | undefined;
    if (finding === undefined) continue;
    if (clause.who === "host") {
      if (lost) continue;
      throw new CtxspecError(
        "internal",
        `the simulated host violated ${clause.id}: ${finding.message}`,
        "This is a fault of ctxspec, not of the engine. Please report it with the case.",
      );
    }
    const judged = clauseVerdict({
      id: clause.id,
      level: clause.level,
      unclaimed: clause.unclaimed ?? "not-applicable",
      host: theCase.host,
      applies: clause.applies(subject, played.facts),
      claims: subject.claims,
      excuses: subject.adapter.excuses ?? [],
      witnessed: said?.witness ?? 0,
      cases: 1,
      violated: finding.level === "should" ? { should: "confirmed" } : { own: "confirmed" },
    });
    if (judged.verdict === "violated" || judged.verdict === "excused")
      violations.push({ clause, level: judged.level, verdict: judged.verdict, finding: withoutScratchPaths(finding) });
  }
  const counts = violations.some(({ verdict, level }) => verdict === "violated" && (strict || level !== "should"));
  const { id, name, version } = selfDescribed(description);
  return {
    theCase,
    history: withoutScratchPaths(played.history ?? { case: theCase, events: [], probes: [] }) as unknown as History,
    engine: { id, name, version },
    violations,
    unstable,
    exitCode: counts ? EXIT.violates : EXIT.conforms,
  };
}
