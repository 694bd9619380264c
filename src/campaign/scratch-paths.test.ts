import { dirSync } from "tmp-promise";
import { expect, it } from "vitest";
import { CASE_FOLDER, withoutScratchPaths } from "./scratch-paths.js";

it("names the folders of a play the same, wherever they were", () => {
  const worker = dirSync({ prefix: "ctxspec-worker-", unsafeCleanup: true });
  const inner = dirSync({ prefix: "ctxspec-", unsafeCleanup: true, tmpdir: worker.name });
  const probe = dirSync({ prefix: "ctxspec-probe-", unsafeCleanup: true });
  const said = { a: [`${inner.name}/state/x.json`], b: `at "${worker.name}": ${probe.name}, twice ${inner.name}` };
  expect(withoutScratchPaths(said)).toEqual({
    a: [`${CASE_FOLDER}/state/x.json`],
    b: `at "${CASE_FOLDER}": ${CASE_FOLDER}, twice ${CASE_FOLDER}`,
  });
  for (const folder of [inner, worker, probe]) folder.removeCallback();
});

it("leaves other paths alone", () => {
  const said = ["/home/ctxspec-notes/a", "/srv/ctxspec-report/cases/x.case.json", "ctxspec-12-ab"];
  expect(withoutScratchPaths(said)).toEqual(said);
});
