// Kills: when the process of the engine (and with it the gateway) ends in the middle of a case. The host's stores survive on disk; what
// was in memory does not. A call that a kill cut off has no answer in the history, only the note that follows it.

import { type EngineProcess, ProcessGone, type Step, type StepOf } from "../define/index.js";

type CallPoint = Extract<StepOf<"kill">["point"], { where: "call" }>;

/** Unwinds the step being played. */
export class Killed extends Error {
  override readonly name = "Killed";
  constructor(
    readonly call: number | undefined,
    readonly method: string,
    readonly moment: string,
    /** False when the engine ended its process by itself. */
    readonly injected: boolean,
  ) {
    super(`the process ended at ${method} (${moment})`);
  }
}

export class Kills {
  private readonly points: { id: string; point: CallPoint; used: boolean }[] = [];
  private counts = new Map<string, number>();
  /** A kill by elapsed time is on its way. */
  private striking = false;

  constructor(
    steps: readonly Step[],
    public process: EngineProcess,
  ) {
    for (const step of steps)
      if (step.kind === "kill" && step.point.where === "call") this.points.push({ id: step.id, point: step.point, used: false });
  }

  /** A call is about to be made: what happens to it. */
  fate(step: string, method: string): CallPoint["when"] | undefined {
    const name = `${step}/${method}`;
    const nth = (this.counts.get(name) ?? 0) + 1;
    this.counts.set(name, nth);
    const hit = this.points.find(
      ({ point, used }) => !used && point.step === step && point.method === method && point.nth === nth,
    );
    if (!hit) return undefined;
    hit.used = true;
    return hit.point.when;
  }

  unused(): string[] {
    return this.points.filter(({ used }) => !used).map(({ id }) => id);
  }

  async strike(): Promise<void> {
    this.striking = true;
    await this.process.kill();
  }

  /** Whether a rejection means that the process is gone, and who ended it. */
  endedBy(error: unknown, fate: CallPoint["when"] | undefined): "kill" | "engine" | undefined {
    if (!(error instanceof ProcessGone)) return undefined;
    return this.striking || fate?.moment === "write" ? "kill" : "engine";
  }

  renew(process: EngineProcess): void {
    this.process = process;
    this.striking = false;
  }
}

/** Whether a case needs its engine in a process of its own. */
export const needsProcess = (steps: readonly Step[]): boolean =>
  steps.some((step) => step.kind === "kill" || (step.kind === "restart" && step.mode === "hard"));
