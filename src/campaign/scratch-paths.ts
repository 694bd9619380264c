// Every play has folders of its own with a new name, and engines are told them. In a report they stand under one name, so that two runs of
// the same seed say the same, and nothing in it depends on the machine's folder for temporary files.

/** Up to the innermost folder of a case or a worker: `…/ctxspec-worker--<pid>-<random>/tmp/ctxspec--<pid>-<random>`. */
const SCRATCH = /(?:\/[\w.@%+~-]+)*\/ctxspec-(?:[a-z]+-)?-\d+-[A-Za-z0-9]{12}(?![\w-])/g;
export const CASE_FOLDER = "/ctxspec-case";

/** The same plain data with every folder of a play called CASE_FOLDER. */
export function withoutScratchPaths<T>(data: T): T {
  return JSON.parse(JSON.stringify(data).replaceAll(SCRATCH, CASE_FOLDER)) as T;
}
