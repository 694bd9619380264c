import { describe, expect, it } from "vitest";
import { type Case, type Clause, CtxspecError, type Report } from "../define/index.js";
import { reportSchema } from "../define/schemas.js";
import type { CertifyOptions } from "./options.js";
import type { Parts } from "./parts.js";
import type { Progress } from "./progress.js";
import { certifyWith } from "./run.js";
import {
  caseOf,
  findingAt,
  limitClause,
  stubClause,
  stubEngine,
  stubHistory,
  stubParts,
  turn,
  twinClause,
} from "./stand-in.fixture.js";

const ENGINE: CertifyOptions["engine"] = stubEngine.adapter;
const HOST = "openclaw-2026.9";

async function certify(parts: Parts, options: Partial<CertifyOptions> = {}): Promise<Report> {
  const report = await certifyWith(parts, { engine: ENGINE, cases: 20, hosts: [HOST], ...options });
  expect(reportSchema.safeParse(JSON.parse(JSON.stringify(report))).error).toBeUndefined();
  return report;
}

const clauseOf = (report: Report, id: string, host = HOST) =>
  report.clauses.find((clause) => clause.id === id && clause.host === host);
const timeless = ({ run: { durationMs: _ms, startedAt: _at, ...run }, ...report }: Report) => ({ ...report, run });
const limited = (limit: number, about: Partial<Clause> = {}) =>
  stubParts([limitClause("limit", limit, about), stubClause("calm")]);

describe("a campaign", () => {
  it("passes an engine that violates nothing, and says what the pass means", async () => {
    const report = await certify(limited(1e9), { hosts: [] });
    expect(report).toMatchObject({ verdict: "conforms", exitCode: 0, truncated: false, failureRateBound: 3 / 40 });
    expect(report.run).toMatchObject({ cases: 40, extraCases: 0, preset: "custom", seed: 1 });
    expect(report.run.hosts.map((host) => [host.id, host.cases])).toEqual([
      [HOST, 20],
      ["heartbeat-run-durable", 20],
    ]);
    expect(report.clauses).toHaveLength(4);
    expect(report.engine).toMatchObject({ id: "stub", version: "1.2.3" });
    expect(report.coverage.edges[HOST]).toEqual({ "bootstrap->assemble@ordinary": 20 });
    expect(report.run.skippedHosts).toEqual([{ id: "heartbeat-run", reason: "does not fit" }]);
  });

  it("keeps the finding of the lowest k, shrunk, and counts the later ones", async () => {
    const report = await certify(limited(52));
    const found = clauseOf(report, "limit");
    expect(report).toMatchObject({ verdict: "violates", exitCode: 1 });
    expect(report.failureRateBound).toBeUndefined();
    expect(found).toMatchObject({ verdict: "violated", level: "must", cases: 20, violations: 15 });
    expect(found?.findings).toHaveLength(1);
    expect(found?.findings[0]).toMatchObject({
      foundAt: "5",
      steps: 1,
      shrunkFrom: 6,
      minimal: true,
      caseFile: `cases/limit--${HOST}.case.json`,
    });
    expect(found?.findings[0]?.events[found.findings[0].at]).toMatchObject({ kind: "return" });
    expect(found?.findings[0]?.replay).toBe(`npx ctxspec replay ctxspec-report/cases/limit--${HOST}.case.json`);
    expect(clauseOf(report, "calm")?.verdict).toBe("passed");
  });

  it("gives the same report whatever ends first", async () => {
    const parts = limited(52);
    let plays = 0;
    const uneven: Parts = {
      ...parts,
      play: async (theCase, engine, options) => {
        for (let turns = (plays++ * 7) % 5; turns > 0; turns--) await Promise.resolve();
        return parts.play(theCase, engine, options);
      },
    };
    expect(timeless(await certify(uneven))).toEqual(timeless(await certify(parts)));
  });

  it("tells the first violation at once, and no violation of a clause that does not apply", async () => {
    const told: Progress[] = [];
    const absent = limitClause("absent", 0, { applies: () => ({ applies: false, reason: "not here" }) });
    const report = await certify(stubParts([limitClause("limit", 52), absent]), {
      onProgress: (progress) => void told.push(progress),
    });
    expect(told.filter((one) => one.kind === "violation")).toEqual([
      { kind: "violation", host: HOST, clause: "limit", message: "s3 answered 52", foundAt: "5" },
    ]);
    const counted = told.flatMap((one) => (one.kind === "cases" ? one.violated : []));
    expect([...new Set(counted)]).toEqual([`limit under ${HOST}`]);
    expect(told.findIndex((one) => one.kind === "violation")).toBeLessThan(told.findIndex((one) => one.kind === "shrinking"));
    expect(clauseOf(report, "absent")).toMatchObject({
      verdict: "not-applicable",
      reason: "not here",
      findings: [],
      violations: 0,
    });
  });

  it("tells each profile as soon as it is ready", async () => {
    const done: string[] = [];
    await certify(limited(52), { hosts: [], onHostDone: (host) => void done.push(`${host.host} ${host.verdicts.limit}`) });
    expect(done).toEqual([`${HOST} violated`, "heartbeat-run-durable violated"]);
  });
});

