// Runs work for the numbers of a list, several at a time, and hands the answers over in the order of the list.
// So whatever the number of workers, a campaign absorbs case 0, then case 1, … and its findings are the same.

export interface OrderedRun<T> {
  /** Work in progress at the same time. */
  appetite: number;
  /** Starts number n; answers undefined when there is no such number (the list has ended). */
  start(n: number): Promise<T> | undefined;
  /** Looked at before each start; true: nothing more is started. */
  stopped(): boolean;
  /** Resolves when answers that are still missing are given up; those in hand are handed over. */
  abandoned?: Promise<void> | undefined;
  /** Called at each answer, in any order. */
  done?(): void;
}

/** Answers that may wait for an earlier one. */
const WAITING_AT_MOST = 2_000;

export async function* inOrder<T>(run: OrderedRun<T>): AsyncGenerator<{ n: number; answer: T }> {
  const answers = new Map<number, { answer: T } | { error: unknown }>();
  let started = 0;
  let busy = 0;
  let absorbed = 0;
  let wake: () => void = () => {};
  let ended = false;
  /** Somebody who was told or asked, threw; nobody waits where that happens. */
  let failed: { error: unknown } | undefined;
  let abandoned = false;
  run.abandoned?.then(() => {
    abandoned = true;
    ended = true;
    wake();
  });

  const fill = () => {
    while (!ended && busy < run.appetite && started - absorbed < WAITING_AT_MOST && !run.stopped()) {
      const n = started;
      const work = run.start(n);
      if (work === undefined) {
        ended = true;
        return;
      }
      started += 1;
      busy += 1;
      const settle = (what: { answer: T } | { error: unknown }) => {
        answers.set(n, what);
        busy -= 1;
        try {
          run.done?.();
          fill();
        } catch (error) {
          failed ??= { error };
          ended = true;
        }
        wake();
      };
      work.then(
        (answer) => settle({ answer }),
        (error) => settle({ error }),
      );
    }
  };

  fill();
  for (;;) {
    if (failed !== undefined) throw failed.error;
    const next = answers.get(absorbed);
    if (next === undefined) {
      if (absorbed >= started) return;
      if (abandoned) {
        absorbed += 1;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    answers.delete(absorbed);
    if ("error" in next) {
      ended = true;
      throw next.error;
    }
    yield { n: absorbed, answer: next.answer };
    absorbed += 1;
    fill();
  }
}
