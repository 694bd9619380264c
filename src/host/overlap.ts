// Steps that overlap in time, in an order that the case fixes: every engine call is made as soon as its step comes to it, but its answer
// reaches the step only when it is chosen. So calls of several steps are in flight together, and the same case gives the same order.

import type { Recorder } from "./recorder.js";

interface Task {
  step: string;
  /** Resolves the held call; undefined while the step runs. */
  release: (() => void) | undefined;
  /** Settles when the engine has answered the held call. */
  answered: Promise<unknown>;
  done: boolean;
}

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
      const task: Task = { step, release: undefined, answered: Promise.resolve(), done: false };
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
      await Promise.allSettled(waiting.map((task) => task.answered));
      // The number says which step goes on first, and how many of the others in the same breath, so that their next calls run together:
      // all of them for small numbers.
      const number = this.order[n] ?? 0;
      const together = waiting.length - (Math.floor(number / waiting.length) % waiting.length);
      for (let i = 0; i < together; i++) {
        const chosen = waiting[(number + i) % waiting.length];
        if (chosen) await this.resume(chosen, () => chosen.release?.());
      }
    }
    await Promise.all(finished);
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