describe("what is not a pass", () => {
  it("a must clause that nothing exercised", async () => {
    const report = await certify(stubParts([stubClause("idle", { witness: () => 0 })]));
    expect(report).toMatchObject({ verdict: "inconclusive", exitCode: 4 });
    expect(clauseOf(report, "idle")?.reason).toBe("never exercised in 20 cases");
  });

  it("no case at all", async () => {
    expect(await certify(limited(1e9), { cases: 0 })).toMatchObject({ verdict: "inconclusive", exitCode: 4 });
  });

  it("a violation that does not come back: flaky", async () => {
    let plays = 0;
    const parts = stubParts([limitClause("limit", 500)], {
      play: async (theCase) => stubHistory(theCase, () => (plays++ < 1 ? 1_000 : 0)),
    });
    const report = await certify(parts, { cases: 3 });
    expect(report).toMatchObject({ verdict: "flaky", exitCode: 5 });
    expect(clauseOf(report, "limit")?.findings[0]).toMatchObject({ foundAt: "0", minimal: false });
  });

  it("an engine that differs from itself, where only a twin speaks against it", async () => {
    let plays = 0;
    const differs = twinClause("twin", () => true);
    const parts = stubParts([differs], { play: async (theCase) => stubHistory(theCase, () => plays++) });
    const report = await certify(parts);
    expect(clauseOf(report, "twin")).toMatchObject({ verdict: "inconclusive", findings: [] });
    expect(clauseOf(report, "twin")?.reason).toContain("differs from itself");
    expect(report.exitCode).toBe(4);
  });

  it("a twin that differs every time: violated", async () => {
    const report = await certify(stubParts([twinClause("twin", (_history, twin) => twin.case.steps.length >= 2)]));
    expect(clauseOf(report, "twin")).toMatchObject({ verdict: "violated" });
    expect(clauseOf(report, "twin")?.findings[0]).toMatchObject({ steps: 3, foundAt: "2" });
  });
});

describe("levels", () => {
  const weak = (level: Clause["level"], finding?: "should") =>
    stubParts([stubClause("weak", { level, check: () => [findingAt(0, "weak", finding)] }), stubClause("calm")]);

  it("a should counts under --strict only", async () => {
    expect((await certify(weak("should"))).exitCode).toBe(0);
    expect((await certify(weak("should"), { strict: true })).exitCode).toBe(1);
  });

  it("the weaker part of a must does not make it violated as a must", async () => {
    const report = await certify(weak("must", "should"));
    expect(clauseOf(report, "weak")).toMatchObject({ verdict: "violated", level: "should" });
    expect(report.exitCode).toBe(0);
  });

  it("a claim binds only who claims it", async () => {
    const parts = weak("claim");
    expect(clauseOf(await certify(parts), "weak")).toMatchObject({ verdict: "not-applicable", reason: "not claimed" });
    const adapter = { ...stubEngine.adapter, claims: ["weak"] };
    const claiming = {
      ...parts,
      load: async () => ({ ...(await parts.load({ kind: "built-in", name: "x" })), engine: { ...stubEngine, adapter } }),
    };
    expect(await certify(claiming)).toMatchObject({ exitCode: 1, engine: { claims: ["weak"] } });
  });

  it("an excuse makes it excused, with the reason", async () => {
    const parts = weak("must");
    const adapter = { ...stubEngine.adapter, excuses: [{ clause: "weak", reason: "known" }] };
    const excusing = {
      ...parts,
      load: async () => ({ ...(await parts.load({ kind: "built-in", name: "x" })), engine: { ...stubEngine, adapter } }),
    };
    const report = await certify(excusing);
    expect(clauseOf(report, "weak")).toMatchObject({ verdict: "excused", reason: "known" });
    expect(report.exitCode).toBe(0);
  });
});

