// Steps that overlap in time, in an order that the case fixes: every engine call is made as soon as its step comes to it, but its answer
// reaches the step only when it is chosen. So calls of several steps are in flight together, and the same case gives the same order. A call
// that waits for a summariser goes on when its step is chosen, too: compactions take long, and others talk meanwhile.

import { after } from "./clock.js";
import type { Recorder } from "./recorder.js";

interface Task {
  step: string;
  /** Resolves the held call; undefined while the step runs. */
  release: (() => void) | undefined;
  /** Settles when the engine has answered the held call. */
  answered: Promise<unknown>;
  /** Let the summariser answer the held call; several where the engine asked for several summaries at once. */
  summaries: (() => void)[];
  /** Rounds that the summariser still takes; undefined until the step is chosen for the first time since it was asked. */
  rounds: number | undefined;
  /** Called when the held call waits for a summariser. */
  lulled: (() => void) | undefined;
  done: boolean;
}

/** Real milliseconds that the others get while a call waits for its summariser; who is not ready by then waits for that very call, at a lock. */
const PATIENCE_MS = 300;

/** How many rounds a summary takes, by the number that chose its step; most of them until all others are done. */
const SUMMARY_ROUNDS = [Number.POSITIVE_INFINITY, 0, 4];

export class Overlap {
  private readonly tasks: Task[] = [];
  private current: Task | undefined;
  /** Called when the running step is held or done. */
  private yielded: (() => void) | undefined;

  constructor(
    private readonly recorder: Recorder,
    private readonly order: readonly number[],
  ) {}

  /** Runs the steps' works; resolves when all are done. Work that throws makes it reject (a fault of the harness). */
  async run(works: { step: string; play: () => Promise<void> }[]): Promise<void> {
    const finished: Promise<void>[] = [];
    for (const { step, play } of works) {
      const task: Task = {
        step,
        release: undefined,
        answered: Promise.resolve(),
        summaries: [],
        rounds: undefined,
        lulled: undefined,
        done: false,
      };
      this.tasks.push(task);
      await this.resume(task, () => {
        finished.push(
          play().finally(() => {
            task.done = true;
            this.yielded?.();
          }),
        );
      });
    }
    for (let n = 0; ; n++) {
      const waiting = this.tasks.filter((task) => !task.done);
      if (waiting.length === 0) break;
      await this.settled(waiting);
      // The number says which step goes on first, and how many of the others in the same breath, so that their next calls run together:
      // all of them for small numbers.
      const number = this.order[n] ?? 0;
      const together = waiting.length - (Math.floor(number / waiting.length) % waiting.length);
      for (let i = 0; i < together; i++) {
        const chosen = waiting[(number + i) % waiting.length];
        if (chosen === undefined) continue;
        if (chosen.summaries.length > 0) this.summarise(chosen, number);
        else await this.resume(chosen, () => chosen.release?.());
      }
    }
    await Promise.all(finished);
  }

  /** A summary takes longer than a call: what the others do meanwhile, up to all they have left, may be done before it comes. */
  private summarise(task: Task, number: number): void {
    task.rounds ??= SUMMARY_ROUNDS[number % SUMMARY_ROUNDS.length] ?? 0;
    const talking = this.tasks.some((other) => !other.done && other.summaries.length === 0);
    if (talking && task.rounds > 0) task.rounds -= 1;
    else giveSummaries(task);
  }

  /** Until the engine has answered every held call or waits for a summariser in it. */
  private async settled(waiting: readonly Task[]): Promise<void> {
    for (;;) {
      let cancel = (): void => {};
      const late = new Promise<"late">((resolve) => {
        cancel = after(PATIENCE_MS, () => resolve("late"));
      });
      const first = await Promise.race([Promise.all(waiting.map(quiet)), late]);
      cancel();
      if (first !== "late") return;
      for (const task of waiting) giveSummaries(task);
    }
  }

  /** The summariser was asked in a call of this step: settles when it may answer. */
  async summary(step: string): Promise<void> {
    const task = this.tasks.find((one) => one.step === step && !one.done);
    if (task === undefined) return;
    await new Promise<void>((resolve) => {
      task.summaries.push(resolve);
      task.lulled?.();
    });
  }

  /** Lets one step run until its next call is held or it ends. */
  private resume(task: Task, start: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.current = task;
      this.recorder.step = task.step;
      this.yielded = () => {
        this.yielded = undefined;
        resolve();
      };
      start();
    });
  }

  /** Holds the answer of an engine call until the step that made it is chosen. */
  async hold<T>(pending: T | PromiseLike<T>): Promise<T> {
    const task = this.current;
    if (!task) return pending;
    const answer = Promise.resolve(pending);
    task.answered = answer.catch(() => undefined);
    await new Promise<void>((resolve) => {
      task.release = resolve;
      this.yielded?.();
    });
    task.release = undefined;
    return answer;
  }
}

function quiet(task: Task): Promise<unknown> {
  const lulled = new Promise<void>((resolve) => {
    task.lulled = resolve;
    if (task.summaries.length > 0) resolve();
  });
  return Promise.race([task.answered, lulled]);
}

function giveSummaries(task: Task): void {
  const waiting = task.summaries;
  task.summaries = [];
  task.rounds = undefined;
  for (const give of waiting) give();
}
