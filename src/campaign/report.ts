// Puts the one report object together from what the campaign counted and found. Pure; the verdicts come from verdict.ts.

import {
  type Clause,
  type CtxspecError,
  CUTS,
  type Cut,
  NOT_JUDGED,
  type PartHost,
  type ProfileId,
  REPORT_FORMAT,
  type Report,
  type ReportClause,
  type ReportPart,
  type Subject,
} from "../define/index.js";
import { type GivenBaseline, judgeBaseline } from "./baseline.js";
import type { Inquiry } from "./investigate.js";
import { edgesOf, unexercised } from "./obligations.js";
import type { HostChoice } from "./parts.js";
import type { Description } from "./protocol.js";
import { claimsOf, subjectOf } from "./subject.js";
import type { FindingLevel, HostTally } from "./tally.js";
import { clauseVerdict, failureRateBound, runVerdict } from "./verdict.js";

/** One profile, all cases played and all violations looked into. */
export interface HostResult {
  tally: HostTally;
  reason: string;
  inquiries: Map<string, Partial<Record<FindingLevel, Inquiry>>>;
  /** With a shard only. */
  part?: PartHost;
}

export interface ReportInput {
  tool: Report["tool"];
  /** What the user asked for. */
  source: string;
  /** Absent when the engine could not be loaded. */
  description?: Description | undefined;
  clauses: Clause[];
  hosts: HostResult[];
  skippedHosts: HostChoice["skipped"];
  seed: number;
  preset: string;
  strict: boolean;
  durationMs: number;
  startedAt: string;
  shard?: string | undefined;
  part?: ReportPart | undefined;
  /** The Node of a run without a description; default: this one. */
  node?: string | undefined;
  /** What ended the run, or a shrink, early. */
  cuts: ReadonlySet<Cut>;
  baseline?: (GivenBaseline & { today: string; concluded: boolean }) | undefined;
  error?: CtxspecError | undefined;
}

export function subjectUnder(description: Description, host: ProfileId): Subject {
  return subjectOf({ info: description.info, methods: description.methods }, authorOf(description), host);
}

function authorOf({ adapter }: Description): Omit<Parameters<typeof subjectOf>[1], "isRecalled"> {
  return {
    ...(adapter.claims === undefined ? {} : { claims: adapter.claims }),
    ...(adapter.recall === undefined ? {} : { recall: adapter.recall }),
    ...(adapter.keepsAcrossReset === undefined ? {} : { keepsAcrossReset: adapter.keepsAcrossReset }),
    ...(adapter.protectedTailMessages === undefined ? {} : { protectedTailMessages: adapter.protectedTailMessages }),
    ...(adapter.excuses === undefined
      ? {}
      : { excuses: adapter.excuses.map(({ host, ...excuse }) => ({ ...excuse, ...(host === undefined ? {} : { host }) })) }),
  };
}

/** Entry of one clause under one profile. */
export function clauseEntry(clause: Clause, result: HostResult, subject: Subject): ReportClause {
  const { tally, inquiries } = result;
  const counts = tally.clauses.get(clause.id);
  const inquiry = inquiries.get(clause.id);
  const unstable = counts?.unstable ?? (clause.twins === undefined ? undefined : tally.unstable);
  const judged = clauseVerdict({
    id: clause.id,
    level: clause.level,
    unclaimed: clause.unclaimed ?? "not-applicable",
    host: tally.host,
    applies: clause.applies(subject, tally.facts),
    claims: subject.claims,
    excuses: subject.adapter.excuses ?? [],
    witnessed: counts?.witnessed ?? 0,
    cases: tally.cases + tally.extraCases,
    violated: {
      ...(inquiry?.own === undefined ? {} : { own: inquiry.own.confirmation }),
      ...(inquiry?.should === undefined ? {} : { should: inquiry.should.confirmation }),
    },
    ...(unstable === undefined ? {} : { unstable: unstable.said }),
  });
  const shown = judged.verdict === "violated" || judged.verdict === "excused" || judged.verdict === "flaky";
  const { confirmed, flaky } = sortedFindings(inquiry);
  return {
    id: clause.id,
    title: clause.title,
    source: clause.source,
    family: clause.family,
    level: judged.level,
    host: tally.host,
    verdict: judged.verdict,
    ...(judged.reason === undefined ? {} : { reason: judged.reason }),
    witnessed: counts?.witnessed ?? 0,
    cases: tally.cases + tally.extraCases,
    violations: shown ? (counts?.violations ?? 0) : 0,
    findings: shown ? (judged.verdict === "flaky" ? flaky : confirmed) : [],
  };
}

function sortedFindings(inquiry: Partial<Record<FindingLevel, Inquiry>> | undefined) {
  const all = [inquiry?.own, inquiry?.should].filter((one) => one !== undefined);
  const of = (confirmation: Inquiry["confirmation"]) =>
    all.filter((one) => one.confirmation === confirmation).map((one) => one.finding);
  return { confirmed: of("confirmed"), flaky: of("flaky") };
}

