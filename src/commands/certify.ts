// ctxspec certify: settles the options, proves that the reports can be written, runs the campaign and writes what came of it.
// Decides nothing about verdicts; the exit code is the report's.

import { statSync } from "node:fs";
import path from "node:path";
import { certify } from "../campaign/certify.js";
import { type CertifyOptions, DEFAULT_OUT } from "../campaign/options.js";
import { wallClock } from "../campaign/real-time.js";
import { buildReport } from "../campaign/report.js";
import { saveReport } from "../campaign/save.js";
import { toolVersion } from "../campaign/tool.js";
import type { Settings } from "../config.js";
import { settingsFrom } from "../config-file.js";
import { CtxspecError, EXIT, type Report } from "../define/index.js";
import { clauses } from "../discover.js";
import { prepareBaseline, updateBaseline } from "./baseline.js";
import { type PreparedCertificate, prepareCertificate, writeCertificate } from "./certificate.js";
import { asCtxspecError, failureText, isVerbose } from "./failure.js";
import { catchInterrupt } from "./interrupt.js";
import { hostLine, ProgressLine } from "./progress-line.js";
import { type Places, placesFor, preparePlaces, reportNote, STDOUT, writeReports } from "./report-places.js";
import type { Terminal } from "./terminal.js";

export const DEFAULT_ENGINE = "reference";

/** Settings as the campaign takes them. */
export function campaignOptions(settings: Settings, cwd: string): CertifyOptions {
  const given = {
    engineId: settings.engineId,
    hosts: settings.host,
    cases: settings.cases,
    timeMs: settings.time,
    preset: settings.preset,
    seed: settings.seed,
    only: settings.only,
    skip: settings.skip,
    strict: settings.strict,
    workers: settings.workers,
    shard: settings.shard,
    callTimeoutMs: settings.callTimeout,
    shrinkRuns: settings.shrinkRuns,
    shrinkTimeMs: settings.shrinkTime,
    bail: settings.bail,
    nodePath: settings.node === undefined ? undefined : nodeFile(settings.node, cwd),
    memoryMb: settings.memory,
    out: settings.out,
  };
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return { engine: settings.engine ?? DEFAULT_ENGINE, cwd, ...(Object.fromEntries(present) as Partial<CertifyOptions>) };
}

function nodeFile(given: string, cwd: string): string {
  const file = path.resolve(cwd, given);
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  throw new CtxspecError(
    "usage-option",
    `--node names ${file}, which is no file`,
    "give the path of a Node executable, e.g. node_modules/node/bin/node",
  );
}

/** Answers the exit code. Throws CtxspecError for wrong usage. */
export async function certifyCommand(engines: string[], given: Record<string, unknown>, terminal: Terminal): Promise<number> {
  if (engines.length > 1) return (await import("./certify-several.js")).certifySeveral(engines, given, terminal);
  return (await certifyEngine(engines[0], given, terminal)).exitCode;
}

/** Certifies one engine and writes its report. Throws CtxspecError for wrong usage. */
export async function certifyEngine(
  engine: string | undefined,
  given: Record<string, unknown>,
  terminal: Terminal,
): Promise<Report> {
  const settings = await settingsFrom(engine === undefined ? given : { ...given, engine }, terminal.cwd);
  const baseline = prepareBaseline(settings, terminal.cwd);
  const options = { ...campaignOptions(settings, terminal.cwd), ...(baseline === undefined ? {} : { baseline: baseline.given }) };
  const places = await placesFor(settings.out ?? DEFAULT_OUT, settings.report, terminal.cwd);
  const certificate = prepareCertificate(settings, terminal.cwd, [
    path.join(places.out, "report.json"),
    ...places.places.map((place) => place.path),
    ...(baseline === undefined ? [] : [baseline.file]),
  ]);
  preparePlaces(places);
  const report = await campaign(options, settings, places, terminal);
  const certified = await certifiedBy(certificate, report, options, places);
  if (report.error !== undefined)
    terminal.err(failureText(report.error as CtxspecError, terminal.errPaint, isVerbose(settings.verbose)));
  const nothingToShow = report.error !== undefined && report.run.cases === 0;
  const files = await writeReports(nothingToShow ? withoutText(places) : places, report, terminal).catch((thrown: unknown) => {
    throw spoiled(report, places, asCtxspecError(thrown));
  });
  const say = places.stdoutTaken ? terminal.err : terminal.out;
  say(reportNote(places, files, terminal.cwd));
  if (baseline?.update === true) say(`${updateBaseline(baseline, report)}\n`);
  if (certified.error !== undefined) throw certified.error;
  if (certified.refused !== undefined) terminal.err(`${certified.refused}\n`);
  if (certified.written !== undefined) say(`${certified.written}\n`);
  return report;
}

/** A reporter that fails is our own fault: no verdict of this run may stand, in the file for machines neither. */
function spoiled(report: Report, { out }: Places, error: CtxspecError): CtxspecError {
  const { code, message, hint, exitCode } = error;
  if (exitCode === EXIT.internal) saveReport(out, { ...report, verdict: "error", exitCode, error: { code, message, hint } });
  return error;
}

/** What became of the certificate. Reports are written whatever came of it. */
interface Certified {
  written?: string;
  refused?: string;
  error?: CtxspecError;
}

async function certifiedBy(
  certificate: PreparedCertificate | undefined,
  report: Report,
  options: CertifyOptions,
  places: Places,
): Promise<Certified> {
  if (certificate === undefined) return {};
  try {
    return await writeCertificate(certificate, report, options, places.out);
  } catch (thrown) {
    return { error: asCtxspecError(thrown) };
  }
}

/** An error before the first case is told on stderr; the text report would say no more. */
function withoutText(places: Places): Places {
  return { ...places, places: places.places.filter(({ name, path: place }) => name !== "text" || place !== STDOUT) };
}

async function campaign(options: CertifyOptions, settings: Settings, places: Places, terminal: Terminal): Promise<Report> {
  const quiet = settings.quiet === true;
  const line = new ProgressLine(quiet ? undefined : terminal.live);
  const aboutEngines = new Set((await clauses()).filter((clause) => clause.who === "engine").map((clause) => clause.id));
  const interrupt = catchInterrupt(() =>
    line.around(() => terminal.err("stopping; the report of what was done follows. Once more ends it at once.\n")),
  );
  try {
    return await certify({
      ...options,
      signal: interrupt.signal,
      onProgress: (progress) => line.show(progress),
      onHostDone: (done) => {
        const verdicts = Object.fromEntries(Object.entries(done.verdicts).filter(([id]) => aboutEngines.has(id)));
        const [write, paint] = places.stdoutTaken ? [terminal.err, terminal.errPaint] : [terminal.out, terminal.paint];
        if (!quiet) line.around(() => write(hostLine({ ...done, verdicts }, paint)));
      },
    });
  } catch (thrown) {
    const error = asCtxspecError(thrown);
    if (error.exitCode === EXIT.usage) throw error;
    return faultReport(options, error);
  } finally {
    line.end();
    interrupt.release();
  }
}

/** The report of a run that ctxspec itself broke off before there was one. */
function faultReport(options: CertifyOptions, error: CtxspecError): Report {
  return buildReport({
    tool: { name: "ctxspec", version: toolVersion(), generator: "unknown" },
    source: typeof options.engine === "string" ? options.engine : "",
    clauses: [],
    hosts: [],
    skippedHosts: [],
    seed: options.seed ?? 1,
    preset: options.preset ?? "ci",
    strict: options.strict === true,
    durationMs: 0,
    startedAt: wallClock(),
    cuts: new Set(["error"]),
    error,
  });
}
