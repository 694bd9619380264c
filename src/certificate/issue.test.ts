import { describe, expect, it } from "vitest";
import type { Parts } from "../campaign/parts.js";
import { certifyWith } from "../campaign/run.js";
import { limitClause, stubCase, stubEngine, stubHistory, stubParts } from "../campaign/stand-in.fixture.js";
import { calmCertificate, calmParts, calmReport, issueOptions } from "./certificate.fixture.js";
import { issueCertificate, refusal } from "./issue.js";
import { sampledNumbers } from "./sample.js";
import { exitOf, verifyEngine } from "./verify.js";

const verifying = { engine: "stub", workers: 0, place: "/nowhere/c.json", toolVersion: "0" };
/** An engine that answers more, from the n-th step on or by chance. */
const noisy = (noise: () => number): Parts => calmParts({ play: async (theCase) => stubHistory(theCase, noise) });

describe("a certificate", () => {
  it("says what was run, what held, and what was not judged", async () => {
    const { body } = await calmCertificate();
    expect(body).toMatchObject({
      verdict: "conforms",
      tool: { name: "ctxspec", generator: "test" },
      engine: { id: "stub", version: "1.2.3", kind: "in-process", files: {} },
      run: { seed: 1, cases: 40, strict: false, truncated: false },
      failureRate: { confidence: 0.95, cases: 40, atMost: 3 / 40 },
      detectionPower: { measured: false },
      excuses: [],
      notJudged: { clauses: ["never-asked"], hosts: [{ id: "heartbeat-run", reason: "does not fit" }] },
    });
    expect(body.clauses).toHaveLength(4);
    expect(body.clauses[0]).toMatchObject({ id: "calm", host: "openclaw-2026.9", verdict: "passed", cases: 20 });
    expect(body.clauses[0]?.witnessed).toBeGreaterThan(0);
    expect(body.sample.map(({ host, k }) => `${host} ${k}`)).toEqual([
      ...[0, 10, 19].map((k) => `openclaw-2026.9 ${k}`),
      ...[0, 10, 19].map((k) => `heartbeat-run-durable ${k}`),
    ]);
    expect(body.sample.every(({ history, calls }) => history !== undefined && calls > 0)).toBe(true);
  });

  it("names what is excused, and gives no bound then", async () => {
    const parts = stubParts([limitClause("limit", 52)]);
    const entries = [{ clause: "limit", host: "openclaw-2026.9" as const, reason: "known", expires: "2099-01-01" }];
    const baseline = { file: "b.json", entries, today: "2026-01-01" };
    const hosts = ["openclaw-2026.9"];
    const report = await certifyWith(parts, { engine: stubEngine.adapter, cases: 20, hosts, baseline });
    const { body } = await issueCertificate(parts, report, issueOptions);
    expect(body.excuses).toEqual([
      {
        clause: "limit",
        host: hosts[0],
        level: "must",
        violations: 15,
        reason: expect.stringContaining("by the baseline: known"),
      },
    ]);
    expect(body.failureRate.atMost).toBeUndefined();
    expect(body.failureRate.reason).toContain("excused");
  });

  it("is refused to every other verdict", async () => {
    const report = await calmReport();
    expect(refusal(report)).toBeUndefined();
    for (const verdict of ["violates", "inconclusive", "flaky", "error"] as const) {
      expect(refusal({ ...report, verdict })).toContain(`the verdict is "${verdict}"`);
      await expect(issueCertificate(calmParts(), { ...report, verdict }, issueOptions)).rejects.toThrow(
        "only a run that conforms",
      );
    }
  });

  it("is refused when the engine's files changed during the run", async () => {
    const report = await calmReport();
    const before = { ...report, engine: { ...report.engine, digest: "of other files" } };
    await expect(issueCertificate(calmParts(), before, issueOptions)).rejects.toMatchObject({
      code: "engine-changed",
      exitCode: 3,
    });
  });

  it("keeps no digest of a play that does not repeat itself", async () => {
    let plays = 0;
    const { body } = await calmCertificate(
      undefined,
      noisy(() => plays++),
    );
    expect(
      body.sample.every(({ history, unstable }) => history === undefined && unstable?.includes("differed from itself")),
    ).toBe(true);
  });
});

