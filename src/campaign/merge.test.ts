// Shards of stand-in campaigns, merged: the same bytes as the run without shards, whatever the engine does; and what is refused.

import { describe, expect, it } from "vitest";
import { APPLIES, type Case, type Clause, notApplicable, type Report } from "../define/index.js";
import { reportSchema } from "../define/schemas.js";
import type { Crew, Priority } from "./crew.js";
import { InProcessCrew } from "./in-process.js";
import { LOSS_CLAUSE } from "./lost.js";
import { mergeReports } from "./merge.js";
import type { CertifyOptions } from "./options.js";
import type { Parts } from "./parts.js";
import type { Outcome, Task } from "./protocol.js";
import { certifyWith } from "./run.js";
import type { ReportOfFile } from "./shards.js";
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
import { toolVersion } from "./tool.js";

const HOST = "openclaw-2026.9" as const;
const MERGER = { version: toolVersion(), generator: "test" };
const OPTIONS: CertifyOptions = { engine: stubEngine.adapter, cases: 40 };

interface Setting {
  parts: Parts;
  options?: Partial<CertifyOptions>;
  hands?: () => Crew;
}

const run = ({ parts, options, hands }: Setting, more: Partial<CertifyOptions> = {}): Promise<Report> =>
  certifyWith(parts, { ...OPTIONS, ...options, ...more }, hands?.());

/** A report as its file would give it back. */
const reread = (report: Report): Report => JSON.parse(JSON.stringify(report)) as Report;

async function shards(setting: Setting, count = 3): Promise<ReportOfFile[]> {
  const made: ReportOfFile[] = [];
  for (let index = 1; index <= count; index++) {
    const report = reread(await run(setting, { shard: `${index}/${count}`, out: `shards/${index}` }));
    expect(reportSchema.safeParse(report).error).toBeUndefined();
    made.push({ file: `${index}.json`, report });
  }
  return made;
}

const merge = async (given: ReportOfFile[], parts: Parts): Promise<Report> =>
  mergeReports(given, { clauses: await parts.clauses(), merger: MERGER, out: "ctxspec-report" });

/** The bytes of report.json without durations and dates. */
const bytes = (report: Report): string =>
  JSON.stringify({ ...report, run: { ...report.run, durationMs: 0, startedAt: "" } }, null, 2);

async function expectSame(setting: Setting, count = 3): Promise<Report> {
  const whole = await run(setting);
  const merged = await merge((await shards(setting, count)).reverse(), setting.parts);
  expect(bytes(merged)).toBe(bytes(whole));
  return whole;
}

const found = (report: Report, clause: string) => report.clauses.find(({ id }) => id === clause);

