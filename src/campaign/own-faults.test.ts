import { describe, expect, it } from "vitest";
import type { Clause, History } from "../define/index.js";
import type { CertifyOptions } from "./options.js";
import { isOurs, spaceFault } from "./own-faults.js";
import type { Parts } from "./parts.js";
import { certifyWith } from "./run.js";
import { caseOf, limitClause, stubClause, stubEngine, stubHistory, stubParts, turn, twinClause } from "./stand-in.fixture.js";

const HOST = "openclaw-2026.9";

/** What goes wrong from its n-th use on. */
function broken<A extends unknown[], R>(what: string, work: (...args: A) => R, from = 1): (...args: A) => R {
  let uses = 0;
  return (...args) => {
    uses += 1;
    if (uses >= from) throw new Error(`injected into ${what}`);
    return work(...args);
  };
}

const healthy = stubParts([]);
const violated = () => limitClause("limit", 52);
const differing = () => twinClause("twin", () => true);
/** Clauses that violate, differ and hold, so that every part has something to do. */
const all = (...more: Clause[]) => [violated(), differing(), stubClause("calm"), ...more];

/** One fault each; the engine of all of them is one that is violated, so a finding would be at hand. */
const FAULTS: Record<string, () => Parts> = {
  "the generator": () => stubParts(all(), { caseFor: broken("caseFor", healthy.caseFor, 7) }),
  "the host, at once": () => stubParts(all(), { play: broken("play", healthy.play) }),
  "the host, later": () => stubParts(all(), { play: broken("play", healthy.play, 30) }),
  "the host, with no Error": () =>
    stubParts(all(), {
      play: () => Promise.reject("injected as a string"),
    }),
  facts: () => stubParts(all(), { factsOf: broken("factsOf", healthy.factsOf, 5) }),
  "the comparison of histories": () => stubParts(all(), { difference: broken("difference", healthy.difference) }),
  "the shrinker": () => stubParts(all(), { shrink: broken("shrink", healthy.shrink) }),
  "the loader": () => stubParts(all(), { load: broken("load", healthy.load) }),
  "the choice of profiles": () => stubParts(all(), { hostsFor: broken("hostsFor", healthy.hostsFor) }),
  "the clauses": () => ({ ...stubParts(all()), clause: broken("clause", async () => undefined) }),
  "a check": () => stubParts(all(stubClause("bad", { check: broken("check", () => [], 3) }))),
  "a check, of a violated clause": () =>
    stubParts([
      limitClause("limit", 52, { check: broken("check", (h: History) => violated().check(h, [], undefined as never), 30) }),
    ]),
  "a witness": () => stubParts(all(stubClause("bad", { witness: broken("witness", () => 1, 3) }))),
  twins: () => stubParts(all(stubClause("bad", { twins: broken("twins", () => []) }))),
  applies: () => stubParts(all(stubClause("bad", { applies: broken("applies", () => ({ applies: true })) }))),
  "applies, when the report is made": () =>
    stubParts([stubClause("bad", { applies: broken("applies", () => ({ applies: true })) })]),
};

const run = (parts: Parts, about: Partial<CertifyOptions> = {}) =>
  certifyWith(parts, { engine: stubEngine.adapter, cases: 20, hosts: [HOST], ...about });

describe("a fault of ctxspec itself", () => {
  it.each(Object.entries(FAULTS))("in %s ends with 70, with no finding and no pass", async (_part, parts) => {
    const report = await run(parts());
    expect(report).toMatchObject({ verdict: "error", exitCode: 70, error: { code: "internal" } });
    expect(`${report.error?.message} ${report.error?.cause}`).toContain("injected");
    expect(report.clauses.flatMap((clause) => clause.findings)).toEqual([]);
    expect(report.clauses.filter((clause) => clause.verdict === "passed" || clause.verdict === "violated")).toEqual([]);
    expect(report.failureRateBound).toBeUndefined();
  });

  it("is certain to be one: the same engine without it is violated", async () => {
    expect(await run(stubParts(all()))).toMatchObject({ verdict: "violates", exitCode: 1 });
  });

  it("under the second profile: what the first one gave is kept, and the verdict is still error", async () => {
    const parts = stubParts([stubClause("calm")], {
      play: (theCase, engine, options) =>
        theCase.host === HOST ? healthy.play(theCase, engine, options) : Promise.reject(new Error("injected late")),
    });
    const report = await run(parts, { hosts: [] });
    expect(report).toMatchObject({ verdict: "error", exitCode: 70, run: { cases: 20 } });
    expect(report.clauses.map(({ host, verdict }) => [host, verdict])).toEqual([[HOST, "passed"]]);
  });

  it("in a listener for progress", async () => {
    const report = await run(stubParts(all()), { onProgress: broken("onProgress", () => undefined) });
    expect(report).toMatchObject({ exitCode: 70 });
    expect(report.error?.message).toContain("injected into onProgress");
  });
});

describe("a full disk", () => {
  const failed = (message: string, storedBytes = 1_000): History => {
    const history = stubHistory(caseOf([turn("s1", 1)]));
    history.events.push({
      i: 2,
      step: "s1",
      kind: "throw",
      call: 1,
      error: { name: "Error", message, isError: true },
      cause: "engine",
    });
    history.residue = { storedBytes } as NonNullable<History["residue"]>;
    return history;
  };
  const full = "ENOSPC: no space left on device, write";

  it("is not the engine's fault, unless it filled it", () => {
    expect(spaceFault(failed(full), () => 0)).toMatchObject({ code: "internal", exitCode: 70 });
    expect(spaceFault(failed(full, 1e9), () => 0)).toBeUndefined();
    expect(spaceFault(failed(full), () => 1e9)).toBeUndefined();
    expect(spaceFault(failed("no space for that"), () => 0)).toBeUndefined();
  });
});

describe("an uncaught exception", () => {
  const thrown = (...files: string[]) =>
    Object.assign(new Error("x"), {
      stack: ["Error: x", ...files.map((file) => `    at ${file}`), "    at node:internal/timers:1:1"].join("\n"),
    });

  it("is ours where only our own code was running", () => {
    const own = "/x/dist/src";
    expect(isOurs(thrown("play (file:///x/dist/src/host/steps.js:4:5)", "file:///x/dist/src/host/index.js:1:2"), own)).toBe(true);
    expect(isOurs(thrown("async play (/x/dist/src/host/steps.js:4:5)"), own)).toBe(true);
    expect(isOurs(thrown("f (/home/me/engine.mjs:1:2)", "play (file:///x/dist/src/host/steps.js:4:5)"), own)).toBe(false);
    expect(isOurs(thrown("f (file:///x/dist/engines/reference.js:1:2)"), own)).toBe(false);
    expect(isOurs(thrown(), own)).toBe(false);
    expect(isOurs("thrown as a string", own)).toBe(false);
  });
});
