import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dirSync } from "tmp-promise";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BaselineEntry, Report } from "../define/index.js";
import { reportSchema } from "../define/schemas.js";
import { type GivenBaseline, updatedBaseline } from "./baseline.js";
import { readBaseline, writeBaseline } from "./baseline-file.js";
import type { CertifyOptions } from "./options.js";
import { certifyWith } from "./run.js";
import { limitClause, stubClause, stubEngine, stubParts } from "./stand-in.fixture.js";

const HOST = "openclaw-2026.9";
const TODAY = "2026-06-15";
const entry = (clause: string, about: Partial<BaselineEntry> = {}): BaselineEntry => ({
  clause,
  host: HOST,
  reason: "the store is rewritten in July",
  expires: "2026-07-31",
  ...about,
});

/** `limit` is violated from k = 5 on, `calm` never, `mild` only as a should. */
const parts = stubParts([limitClause("limit", 52), stubClause("calm"), limitClause("mild", 52, { level: "should" })]);

async function run(entries: BaselineEntry[], options: Partial<CertifyOptions> = {}): Promise<Report> {
  const baseline: GivenBaseline = { file: "b.json", entries, today: TODAY };
  const report = await certifyWith(parts, { engine: stubEngine.adapter, cases: 20, hosts: [HOST], baseline, ...options });
  expect(reportSchema.safeParse(JSON.parse(JSON.stringify(report))).error).toBeUndefined();
  return report;
}

const said = (report: Report) => report.baseline?.entries.map(({ clause, state }) => `${clause} ${state}`);

describe("a run with a baseline", () => {
  it("excuses a known violation until its date, that day included", async () => {
    for (const expires of ["2026-07-31", TODAY]) {
      const report = await run([entry("limit", { expires })]);
      expect(report).toMatchObject({ verdict: "conforms", exitCode: 0, baseline: { holds: true, file: "b.json", fresh: [] } });
      expect(said(report)).toEqual(["limit known"]);
      const found = report.clauses.find(({ id }) => id === "limit");
      expect(found).toMatchObject({ verdict: "excused", violations: 15 });
      expect(found?.reason).toBe(`known until ${expires}, by the baseline: the store is rewritten in July`);
    }
  });

  it("fails by a violation that is not in it", async () => {
    const report = await run([]);
    expect(report).toMatchObject({ verdict: "violates", exitCode: 1 });
    expect(report.baseline).toEqual({ file: "b.json", holds: false, entries: [], fresh: [{ clause: "limit", host: HOST }] });
  });

  it("fails by a violated should only under --strict", async () => {
    expect(await run([entry("limit")])).toMatchObject({ exitCode: 0, baseline: { fresh: [] } });
    expect(await run([entry("limit")], { strict: true })).toMatchObject({
      exitCode: 1,
      baseline: { fresh: [{ clause: "mild", host: HOST }] },
    });
  });

  it("fails by an entry that was exercised and is no longer violated, whatever its date", async () => {
    for (const expires of ["2026-07-31", "2026-01-01"]) {
      const report = await run([entry("limit"), entry("calm", { expires })]);
      expect(report).toMatchObject({ verdict: "violates", exitCode: 1, baseline: { holds: false, fresh: [] } });
      expect(said(report)).toEqual(["limit known", "calm stale"]);
      expect(report.baseline?.entries[1]?.witnessed).toBeGreaterThan(0);
    }
  });

  it("fails by an expired entry, which excuses nothing", async () => {
    const report = await run([entry("limit", { expires: "2026-06-14" })]);
    expect(report).toMatchObject({ verdict: "violates", exitCode: 1, baseline: { holds: false, fresh: [] } });
    expect(said(report)).toEqual(["limit expired"]);
    expect(report.clauses.find(({ id }) => id === "limit")?.verdict).toBe("violated");
  });

  it("says nothing about what was not played, and nothing is stale in a shard or after an interrupt", async () => {
    expect(said(await run([entry("limit"), entry("calm", { host: "heartbeat-run" })]))).toEqual(["limit known", "calm unseen"]);
    expect(said(await run([entry("calm")], { skip: ["calm"] }))).toEqual(["calm unseen"]);
    expect(said(await run([entry("limit"), entry("calm")], { shard: "1/2" }))).toEqual(["limit known", "calm unseen"]);
    const controller = new AbortController();
    const stopping = await run([entry("calm")], {
      skip: ["limit", "mild"],
      signal: controller.signal,
      onHostDone: () => controller.abort(),
    });
    expect(said(stopping)).toEqual(["calm unseen"]);
  });

  it("is not stopped by --bail at a violation that is known", async () => {
    const known = await run([entry("limit")], { bail: true });
    expect(known).toMatchObject({ exitCode: 0, truncated: false, run: { cases: 20 } });
    const fresh = await run([], { bail: true });
    expect(fresh.exitCode).toBe(1);
    expect(fresh.run.cases).toBeLessThan(20);
  });

  it("leaves a report without a baseline as it was", async () => {
    const report = await certifyWith(parts, { engine: stubEngine.adapter, cases: 20, hosts: [HOST] });
    expect("baseline" in report).toBe(false);
  });
});

