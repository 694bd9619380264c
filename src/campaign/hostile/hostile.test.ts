import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { dirSync } from "tmp-promise";
import { afterAll, describe, expect, it } from "vitest";
import type { Report } from "../../define/index.js";
import { certify, replay } from "../certify.js";
import type { CertifyOptions } from "../options.js";
import { caseOf, turn } from "../stand-in.fixture.js";
import { builtWorker } from "../supervisor.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const CASES = 1;

/** Three turns of one session: every engine does its deed in the second at the latest. */
const small = caseOf(Array.from({ length: 3 }, (_, at) => turn(`s${at + 1}`, 48, 1_767_600_000_000 + at * 60_000)));

function run(name: string, about: Partial<CertifyOptions> = {}): Promise<Report> {
  return certify({
    engine: path.join(HERE, `${name}.fixture.mjs`),
    hosts: ["openclaw-2026.9"],
    only: ["contract-results"],
    cases: CASES,
    extraCases: [small],
    workers: 2,
    callTimeoutMs: 5_000,
    memoryMb: 96,
    ...about,
  });
}

function findingOf(report: Report, clause = "contract-results") {
  const entry = report.clauses.find((one) => one.id === clause);
  return { entry, finding: entry?.findings[0] };
}

// Worker processes run what was built; `npm test` builds first.
describe.skipIf(!existsSync(builtWorker()))("whatever an engine does to its process is a finding", () => {
  const certified = async (name: string, steps: number, said: RegExp, about: Partial<CertifyOptions>): Promise<void> => {
    const report = await run(name, about);
    const { entry, finding } = findingOf(report);
    expect(report).toMatchObject({ verdict: "violates", exitCode: 1, run: { cases: CASES, extraCases: 1 } });
    expect(entry).toMatchObject({ verdict: "violated", level: "must" });
    expect(finding).toMatchObject({ steps, minimal: true, foundAt: "c0", shrunkFrom: 3 });
    expect(`${finding?.message} ${finding?.actual} ${finding?.output}`).toMatch(said);
  };

  /** Engine, steps of the smallest case, what the finding and the output shown with it say. These mostly wait: side by side. */
  it.concurrent.each([
    ["loop", 2, /hung in assemble/],
    ["loop-in-commit", 1, /hung in commitTurn/],
    ["loop-in-dispose", 1, /hung in dispose/],
    ["loop-in-background", 2, /hung after dispose/],
  ])("%s: violated, in %i steps, and the run went on", (name, steps, said) =>
    certified(name, steps, said, { callTimeoutMs: 30, workers: 1 }),
  );

  it.each([
    ["never-settles", 2, /assemble did not settle within 100 ms/],
    ["exit", 2, /ended in assemble of step s\d \(exit code 0\).*leaving now/s],
    ["exit-in-factory", 1, /ended in factory of step s\d \(exit code 5\)/],
    ["exit-in-dispose", 1, /ended in dispose of step s\d \(exit code 7\)/],
    ["abort", 2, /SIGABRT/],
    ["signal", 2, /SIGSEGV/],
    ["rejection", 2, /unhandled rejection: Error: nobody waits for this/],
    ["timer-throws", 2, /uncaught exception: TypeError: thrown by a timer/],
    ["throws-string", 2, /string: just a string/],
    ["throws-undefined", 2, /undefined: undefined/],
    ["noise-and-throw", 2, /Error: fell.*NOISE before the fall/s],
  ])("%s: violated, in %i steps, and the run went on", (name, steps, said) =>
    certified(name, steps, said, name === "never-settles" ? { callTimeoutMs: 100 } : {}),
  );

  it.skipIf(process.platform !== "linux")("processes that an engine starts and forgets end with its worker", async () => {
    const sleeping = () =>
      readdirSync("/proc").filter((pid) => {
        try {
          return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes("7139.4");
        } catch {
          return false;
        }
      });
    const report = await run("leaves-process", { cases: 2 });
    expect(report.run.engineCalls).toBeGreaterThan(0);
    // Killed is not yet gone: whoever adopts it takes a moment.
    for (let look = 0; look < 100 && sleeping().length > 0; look++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(sleeping()).toEqual([]);
  });

  it.each([
    ["memory", /heap limit of 64 MB/],
    ["buffers", /MB in use/],
  ])("%s: more than it may have", async (name, said) => {
    const report = await run(name, { memoryMb: 64, callTimeoutMs: 20_000 });
    const { finding } = findingOf(report);
    expect(report).toMatchObject({ exitCode: 1, run: { cases: CASES, extraCases: 1 } });
    expect(finding).toMatchObject({ steps: 2, minimal: true });
    expect(finding?.actual).toMatch(said);
  });

  /** What is wrong, but ends nothing: a should of the same clause. */
  it.each([
    ["chdir", 2, "the working directory"],
    ["environment", 2, "process.env.PATH; process.env.TZ; process.env.HOSTILE_ENGINE"],
    ["replaces-date", 2, "Date"],
    ["replaces-promise", 2, "Promise"],
    ["replaces-json", 2, "JSON; JSON.stringify"],
    ["replaces-console", 2, "console"],
    ["replaces-next-tick", 2, "process.nextTick"],
    ["replaces-json-at-load", 0, "JSON (when it was loaded)"],
    ["pollutes", 2, "Object.prototype.polluted; Object.prototype.toJSON"],
    [
      "removes-listeners",
      2,
      ["uncaughtException", "message", "disconnect", "unhandledRejection", "SIGINT", "SIGTERM"]
        .map((event) => `the host's listener on process "${event}"`)
        .join("; "),
    ],
  ])("%s: a warning that names it", async (name, steps, actual) => {
    const report = await run(name);
    const { entry, finding } = findingOf(report);
    expect(report).toMatchObject({ verdict: "conforms", exitCode: 0, run: { cases: CASES, extraCases: 1 } });
    expect(entry).toMatchObject({ verdict: "violated", level: "should" });
    expect(finding).toMatchObject({ steps, minimal: true, level: "should", actual });
  });

  it("an engine that looks for a channel to its parent finds none, as in a gateway", async () => {
    const report = await run("disconnects");
    expect(report).toMatchObject({ verdict: "conforms", exitCode: 0, run: { cases: CASES, extraCases: 1 } });
    expect(findingOf(report).entry).toMatchObject({ verdict: "passed" });
  });

  it("an engine that ends or hangs the process while it is loaded is an error of the engine", async () => {
    for (const [name, said] of [
      ["exit-at-load", /exit code 0/],
      ["loop-at-load", /nothing moved for 5000 ms/],
    ] as const) {
      const report = await run(name, { callTimeoutMs: 100 });
      expect(report).toMatchObject({ verdict: "error", exitCode: 3, clauses: [], error: { code: "engine-import" } });
      expect(report.error?.message).toMatch(said);
    }
  });

  it.each([
    ["exit", /assemble in step s3 ended the engine's process/],
    ["loop", /assemble in step s3 did not settle within the call limit/],
    ["timer-throws", /ended the engine's process/],
    ["exit-in-factory", /factory in step s4 ended the engine's process/],
  ])("%s: the same in a process of its own, as in a case that kills it", async (name, said) => {
    const [first, second, third] = small.steps;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three steps");
    const kill = { id: "s9", at: second.at, kind: "kill", point: { where: "boundary" } } as const;
    const options = { only: ["contract-results"], callTimeoutMs: 300, memoryMb: 96 };
    const killed = { ...small, steps: [first, kill, { ...second, id: "s3" }, { ...third, id: "s4" }] };
    const played = await replay(killed, { engine: path.join(HERE, `${name}.fixture.mjs`), ...options });
    expect(played.exitCode).toBe(1);
    expect(played.violations[0]?.clause.id).toBe("contract-results");
    expect(played.violations[0]?.finding.message).toMatch(said);
    expect(played.history.events.some((event) => event.kind === "host" && event.what === "killed")).toBe(true);
  });

  it("output is caught, and without a finding nobody sees it", async () => {
    const quiet = await run("noise");
    expect(quiet).toMatchObject({ verdict: "conforms", exitCode: 0 });
    expect(JSON.stringify(quiet)).not.toContain("NOISE");
    const out = dirSync({ unsafeCleanup: true });
    const cli = path.join(path.dirname(path.dirname(builtWorker())), "cli.js");
    const line = [
      cli,
      "certify",
      path.join(HERE, "noise.fixture.mjs"),
      "--cases",
      "2",
      "--only",
      "contract-results",
      "--out",
      out.name,
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, line, { encoding: "utf8" });
    out.removeCallback();
    expect(status).toBe(0);
    expect(stdout).toContain("contract-results");
    expect(stdout + stderr).not.toContain("NOISE");
  });

  it("a refused network call is a note, for an engine may well get by without", async () => {
    const report = await run("network");
    expect(report).toMatchObject({ verdict: "conforms", exitCode: 0 });
    expect(report.engine.notes.join("\n")).toContain("tried to reach http://embeddings.example/v1 and was refused");
  });

  it("thousands of timers cost the next case nothing", async () => {
    const report = await run("timers");
    expect(report).toMatchObject({ verdict: "conforms", exitCode: 0, run: { cases: CASES, extraCases: 1 } });
    expect(report.coverage.unsettled).toBeGreaterThan(0);
  });

  describe("files outside", () => {
    const folder = dirSync({ unsafeCleanup: true });
    afterAll(() => folder.removeCallback());
    it("are named", async () => {
      for (const name of ["base", "stray-file"])
        copyFileSync(path.join(HERE, `${name}.fixture.mjs`), path.join(folder.name, `${name}.fixture.mjs`));
      const { entry, finding } = findingOf(await run("x", { engine: path.join(folder.name, "stray-file.fixture.mjs") }));
      expect(entry).toMatchObject({ verdict: "violated", level: "should" });
      expect(finding).toMatchObject({ steps: 2, minimal: true });
      expect(finding?.actual).toContain(path.join(folder.name, "cache", "embeddings.bin"));
    });
  });
});
