// Makes a certificate of a run that conforms: what the report says, which files the engine is made of, and a sample of plays to compare with.

import type { KeyObject } from "node:crypto";
import type { Parts } from "../campaign/parts.js";
import type { Description } from "../campaign/protocol.js";
import { wallClock } from "../campaign/real-time.js";
import { type Certificate, type CertificateBody, CtxspecError, type DetectionPower, type Report } from "../define/index.js";
import { digestOf } from "./canonical.js";
import { engineFiles, inFolder } from "./engine-files.js";
import { onStage, playSample, type StageOptions } from "./sample.js";
import { sealed } from "./seal.js";

export interface IssueOptions extends StageOptions {
  strict?: boolean;
  /** Absolute places that are no part of the engine even if they lie in its folder: the certificate, the reports. */
  leftOut: string[];
  detectionPower: DetectionPower;
  /** Ids of all clauses about engines that there are. */
  clauses: string[];
  key?: KeyObject | undefined;
}

/** Why a report is not certified; undefined when it is. */
export function refusal(report: Report): string | undefined {
  if (report.verdict === "conforms") return undefined;
  return `the verdict is "${report.verdict}", and only a run that conforms is certified`;
}

/** Plays the sample. Throws engine-changed, and whatever loading the engine throws. The report's verdict has to be `conforms`. */
export async function issueCertificate(parts: Parts, report: Report, options: IssueOptions): Promise<Certificate> {
  const refused = refusal(report);
  if (refused !== undefined) throw new Error(refused);
  return onStage(parts, options, async (stage) => {
    const { description } = stage;
    const sample = await playSample(stage, report.run);
    refuseChanged(report, description, options.leftOut);
    const engine = certifiedEngine(report, description, options);
    return sealed({ ...bodyOf(report, options), engine, sample }, options.key);
  });
}

/** What is certified has to be what was played: a file written since the run began may have been played before it was, or never. */
function refuseChanged(report: Report, { digest, root }: Description, leftOut: readonly string[]): void {
  const { newestMs } = engineFiles(root, inFolder(root, leftOut));
  if (digest === report.engine.digest && newestMs < Date.parse(report.run.startedAt)) return;
  throw new CtxspecError(
    "engine-changed",
    "the engine's files changed while it was being certified: no certificate was written",
    "let no editor, build or engine write into the engine's folder during the run, then certify again",
  );
}

function certifiedEngine(report: Report, description: Description, options: IssueOptions): CertificateBody["engine"] {
  const { id, name, version, source, declares, claims } = report.engine;
  const leftOut = inFolder(description.root, options.leftOut);
  const { covers, files } = engineFiles(description.root, leftOut);
  return {
    id,
    name,
    version,
    kind: description.kind,
    source,
    ...(options.engineId === undefined ? {} : { engineId: options.engineId }),
    covers,
    files,
    filesDigest: digestOf(files),
    leftOut,
    declares,
    claims,
    adapter: Object.fromEntries(Object.entries(description.adapter).filter(([, value]) => value !== undefined)),
  };
}

function bodyOf(report: Report, options: IssueOptions): Omit<CertificateBody, "engine" | "sample" | "signer"> {
  const { run, clauses } = report;
  const { seed, preset, cases, extraCases, steps, engineCalls, node, startedAt, durationMs, shard } = run;
  const judged = new Set(clauses.map(({ id }) => id));
  return {
    issuedAt: wallClock(),
    tool: report.tool,
    verdict: "conforms",
    run: {
      seed,
      preset,
      strict: options.strict === true,
      cases,
      extraCases,
      steps,
      engineCalls,
      node,
      startedAt,
      durationMs,
      truncated: report.truncated,
      ...(shard === undefined ? {} : { shard }),
    },
    hosts: run.hosts,
    clauses: clauses.map(({ id, host, level, verdict, witnessed, cases: n, violations, reason }) => ({
      id,
      host,
      level,
      verdict,
      witnessed,
      cases: n,
      violations,
      ...(reason === undefined ? {} : { reason }),
    })),
    failureRate: failureRateOf(report),
    detectionPower: options.detectionPower,
    excuses: clauses
      .filter(({ verdict }) => verdict === "excused")
      .map(({ id, host, level, violations, reason }) => ({ clause: id, host, level, violations, reason: reason ?? "" })),
    notJudged: {
      never: report.notJudged,
      clauses: options.clauses.filter((id) => !judged.has(id)),
      hosts: run.skippedHosts,
      unexercised: report.coverage.unexercised,
    },
  };
}

function failureRateOf({ failureRateBound, run }: Report): CertificateBody["failureRate"] {
  const said = { confidence: 0.95, cases: run.cases + run.extraCases } as const;
  if (failureRateBound !== undefined) return { ...said, atMost: failureRateBound };
  return { ...said, reason: "there were violations, which are excused or are warnings" };
}