describe("bringing a baseline up to date", () => {
  it("keeps reasons and dates, takes stale entries out, and asks for the reason of a new one", async () => {
    const expired = entry("limit", { expires: "2026-01-01", reason: "old" });
    const elsewhere = entry("calm", { host: "heartbeat-run" });
    const report = await run([expired, entry("calm"), elsewhere], { strict: true });
    const update = updatedBaseline(report.baseline as NonNullable<Report["baseline"]>, TODAY);
    const added = { clause: "mild", host: HOST, reason: "to be explained", expires: "2026-09-13" };
    expect(update).toEqual({ entries: [elsewhere, expired, added], added: [added], removed: [entry("calm")] });
  });
});

describe("a baseline file", () => {
  let folder: string;
  beforeEach(() => {
    folder = dirSync({ unsafeCleanup: true }).name;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = (text: string): string => {
    const full = path.join(folder, "b.json");
    writeFileSync(full, text);
    return full;
  };
  const holding = (...violations: unknown[]): string => JSON.stringify({ format: "ctxspec-baseline/1", violations });
  const real = { clause: "isolation-tick", host: HOST, reason: "known", expires: "2026-12-31" };

  it("is read as it was written, and nothing else is left in the folder", () => {
    const written = path.join(folder, "new.json");
    expect(readBaseline(written, "empty")).toEqual([]);
    writeBaseline(written, [real as BaselineEntry]);
    expect(readBaseline(written, "error")).toEqual([real]);
    expect(readdirSync(folder)).toEqual(["new.json"]);
  });

  it.each([
    ["no JSON", "violations: none", "baseline-invalid", "is not JSON"],
    ["a report", '{"format":"ctxspec-report/1"}', "baseline-invalid", "is a report, not a baseline"],
    ["JSON of another kind", "[1]", "baseline-invalid", "found no format"],
    ["a newer format", '{"format":"ctxspec-baseline/2"}', "baseline-newer", "this ctxspec knows ctxspec-baseline/1"],
    ["no reason", holding({ ...real, reason: "" }), "baseline-invalid", "at violations.0.reason"],
    ["a date that is no day", holding({ ...real, expires: "2026-02-30" }), "baseline-invalid", "at violations.0.expires"],
    ["an unknown profile", holding({ ...real, host: "x" }), "baseline-invalid", "at violations.0.host"],
    ["an unknown clause", holding({ ...real, clause: "isolation-tik" }), "baseline-invalid", 'no clause "isolation-tik"'],
    ["an entry twice", holding(real, { ...real, reason: "again" }), "baseline-invalid", "stands there twice"],
  ])("with %s is refused, and stays as it is", (_name, text, code, message) => {
    const full = file(text);
    const refusal = expect.objectContaining({ code, exitCode: 2, message: expect.stringContaining(message) });
    expect(() => readBaseline(full, "error")).toThrow(refusal);
    expect(() => readBaseline(full, "empty")).toThrow(refusal);
    expect(() => writeBaseline(full, [])).toThrow(refusal);
    expect(readFileSync(full, "utf8")).toBe(text);
  });

  it("that is missing is an error unless one is to be written", () => {
    const missing = path.join(folder, "none.json");
    expect(() => readBaseline(missing, "error")).toThrow(
      expect.objectContaining({ code: "baseline-unreadable", hint: expect.stringContaining("--update-baseline") }),
    );
    expect(existsSync(missing)).toBe(false);
  });

  it("that is a folder is unreadable", () => {
    mkdirSync(path.join(folder, "b.json"));
    expect(() => writeBaseline(path.join(folder, "b.json"), [])).toThrow(
      expect.objectContaining({ code: "baseline-unreadable", exitCode: 2 }),
    );
  });
});