describe("verifying an engine", () => {
  it("holds when the engine plays as it did", async () => {
    const { body } = await calmCertificate();
    const answers = await verifyEngine(calmParts(), body, verifying);
    expect(answers.map(({ about, state }) => `${about} ${state}`)).toEqual(["files holds", "replay holds"]);
    expect(exitOf(answers)).toBe(0);
  });

  it("is broken when it answers something else, or makes other calls", async () => {
    const { body } = await calmCertificate();
    const louder = await verifyEngine(
      noisy(() => 1),
      body,
      verifying,
    );
    expect(louder[1]).toMatchObject({ state: "broken", text: expect.stringContaining("6 of 6") });
    expect(louder[1]?.details[0]).toBe("case 0 under openclaw-2026.9: other parameters or answers");
    expect(exitOf(louder)).toBe(1);
    const shorter = calmParts({ play: async (theCase) => ({ ...stubHistory(theCase), events: [] }) });
    expect((await verifyEngine(shorter, body, verifying))[1]?.details[0]).toContain("0 calls instead of 1");
  });

  it("is flaky when the engine differs from itself, not broken", async () => {
    const { body } = await calmCertificate();
    let plays = 0;
    const answers = await verifyEngine(
      noisy(() => plays++),
      body,
      verifying,
    );
    expect(answers[1]?.state).toBe("flaky");
    expect(exitOf(answers)).toBe(5);
  });

  it("is open where nothing can be compared", async () => {
    const { body } = await calmCertificate();
    const otherCases = calmParts({ caseFor: (seed, k, host) => stubCase(seed, k + 1, host) });
    const answers = await verifyEngine(otherCases, body, verifying);
    expect(answers[1]).toMatchObject({ state: "open", text: expect.stringContaining("makes other cases of the seed") });
    expect(exitOf(answers)).toBe(4);
    const sample = body.sample.map(({ history: _none, ...one }) => ({ ...one, unstable: "differed" }));
    expect((await verifyEngine(calmParts(), { ...body, sample }, verifying))[1]?.state).toBe("open");
  });

  it("of ctxspec itself asks for the same version", async () => {
    const { body } = await calmCertificate();
    const builtIn = { ...body, engine: { ...body.engine, kind: "built-in" as const } };
    const parts = calmParts({
      load: async () => ({
        engine: { ...stubEngine, kind: "built-in" },
        declared: { info: { id: "stub", name: "Stub" }, methods: [] },
      }),
    });
    const files = async (toolVersion: string) => (await verifyEngine(parts, builtIn, { ...verifying, toolVersion }))[0];
    expect(await files(body.tool.version)).toMatchObject({ state: "holds" });
    expect(await files("9.9.9")).toMatchObject({ state: "broken", text: expect.stringContaining("this is 9.9.9") });
    expect((await verifyEngine(calmParts(), builtIn, verifying))[0]).toMatchObject({ state: "broken" });
  });
});

describe("the sample", () => {
  it("is the first, the middle and the last case, or the next that repeats itself", () => {
    const always = () => true;
    expect(sampledNumbers(100, undefined, always)).toEqual([0, 50, 99]);
    expect(sampledNumbers(2, undefined, always)).toEqual([0, 1]);
    expect(sampledNumbers(1, undefined, always)).toEqual([0]);
    expect(sampledNumbers(0, undefined, always)).toEqual([]);
    expect(sampledNumbers(10, "2/5", always)).toEqual([1, 26, 46]);
    expect(sampledNumbers(100, undefined, (k) => k % 2 === 0)).toEqual([0, 2, 50]);
    expect(sampledNumbers(100, undefined, () => false)).toEqual([]);
  });
});
