// Small measures: median, and how long work takes. Speed is always told as a ratio or a mean within one run; machines differ.

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Milliseconds of real time. */
export async function took(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

export const megabytes = (bytes: number): number => Math.round(bytes / 1_048_576);