describe("merged shards have the bytes of the whole run", () => {
  it("with a baseline: what is stale, known or new is said of the run as a whole", async () => {
    const entry = (clause: string) => ({ clause, host: HOST, reason: "known", expires: "2099-01-01" });
    const entries = [entry("limit"), entry("calm")];
    const baseline = { file: "ctxspec-baseline.json", entries, today: "2026-01-05" };
    const parts = stubParts([limitClause("limit", 390), limitClause("other", 350), stubClause("calm")]);
    const whole = await expectSame({ parts, options: { baseline, hosts: [HOST] } });
    expect(whole.baseline?.entries.map(({ state }) => state)).toEqual(["known", "stale"]);
    expect(whole.baseline).toMatchObject({ holds: false, fresh: [{ clause: "other", host: HOST }] });
    expect(whole.exitCode).toBe(1);
  });

  it("where nothing is violated", async () => {
    const report = await expectSame({ parts: stubParts([limitClause("limit", 1e9), stubClause("calm")]) });
    expect(report).toMatchObject({ verdict: "conforms", run: { cases: 80 }, failureRateBound: 3 / 80 });
    expect(report.part).toBeUndefined();
  });

  it.each([1, 2, 5, 50])("where clauses are violated, %i shards", async (count) => {
    const parts = stubParts([limitClause("early", 3), limitClause("middle", 52), limitClause("late", 394), stubClause("calm")]);
    const report = await expectSame({ parts }, count);
    expect(report.verdict).toBe("violates");
    expect(["early", "middle", "late"].map((id) => found(report, id)?.findings[0]?.foundAt)).toEqual(["1", "5", "39"]);
    expect(found(report, "middle")?.findings[0]?.replay).toContain("ctxspec-report/cases/");
  });

  it("where a profile's first violation lies in another shard than that of the profile before", async () => {
    const limit = limitClause("limit", 0, {
      check: ({ case: { host, steps } }) => {
        const least = host === "openclaw-2026.9" ? 52 : 131;
        return steps.some((step) => step.kind === "turn" && step.text.tokens >= least) ? [findingAt(0, "too many")] : [];
      },
    });
    const report = await expectSame({ parts: stubParts([limit]) });
    expect(report.clauses.map(({ findings }) => findings[0]?.foundAt)).toEqual(["5", "13"]);
  });

  it("where a clause is violated in its weaker part first", async () => {
    const both = stubClause("both", {
      check: ({ case: { steps } }) => {
        const tokens = steps.map((step) => (step.kind === "turn" ? step.text.tokens : 0));
        if (tokens.some((count) => count >= 200)) return [findingAt(0, "much")];
        return tokens.some((count) => count >= 11) ? [findingAt(0, "some", "should")] : [];
      },
    });
    const report = await expectSame({ parts: stubParts([both]) });
    expect(found(report, "both")).toMatchObject({ verdict: "violated", level: "must" });
    const weak = await expectSame({ parts: stubParts([both]), options: { cases: 12, strict: true } });
    expect(found(weak, "both")).toMatchObject({ verdict: "violated", level: "should" });
    expect(weak.exitCode).toBe(1);
  });

  it("where what one shard sees decides whether a clause applies in another", async () => {
    const factsOf: Parts["factsOf"] = ({ case: { steps } }) => ({ [steps.length === 7 ? "long" : "short"]: 1 });
    const when = (fact: string): Partial<Clause> => ({
      applies: (_subject, facts) => ((facts[fact] ?? 0) > 0 ? APPLIES : notApplicable(`no ${fact} case`)),
    });
    const parts = stubParts([limitClause("in-long", 41, when("long")), limitClause("in-none", 41, when("none"))], { factsOf });
    const report = await expectSame({ parts, options: { cases: 9 } });
    expect(found(report, "in-long")).toMatchObject({ verdict: "violated" });
    expect(found(report, "in-none")).toMatchObject({ verdict: "not-applicable", findings: [] });
  });

  it("where nothing can be concluded from twins, and where a claim, an excuse and a selection decide", async () => {
    const twin = twinClause("twin", (_history, { case: { steps } }) => steps.length >= 3);
    const clauses = [twin, limitClause("claimed", 52, { level: "claim" }), limitClause("excused", 11), stubClause("left-out")];
    const parts = stubParts(clauses);
    const loaded = await parts.load({ kind: "built-in", name: "x" });
    const adapter = { ...stubEngine.adapter, claims: ["claimed"], excuses: [{ clause: "excused", reason: "known" }] };
    const load: Parts["load"] = async () => ({ ...loaded, engine: { ...stubEngine, adapter } });
    const report = await expectSame({ parts: { ...parts, load }, options: { skip: ["left-out"] } });
    expect(report.clauses.map(({ id, verdict }) => `${id} ${verdict}`).slice(0, 3)).toEqual([
      "twin violated",
      "claimed violated",
      "excused excused",
    ]);
  });

  it("where the engine differs from itself in one case", async () => {
    const differs = twinClause("twin", ({ case: { steps } }) => steps.length > 4);
    const plays = new Map<Case["steps"], number>();
    const parts = stubParts([differs], {
      play: async (theCase) => {
        const again = (plays.get(theCase.steps) ?? 0) + 1;
        plays.set(theCase.steps, again);
        return stubHistory(theCase, () => (theCase.steps.length > 4 ? again : 0));
      },
    });
    const report = await expectSame({ parts });
    expect(found(report, "twin")?.reason).toContain("differs from itself: case 4:");
  });

  it("where the engine cannot be loaded", async () => {
    const { CtxspecError } = await import("../define/index.js");
    const load = () => Promise.reject(new CtxspecError("engine-not-found", "no such engine", "look again"));
    const report = await expectSame({ parts: stubParts([stubClause("calm")], { load }) });
    expect(report).toMatchObject({ verdict: "error", exitCode: 3 });
  });
});

