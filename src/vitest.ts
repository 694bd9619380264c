// `ctxspec/vitest`: the conformance of an engine as vitest tests, one per clause and host profile. The campaign of a profile runs once, before
// its tests; each test then says what came of its clause. Judges nothing itself.

import path from "node:path";
import { beforeAll, describe, type TestContext, test } from "vitest";
import { certify } from "./campaign/certify.js";
import { type CertifyOptions, DEFAULT_OUT } from "./campaign/options.js";
import { caseText, writeWhole } from "./campaign/save.js";
import { CtxspecError } from "./define/errors.js";
import type { ProfileId, Report, ReportClause } from "./define/index.js";
import { inconclusiveMessage, violationMessage } from "./vitest-messages.js";
import { type ConformancePlan, planConformance } from "./vitest-plan.js";

type CampaignOptions =
  | "engineId"
  | "cwd"
  | "hosts"
  | "cases"
  | "seed"
  | "only"
  | "skip"
  | "strict"
  | "workers"
  | "callTimeoutMs"
  | "shrinkRuns"
  | "extraCases"
  | "nodePath";

export interface ConformanceOptions extends Pick<CertifyOptions, CampaignOptions> {
  /**
   * A factory, an adapter made with defineEngine, or a path or package name. A path is played in worker processes, which survive an engine
   * that loops, exits or runs out of memory; a factory is played in vitest's own process.
   */
  engine: CertifyOptions["engine"];
  /** Name of the suite; default: "conformance". */
  name?: string;
  /** Folder for the failing cases; default "ctxspec-report". */
  out?: string;
}

/** Cases per profile where none are given: a suite that is run with every change. */
const DEFAULT_CASES = 200;
/** No limit: the campaign is bounded by its cases and every call by its own limit. */
const NO_LIMIT_MS = 0;

/** Makes a suite with one test per host profile and clause. Call it at the top of a test file. */
export function describeConformance(options: ConformanceOptions): void {
  describe(options.name ?? "conformance", async () => {
    const plan = await planConformance(options).catch((error: unknown) =>
      error instanceof CtxspecError ? error : Promise.reject(error),
    );
    if (plan instanceof CtxspecError) {
      test("the engine can be loaded", () => {
        throw plainError(`${plan.message}\n  try: ${plan.hint}`);
      });
      return;
    }
    for (const host of plan.hosts) describe(host, () => hostTests(options, plan, host));
  });
}

function hostTests(options: ConformanceOptions, plan: ConformancePlan, host: ProfileId): void {
  let entries: ReportClause[] = [];
  beforeAll(async () => {
    entries = (await campaign(options, host)).clauses;
  }, NO_LIMIT_MS);
  for (const { id, title } of plan.clauses) {
    test(`${id}: ${title}`, (context) => {
      const entry = entries.find((one) => one.id === id);
      if (entry === undefined) context.skip("left out");
      else verdictOf(entry, options, context);
    });
  }
}

async function campaign(options: ConformanceOptions, host: ProfileId): Promise<Report> {
  const { name: _, out = DEFAULT_OUT, ...rest } = options;
  const report = await certify({ cases: DEFAULT_CASES, ...rest, out, hosts: [host] });
  if (report.error !== undefined) throw plainError(`${report.error.message}\n  try: ${report.error.hint}`);
  for (const finding of report.clauses.flatMap((clause) => clause.findings))
    writeWhole(path.resolve(options.cwd ?? process.cwd(), out, finding.caseFile), caseText(finding.case));
  return report;
}

/** Passes, skips or throws. A violated or unexercised should is a warning, unless strict. */
function verdictOf(entry: ReportClause, options: ConformanceOptions, context: TestContext): void {
  switch (entry.verdict) {
    case "passed":
      break;
    case "not-applicable":
    case "excused":
      context.skip(`${entry.verdict.replace("-", " ")}: ${entry.reason ?? ""}`);
      break;
    case "inconclusive":
      if (entry.level !== "should") throw plainError(inconclusiveMessage(entry));
      context.skip(inconclusiveMessage(entry));
      break;
    case "flaky":
    case "violated":
      complain(entry, options);
      break;
  }
}

function complain(entry: ReportClause, options: ConformanceOptions): void {
  const message = violationMessage(entry, typeof options.engine === "string");
  const binds = entry.level !== "should" && entry.findings.some((finding) => finding.level !== "should");
  if (binds || options.strict === true) throw plainError(message);
  console.warn(`warning: ${message}`);
}

/** An error whose stack would only point into ctxspec. */
function plainError(message: string): Error {
  const error = new Error(message);
  error.name = "Conformance";
  error.stack = `${error.name}: ${message}`;
  return error;
}
