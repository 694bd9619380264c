import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dirSync } from "tmp-promise";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Case } from "../define/index.js";
import type { EngineSource } from "./protocol.js";
import { isAlone, settleIn, trialCase } from "./residence.js";
import { builtWorker, WorkerCrew } from "./supervisor.js";
import { given, taskOf } from "./tasks.js";

const HOST = "openclaw-2026.5";
const TRIAL = { clauses: [], twins: "none", again: true } as const;
const LIMITS = { callTimeoutMs: 10_000, compactTimeoutMs: 30_000 };

/** An engine that shows what it was given in a session of this id, kept where `store` says: an expression over the factory's context. */
const keeper = (store: string) => `
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const inProcess = new Map();
const inFile = (dir) => {
  const read = () => (existsSync(dir + "/kept.json") ? JSON.parse(readFileSync(dir + "/kept.json", "utf8")) : {});
  return {
    get: (id) => read()[id],
    set: (id, list) => writeFileSync(dir + "/kept.json", JSON.stringify({ ...read(), [id]: list })),
  };
};
export default (context) => {
  const kept = ${store};
  return {
    info: { id: "keeper", name: "Keeper" },
    ingest: () => ({ ingested: true }),
    assemble: ({ sessionId, messages }) => ({ messages: kept.get(sessionId) ?? messages, estimatedTokens: 0 }),
    afterTurn: ({ sessionId, messages, prePromptMessageCount }) => {
      kept.set(sessionId, [...(kept.get(sessionId) ?? []), ...messages.slice(prePromptMessageCount)]);
    },
    compact: () => ({ ok: true, compacted: false }),
  };
};
`;

// Worker processes run what was built; `npm test` builds first.
describe.skipIf(!existsSync(builtWorker()))("where an engine keeps its state", () => {
  const folder = dirSync({ unsafeCleanup: true, prefix: "ctxspec-residence" });
  let crew: WorkerCrew;
  beforeEach(() => {
    crew = new WorkerCrew({ workers: 1, memoryMb: 128 });
  });
  afterEach(() => crew.close());

  async function settled(name: string, store: string, seen: Case[] = []): Promise<EngineSource> {
    writeFileSync(path.join(folder.name, name), keeper(store));
    const source: EngineSource = { kind: "engine", spec: `./${name}`, cwd: folder.name };
    const base = { source, limits: LIMITS };
    return settleIn(crew, base, await crew.describe(source), HOST, seen);
  }

  /** Kept in the process from the ninth message of a session on. */
  const LATE = `{
    get: (id) => ((inProcess.get(id) ?? []).length > 8 ? inProcess.get(id) : undefined),
    set: (id, list) => inProcess.set(id, list.length > 2 ? list : [...(inProcess.get(id) ?? []), ...list]),
  }`;

  it("in its process once a session is long: a case that shows it decides", async () => {
    const trial = trialCase(HOST);
    const turns = Array.from({ length: 6 }, (_, n) => ({
      ...trial.steps[0],
      id: `t${n}`,
      at: (trial.steps[0]?.at ?? 0) + n * 60_000,
    }));
    expect(isAlone(await settled("late.mjs", LATE))).toBe(false);
    expect(isAlone(await settled("late.mjs", LATE, [{ ...trial, steps: turns as Case["steps"] }]))).toBe(true);
  });

  it("in its directories: cases share a process", async () => {
    expect(isAlone(await settled("files.mjs", "inFile(context.agentDir)"))).toBe(false);
  });

  it("in its process: every case gets one of its own, and then answers the same again", async () => {
    const source = await settled("memory.mjs", "inProcess");
    expect(isAlone(source)).toBe(true);
    const again = await crew.run(
      taskOf({ source, limits: LIMITS }, { ...TRIAL, clauses: [], target: given(trialCase(HOST)) }),
      "probe",
    );
    expect(again).toMatchObject({ kind: "played" });
    expect(again).not.toHaveProperty("unstable");
  });
});