/** Loses its process in every case that has a step of so many tokens; with a trace it leaves the history up to there. */
class LosingCrew implements Crew {
  readonly appetite = 2;
  readonly kind = "this-process";
  private readonly inner: InProcessCrew;

  constructor(
    private readonly parts: Parts,
    private readonly deadly: (tokens: number) => boolean,
  ) {
    this.inner = new InProcessCrew(parts);
  }

  async run(task: Task, priority: Priority): Promise<Outcome> {
    const { target } = task;
    if (target.kind === "history") return this.inner.run(task, priority);
    const theCase = target.kind === "given" ? target.theCase : this.parts.caseFor(target.seed, target.k, target.host);
    const at = theCase.steps.findIndex((step) => step.kind === "turn" && this.deadly(step.text.tokens));
    if (at < 0) return this.inner.run(task, priority);
    const call = { number: at + 1, method: "assemble", step: theCase.steps[at]?.id ?? "", inFlight: true };
    const events = stubHistory(theCase).events.slice(0, at * 2 + 1);
    const traced = task.trace ? { theCase, events: events as never } : {};
    return { kind: "lost", how: "exit", detail: "code 7", call, output: "", ...traced };
  }

  describe: Crew["describe"] = (source) => this.inner.describe(source);
  close: Crew["close"] = () => this.inner.close();
}

describe("merged shards of an engine that takes its process with it", () => {
  const lossClause = stubClause(LOSS_CLAUSE, {
    check: ({ events }) => events.flatMap(({ kind, i }) => (kind === "throw" ? [findingAt(i, "the process ended")] : [])),
  });

  it.each([2, 3, 4])("%i shards: only the first losses of the whole run are looked into", async (count) => {
    // Both clauses are violated in cases that are lost as well; "seen" in others, too, and later than in the losses that shards look into.
    const parts = stubParts([lossClause, limitClause("seen", 92), limitClause("lost-only", 10, { check: onlyLost(10) })]);
    const hands = () => new LosingCrew(parts, (tokens) => tokens % 10 === 3);
    const report = await expectSame({ parts, hands }, count);
    expect(found(report, LOSS_CLAUSE)).toMatchObject({ verdict: "violated" });
    expect(found(report, LOSS_CLAUSE)?.findings[0]?.foundAt).toBe("3");
  });

  it("a loss that a shard looked into and the whole run does not is no first violation", async () => {
    const parts = stubParts([lossClause, limitClause("seen", 101)]);
    const hands = () => new LosingCrew(parts, (tokens) => tokens % 10 === 3);
    const given = await shards({ parts, hands });
    const early = given.flatMap(({ report }) => report.part?.played.flatMap((one) => one.candidates.seen ?? []) ?? []);
    expect(early.some(({ inLoss }) => inLoss)).toBe(true);
    const report = await expectSame({ parts, hands });
    expect(found(report, "seen")?.findings).toHaveLength(1);
  });
});

/** A violation that only a traced loss shows. */
function onlyLost(limit: number): Clause["check"] {
  return ({ events, case: { steps } }) => {
    const lost = events.some(({ kind }) => kind === "throw");
    const large = steps.some((step) => step.kind === "turn" && step.text.tokens >= limit);
    return lost && large ? [findingAt(0, "large and lost")] : [];
  };
}