export function buildReport(input: ReportInput): Report {
  const { description, hosts } = input;
  const engineClauses = input.clauses.filter((clause) => clause.who === "engine");
  const entries =
    description === undefined
      ? []
      : hosts.flatMap((result) =>
          engineClauses.map((clause) => clauseEntry(clause, result, subjectUnder(description, result.tally.host))),
        );
  const cases = sum(hosts, ({ tally }) => tally.cases);
  const extraCases = sum(hosts, ({ tally }) => tally.extraCases);
  const baseline = baselineOf(input, entries);
  const run = runVerdict({
    clauses: entries,
    cases: cases + extraCases,
    strict: input.strict,
    baselineHolds: baseline?.holds ?? true,
    ...(input.error === undefined ? {} : { error: input.error.exitCode }),
  });
  const clean =
    input.error === undefined &&
    !entries.some((entry) => entry.verdict === "violated" || entry.verdict === "flaky" || entry.verdict === "excused");
  const bound = clean ? failureRateBound(cases + extraCases) : undefined;
  return {
    format: REPORT_FORMAT,
    tool: input.tool,
    engine: engineOf(input),
    run: {
      seed: input.seed,
      preset: input.preset,
      hosts: hosts.map(({ tally, reason }) => ({
        id: tally.host,
        reason,
        cases: tally.cases,
        steps: tally.steps,
        engineCalls: tally.engineCalls,
      })),
      skippedHosts: input.skippedHosts,
      cases,
      extraCases,
      steps: sum(hosts, ({ tally }) => tally.steps),
      engineCalls: sum(hosts, ({ tally }) => tally.engineCalls),
      durationMs: Math.round(input.durationMs),
      node: description?.node ?? input.node ?? process.version,
      startedAt: input.startedAt,
      ...(input.shard === undefined ? {} : { shard: input.shard }),
    },
    ...run,
    ...(bound === undefined ? {} : { failureRateBound: bound }),
    ...(input.error === undefined ? {} : { error: errorOf(input.error) }),
    truncated: input.cuts.size > 0,
    ...(input.cuts.size === 0 ? {} : { truncatedBy: CUTS.filter((one) => input.cuts.has(one)) }),
    clauses: entries,
    harness: hosts.flatMap((result) => harnessOf(input, result)),
    coverage: coverageOf(input),
    ...(baseline === undefined ? {} : { baseline }),
    notJudged: NOT_JUDGED,
    ...(input.part === undefined ? {} : { part: input.part }),
  };
}

function baselineOf({ baseline, strict, error }: ReportInput, clauses: ReportClause[]): Report["baseline"] {
  if (baseline === undefined || error !== undefined) return undefined;
  const { today, concluded } = baseline;
  return judgeBaseline({ given: baseline, today, clauses, strict, concluded });
}

function engineOf({ description, source, hosts }: ReportInput): Report["engine"] {
  if (description === undefined)
    return { id: "", name: source, version: "", source, digest: "", declares: {}, claims: [], notes: [] };
  const { digest, info, methods, notes, touched, sdk, adapter } = description;
  const { id, name, version } = selfDescribed(description);
  const other = description.version !== "" && description.version !== version;
  return {
    id,
    name,
    version,
    source,
    digest,
    declares: { ...info, methods },
    claims: claimsOf({ info, methods }, adapter.claims),
    notes: [
      ...(other ? [`its package is version ${description.version}, and it calls itself ${version}`] : []),
      ...notes,
      ...Object.keys(sdk)
        .sort()
        .map((name) => `${name} resolved to: ${sdk[name]}`),
      ...new Set(hosts.flatMap(({ tally }) => tally.network.map(refusedNote))),
      ...(touched.length > 0 ? [`the plugin touched: ${touched.join(", ")}`] : []),
    ],
  };
}

const LONGEST_NAME = 200;

/** What an engine says of itself, on one line, else what its file or package is called. */
export function selfDescribed(description: Description): Pick<Description, "id" | "name" | "version"> {
  const { info, id, name, version } = description;
  const said = (value: unknown, otherwise: string) =>
    (typeof value === "string" && value.replace(/\s+/g, " ").trim().slice(0, LONGEST_NAME)) || otherwise;
  return { id: said(info.id, id), name: said(info.name, name), version: said(info.version, version) };
}

function refusedNote(target: string): string {
  return `it tried to reach ${target} and was refused: no engine reaches the network while it is tested`;
}

function harnessOf({ clauses, description }: ReportInput, { tally }: HostResult): Report["harness"] {
  if (description === undefined) return [];
  const subject = subjectUnder(description, tally.host);
  return clauses
    .filter((clause) => clause.who === "host")
    .map((clause) => {
      const witnessed = tally.clauses.get(clause.id)?.witnessed ?? 0;
      const applies = clause.applies(subject, tally.facts).applies;
      return {
        id: clause.id,
        host: tally.host,
        witnessed,
        verdict: applies ? (witnessed > 0 ? "passed" : "inconclusive") : "not-applicable",
      } as const;
    });
}

function coverageOf({ description, hosts }: ReportInput): Report["coverage"] {
  const unsettled = sum(hosts, ({ tally }) => tally.facts["note.unsettled"] ?? 0);
  if (description === undefined) return { edges: {}, unexercised: {}, unsettled };
  return {
    edges: Object.fromEntries(hosts.map(({ tally }) => [tally.host, edgesOf(tally.facts)])),
    unexercised: Object.fromEntries(
      hosts.map(({ tally }) => [tally.host, unexercised(subjectUnder(description, tally.host), tally.facts)]),
    ),
    unsettled,
  };
}

function errorOf(error: CtxspecError): NonNullable<Report["error"]> {
  const { code, message, hint, cause } = error;
  const why = cause === undefined ? undefined : cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  return { code, message, hint, ...(why === undefined ? {} : { cause: why }) };
}

function sum<T>(list: T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0);
}
