// How good this version is at finding faults, as a certificate tells it: the kill rate of the kept kill matrix, if it is of the breaks there are.

import type { Clause, DetectionPower } from "../define/index.js";
import { type KillMatrix, readKillMatrix } from "./kill-matrix.js";

const unmeasured = (reason: string): DetectionPower => ({ measured: false, reason });

/** `matrix`: undefined where none is kept. `judged`: ids of the clauses that were judged; breaks of others say nothing about such a run. */
export function detectionPowerOf(
  matrix: KillMatrix | undefined,
  all: readonly Clause[],
  judged: ReadonlySet<string> = new Set(all.map(({ id }) => id)),
): DetectionPower {
  if (matrix === undefined) return unmeasured("not measured: no kill matrix is kept with this version");
  const there = all.flatMap((clause) => clause.breaks.map((one) => one.id)).sort();
  const measured = matrix.breaks.map((one) => one.id).sort();
  if (there.join() !== measured.join()) return unmeasured("not measured: the kill matrix that is kept is of other breaks");
  const aimed = matrix.breaks.filter((one) => judged.has(one.id.split("/")[0] ?? ""));
  const killed = aimed.filter((one) => one.cases !== undefined).length;
  const breaks = aimed.length;
  const { accused, seed, engines } = matrix;
  return {
    measured: true,
    breaks,
    killed,
    killRate: killed / Math.max(1, breaks),
    conformingEngines: engines.length,
    accused,
    seed,
  };
}

/** A matrix that cannot be read is none: a certificate does not fail by it, but says so. */
export function detectionPower(all: readonly Clause[], judged?: ReadonlySet<string>, read = readKillMatrix): DetectionPower {
  try {
    return detectionPowerOf(read(), all, judged);
  } catch (cause) {
    return unmeasured(
      `not measured: the kill matrix that is kept cannot be read (${cause instanceof Error ? cause.message : ""})`,
    );
  }
}

export function detectionWords(power: DetectionPower): string {
  if (!power.measured) return power.reason;
  const { killed, breaks, killRate, accused, conformingEngines } = power;
  const accusations = accused === 0 ? "none accused" : `${accused} accusations`;
  return `${killed} of ${breaks} deliberate faults against the clauses judged are found (${(killRate * 100).toFixed(1)}%); of ${conformingEngines} conforming engines ${accusations}`;
}
