import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { dirSync } from "tmp-promise";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Case, Event } from "../define/index.js";
import { shrinkCase } from "../generate/index.js";
import { Investigator } from "./investigate.js";
import type { Lost, Outcome, Task } from "./protocol.js";
import { caseOf, stubCase, stubClause, turn } from "./stand-in.fixture.js";
import { builtWorker, WorkerCrew } from "./supervisor.js";
import { countLoss, given, judgeLoss, taskOf } from "./tasks.js";

const PARTS = fileURLToPath(new URL("./hostile-parts.fixture.mjs", import.meta.url));
const SOURCE = { kind: "engine" as const, spec: "stub", cwd: "/" };
const BASE = { source: SOURCE, limits: { callTimeoutMs: 400, compactTimeoutMs: 800 } };

function deed(aim: string, ...tokens: number[]): Case {
  const theCase = caseOf(tokens.map((each, at) => turn(`s${at + 1}`, each, at)));
  return { ...theCase, settings: { ...theCase.settings, aim } };
}

function taskFor(theCase: Case, about: Partial<Task> = {}): Task {
  return { ...taskOf(BASE, { target: given(theCase), clauses: ["contract-results", "quiet"], twins: "none" }), ...about };
}

// Worker processes run what was built; `npm test` builds first.
describe.skipIf(!existsSync(builtWorker()))("worker processes", () => {
  let crew: WorkerCrew;
  beforeEach(() => {
    crew = new WorkerCrew({ workers: 2, memoryMb: 64, partsModule: PARTS });
  });
  afterEach(() => crew.close());

  const run = (theCase: Case, about?: Partial<Task>): Promise<Outcome> => crew.run(taskFor(theCase, about), "campaign");
  const lose = async (theCase: Case, about?: Partial<Task>): Promise<Lost> => {
    const outcome = await run(theCase, about);
    if (outcome.kind !== "lost") throw new Error("the worker was not lost");
    return outcome;
  };

  it("play and judge a case, and describe the engine", async () => {
    expect(await run(deed("", 1, 2, 3))).toMatchObject({
      kind: "played",
      steps: 3,
      engineCalls: 3,
      judged: [{ clause: "contract-results", witness: 6 }, { clause: "quiet" }],
    });
    expect(await crew.describe(SOURCE)).toMatchObject({
      id: "stub",
      methods: ["assemble", "compact", "ingest"],
      node: process.version,
    });
  });

  it.each([
    ["exit", "exit", "exit code 3"],
    ["abort", "signal", "SIGABRT"],
    ["memory", "memory", "heap limit of 64 MB"],
    ["loop", "timeout", "nothing moved for 400 ms"],
  ])("lost by %s: the call in flight is known", async (aim, how, detail) => {
    const limits = aim === "memory" ? { callTimeoutMs: 30_000 } : {};
    const lost = await lose(deed(aim, 1, 100, 2), limits);
    expect(lost).toMatchObject({ how, detail, call: { number: 2, method: "assemble", step: "s2", inFlight: true } });
  });

  it("lost between two calls: the last call is named as such", async () => {
    expect(await lose(deed("later", 100))).toMatchObject({ how: "exit", call: { number: 1, inFlight: false } });
  });

  it("a trace keeps the history up to the loss, and clauses judge it", async () => {
    const theCase = deed("exit", 1, 100, 2);
    const task = taskFor(theCase, { trace: true, answer: "history" });
    const lost = await crew.run(task, "probe");
    if (lost.kind !== "lost") throw new Error("the worker was not lost");
    expect(lost.events?.map((event) => event.kind)).toEqual(["call", "return", "call"]);
    const played = await judgeLoss(crew, task, lost, theCase, "probe");
    const finding = played.judged.find((said) => said.clause === "contract-results")?.findings[0];
    expect(finding).toMatchObject({
      message: "the engine's process ended in assemble of step s2 (exit code 3)",
      actual: "process",
      at: 3,
      blame: [2],
    });
    expect((played.history?.events as Event[] | undefined)?.at(-1)).toMatchObject({ kind: "throw", cause: "process", call: 2 });
  });

  it("without a trace a loss still counts as a violation", async () => {
    const theCase = deed("exit", 100);
    const played = countLoss(await lose(theCase), theCase);
    expect(played.judged).toMatchObject([
      { clause: "contract-results", findings: [{ message: "the engine's process ended in assemble of step s1 (exit code 3)" }] },
    ]);
  });

  it("everything else goes on in fresh processes, nothing twice and nothing lost", async () => {
    const cases = Array.from({ length: 24 }, (_, k) => (k % 8 === 3 ? deed("exit", 100) : deed("", k)));
    const outcomes = await Promise.all(cases.map((theCase) => run(theCase)));
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(cases.map((_, k) => (k % 8 === 3 ? "lost" : "played")));
  });

  it("what the campaign has under way is given up on demand, what somebody waits for is not", async () => {
    const answered: string[] = [];
    for (const aim of ["loop", "loop", "", ""])
      void run(deed(aim, 100), { callTimeoutMs: 60_000 }).then(() => answered.push(aim));
    const waited = crew.run(taskFor(deed("", 7)), "probe");
    crew.abandon();
    expect(await waited).toMatchObject({ kind: "played" });
    expect(await crew.run(taskFor(deed("", 8)), "probe")).toMatchObject({ kind: "played" });
    expect(answered).toEqual([]);
  });

  it("output is caught and belongs to the case", async () => {
    const outcome = await run(deed("noise", 100));
    const next = await run(deed("", 1));
    const heard = (one: Outcome) =>
      one.kind === "played"
        ? one.judged.find((said) => said.clause === "quiet")?.findings.map((finding) => finding.message)
        : undefined;
    expect(heard(outcome)).toEqual(["a line of the engine's own\n"]);
    expect(heard(next)).toEqual([]);
  });

  it("a case that kills its process shrinks", async () => {
    const investigator = new Investigator(
      crew,
      { caseFor: stubCase, shrink: shrinkCase },
      {
        ...BASE,
        seed: 1,
        shrinkRuns: 60,
        shrinkTimeMs: 60_000,
        extraCases: [],
        replayCommand: (file) => `replay ${file}`,
        aborted: () => false,
      },
    );
    const theCase = deed("exit", 1, 2, 100, 3);
    const finding = { message: "lost", expected: "", actual: "", at: 0, blame: [] };
    const candidate = {
      name: { kind: "k" as const, k: 4 },
      level: "own" as const,
      finding,
      lost: true,
      reproduced: true,
      theCase,
    };
    const inquiry = await investigator.investigate("openclaw-2026.9", stubClause("contract-results"), [candidate]);
    expect(inquiry).toMatchObject({
      confirmation: "confirmed",
      finding: { steps: 1, shrunkFrom: 4, minimal: true, foundAt: "4" },
    });
    expect(inquiry?.finding.case.steps.map((step) => step.id)).toEqual(["s3"]);
  });

  it("an engine that ends the process while it is loaded is an error of the engine", async () => {
    await expect(crew.describe({ ...SOURCE, spec: "dies-at-load" })).rejects.toMatchObject({
      code: "engine-import",
      exitCode: 3,
    });
  });

  it("a fault of ctxspec in a worker arrives as one", async () => {
    const target = { kind: "generated" as const, host: "openclaw-2026.9" as const, seed: 1, k: 0 };
    await expect(crew.run({ ...taskFor(deed("")), target }, "probe")).rejects.toMatchObject({ code: "internal", exitCode: 70 });
  });
});