describe("faults that are not the engine's conformance", () => {
  it("a violated host clause ends the run with 70 and no finding", async () => {
    const host = stubClause("host-key", {
      who: "host",
      check: (history) => (history.case.steps.length > 3 ? [findingAt(0, "wrong key")] : []),
    });
    const report = await certify(stubParts([limitClause("limit", 0), host]));
    expect(report).toMatchObject({ verdict: "error", exitCode: 70, clauses: [] });
    expect(report.error?.message).toContain("host-key");
    expect(report.error?.message).toContain("case 3");
  });

  it("a clause that throws ends the run with 70", async () => {
    const broken = stubClause("broken", {
      check: () => {
        throw new TypeError("oops");
      },
    });
    const report = await certify(stubParts([broken]));
    expect(report).toMatchObject({ verdict: "error", exitCode: 70 });
    expect(report.error?.message).toContain("clause broken threw in check");
  });

  it("an engine that cannot be loaded ends in a report with 3", async () => {
    const load = () => Promise.reject(new CtxspecError("engine-not-found", "no such engine", "look again"));
    const report = await certify(stubParts([stubClause("calm")], { load }));
    expect(report).toMatchObject({ verdict: "error", exitCode: 3, error: { code: "engine-not-found", hint: "look again" } });
  });

  it("wrong usage is thrown, with the nearest name", async () => {
    const parts = limited(1e9);
    await expect(certify(parts, { only: ["limitt"] })).rejects.toMatchObject({
      code: "usage-clause",
      hint: expect.stringContaining('"limit"'),
    });
    await expect(certify(parts, { hosts: ["openclaw-2026.8"] })).rejects.toMatchObject({ code: "usage-host" });
    await expect(certify(parts, { shard: "3/2" })).rejects.toMatchObject({ code: "usage-option" });
    await expect(certify(parts, { cases: -1 })).rejects.toMatchObject({ code: "usage-option" });
  });
});

describe("choosing and cutting", () => {
  it("plays only the clauses asked for", async () => {
    const report = await certify(limited(52), { only: ["calm"] });
    expect(report.clauses.map((clause) => clause.id)).toEqual(["calm"]);
    expect(report.exitCode).toBe(0);
  });

  it("an aborted run reports what was done", async () => {
    const stop = new AbortController();
    let plays = 0;
    const parts = limited(1e9);
    const play: Parts["play"] = async (...given) => {
      if (++plays === 7) stop.abort();
      return parts.play(...given);
    };
    const report = await certify({ ...parts, play }, { signal: stop.signal, hosts: [] });
    expect(report).toMatchObject({ truncated: true, truncatedBy: ["interrupt"] });
    expect(report.run.hosts.map((host) => host.id)).toEqual([HOST]);
    expect(report.run.cases).toBeLessThan(12);
    expect(report.run.cases).toBeGreaterThanOrEqual(6);
  });

  it("an aborted run still shows the violation it has seen, unshrunk", async () => {
    const stop = new AbortController();
    const report = await certify(limited(52), {
      signal: stop.signal,
      onProgress: (progress) => progress.kind === "violation" && stop.abort(),
    });
    expect(clauseOf(report, "limit")).toMatchObject({ verdict: "violated" });
    expect(clauseOf(report, "limit")?.findings[0]).toMatchObject({ steps: 6, minimal: false });
    expect(report.truncated).toBe(true);
  });

  it("--bail ends at the first violation that counts", async () => {
    const report = await certify(limited(52), { bail: true, hosts: [], cases: 500 });
    expect(report.run.hosts.map((host) => host.id)).toEqual([HOST]);
    expect(report.run.cases).toBeLessThan(20);
    expect(report).toMatchObject({ truncated: true, truncatedBy: ["bail"], exitCode: 1 });
  });

  it("shards share the cases out", async () => {
    const shards = await Promise.all(["1/3", "2/3", "3/3"].map((shard) => certify(limited(52), { shard })));
    expect(shards.map((report) => report.run.cases)).toEqual([9, 6, 5]);
    const violations = shards.map((report) => clauseOf(report, "limit")?.violations ?? 0);
    expect(violations.reduce((sum, one) => sum + one, 0)).toBe(15);
  });

  it("plays extra cases first, under their own profile", async () => {
    const extra: Case = caseOf([turn("s1", 3), turn("s2", 900)], HOST, 7);
    const report = await certify(limited(600), { extraCases: [extra], hosts: [] });
    expect(report.run).toMatchObject({ extraCases: 1, cases: 40 });
    expect(clauseOf(report, "limit")?.findings[0]).toMatchObject({ foundAt: "c0", shrunkFrom: 2, steps: 1 });
    expect(clauseOf(report, "limit", "heartbeat-run-durable" as never)?.verdict).toBe("passed");
  });
});