describe("what merge refuses", () => {
  const parts = stubParts([limitClause("limit", 52), stubClause("calm"), stubClause("other")]);
  const shard = async (name: string, options: Partial<CertifyOptions>, about: Setting = { parts }): Promise<ReportOfFile> => ({
    file: name,
    report: reread(await run(about, options)),
  });
  const one = () => shard("one.json", { shard: "1/2" });

  it.each<[string, Partial<CertifyOptions>, string]>([
    ["another seed", { seed: 2 }, "seed: expected 1, found 2"],
    ["other cases", { cases: 41 }, "cases per profile: expected 40, found 41"],
    ["another shard count", { shard: "2/3" }, "shard count: expected 2, found 3"],
    ["other clauses", { skip: ["other"] }, "clauses: expected other, found none of other"],
    ["other profiles", { hosts: ["openclaw-2026.9"] }, "profiles: expected heartbeat-run-durable, found none of"],
    ["another strictness", { strict: true }, "--strict: expected false, found true"],
  ])("%s", async (_name, options, words) => {
    const two = await shard("two.json", { shard: "2/2", ...options });
    await expect(merge([await one(), two], parts)).rejects.toMatchObject({
      code: "merge-foreign",
      exitCode: 2,
      message: expect.stringMatching(/^two\.json \(shard 2\/[23]\) is of another run than one\.json \(shard 1\/2\): /),
    });
    await expect(merge([await one(), two], parts)).rejects.toThrow(words);
  });

  it("another engine, generator or ctxspec", async () => {
    const loaded = await parts.load({ kind: "built-in", name: "x" });
    const changed = { ...parts, load: async () => ({ ...loaded, engine: { ...stubEngine, digest: "abc" } }) };
    const two = await shard("two.json", { shard: "2/2" }, { parts: changed });
    await expect(merge([await one(), two], parts)).rejects.toThrow('engine digest: expected "", found "abc"');
    const newer = await shard("two.json", { shard: "2/2" }, { parts: { ...parts, generatorVersion: "next" } });
    await expect(merge([await one(), newer], parts)).rejects.toThrow(
      "generator version: expected test, which merges, found next",
    );
  });

  it("a missing and a repeated shard", async () => {
    const three = await shard("three.json", { shard: "3/3" });
    await expect(merge([three], parts)).rejects.toMatchObject({
      code: "merge-incomplete",
      message: "shard 1/3 and 2/3 are missing: expected 3 reports, found 1",
    });
    await expect(merge([await one(), { ...(await one()), file: "again.json" }], parts)).rejects.toThrow(
      "shard 1/2 was given 2 times: expected once, found one.json and again.json",
    );
  });

  it("the report of a whole run", async () => {
    await expect(merge([await shard("whole.json", {})], parts)).rejects.toMatchObject({ code: "report-invalid" });
  });
});

describe("shards", () => {
  it("play every case once", async () => {
    const played: string[] = [];
    const parts = stubParts([stubClause("calm")], {
      caseFor: (seed, k, host) => {
        played.push(`${host} ${k}`);
        return caseOf([turn("s1", k)], host, seed);
      },
    });
    await shards({ parts }, 7);
    const wanted = ["heartbeat-run-durable", "openclaw-2026.9"].flatMap((host) =>
      Array.from({ length: 40 }, (_, k) => `${host} ${k}`),
    );
    expect(played.sort()).toEqual(wanted.sort());
  });

  it("play no extra cases", async () => {
    const extraCases = [caseOf([turn("s1", 900)])];
    const report = await run({ parts: stubParts([limitClause("limit", 600)]) }, { extraCases, shard: "1/2" });
    expect(report.run).toMatchObject({ extraCases: 0, cases: 44, shard: "1/2" });
    expect(report.verdict).toBe("conforms");
  });

  it("that were cut short make a report that says so", async () => {
    const parts = stubParts([limitClause("limit", 1e9)]);
    const [one, two] = await shards({ parts }, 2);
    if (one === undefined || two === undefined) throw new Error("two shards");
    const cut = { ...two, report: reread(await run({ parts }, { shard: "2/2", signal: AbortSignal.abort() })) };
    const merged = await merge([one, cut], parts);
    expect(merged).toMatchObject({ truncated: true, truncatedBy: ["interrupt"], run: { cases: 44 } });
  });
});