describe.skipIf(!existsSync(builtWorker()))("a supervisor that was killed", () => {
  it("takes its workers along, looping ones too, and their folders", async () => {
    const scratch = dirSync({ unsafeCleanup: true });
    const task = taskFor(deed("loop", 100), { callTimeoutMs: 60_000 });
    const supervisor = builtWorker().replace(/worker\.js$/, "supervisor.js");
    const lone = fileURLToPath(new URL("./lone-supervisor.fixture.mjs", import.meta.url));
    const child = fork(lone, [supervisor, PARTS, JSON.stringify(task)], {
      execArgv: [],
      env: { ...process.env, TMPDIR: scratch.name },
    });
    await once(child, "message");
    expect(readdirSync(scratch.name)).toHaveLength(1);
    child.kill("SIGKILL");
    await expect.poll(() => readdirSync(scratch.name), { timeout: 30_000, interval: 200 }).toEqual([]);
    scratch.removeCallback();
  });
});

describe.skipIf(!existsSync(builtWorker()))("another Node", () => {
  it("one that does not exist is wrong usage", () => {
    const make = () => new WorkerCrew({ workers: 1, memoryMb: 64, partsModule: PARTS, nodePath: "/nowhere/node" });
    expect(make).toThrow(expect.objectContaining({ code: "usage-option", exitCode: 2 }));
  });

  it("the named one runs the workers", async () => {
    const folder = dirSync({ unsafeCleanup: true });
    const named = path.join(folder.name, "named-node");
    symlinkSync(process.execPath, named);
    const crew = new WorkerCrew({ workers: 1, memoryMb: 64, partsModule: PARTS, nodePath: named });
    expect(await crew.describe(SOURCE)).toMatchObject({ node: process.version });
    await crew.close();
    folder.removeCallback();
  });
});
