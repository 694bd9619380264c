// ctxspec verify: is a certificate whole and unchanged, signed by whom it should be, and is the engine still the one it is about? Says what it
// looked at, one line each. Exit 0 when all of it holds, 1 when something does not, 4 when nothing could be compared, 5 for an engine that
// differs from itself.

import { readFileSync } from "node:fs";
import path from "node:path";
import { realParts } from "../campaign/real-parts.js";
import { toolVersion } from "../campaign/tool.js";
import { type Checked, checkCertificate } from "../certificate/check.js";
import { verifyingKey } from "../certificate/keys.js";
import { type Answer, exitOf, verifyEngine } from "../certificate/verify.js";
import { settingsFrom } from "../config-file.js";
import { type Certificate, type CertificateBody, CtxspecError, EXIT } from "../define/index.js";
import { plural } from "../define/plural.js";
import { type Paint, wrap } from "../draw/lines.js";
import { campaignOptions } from "./certify.js";
import { detectionWords } from "./detection.js";
import type { Terminal } from "./terminal.js";

/** Answers the exit code. Throws CtxspecError: no certificate, wrong usage, an engine that cannot be loaded. */
export async function verifyCommand(
  file: string,
  engine: string | undefined,
  given: Record<string, unknown>,
  terminal: Terminal,
): Promise<number> {
  const { key: keyFile, ...options } = given;
  const settings = await settingsFrom(options, terminal.cwd);
  const key = typeof keyFile === "string" ? verifyingKey(path.resolve(terminal.cwd, keyFile)) : undefined;
  const place = path.resolve(terminal.cwd, file);
  const checked = checkCertificate(bytesOf(place), file, key);
  const { certificate } = checked;
  const tell = (lines: string[]): void => terminal.out(`${lines.join("\n")}\n`);
  if (certificate === undefined) {
    tell(brokenLines(file, checked, terminal.paint, terminal.width));
    return EXIT.violates;
  }
  const { body } = certificate;
  tell([...saidLines(certificate, terminal.paint, terminal.width), ...sealLines(certificate, checked, terminal.paint)]);
  const wanted = engine ?? body.engine.source;
  const engineId = settings.engineId ?? body.engine.engineId;
  const looked = verifyEngine(realParts, body, {
    ...campaignOptions({ ...settings, engine: wanted }, terminal.cwd),
    ...(engineId === undefined ? {} : { engineId }),
    place,
    toolVersion: toolVersion(),
  });
  const answers = await looked.catch((error: unknown) => {
    throw engine === undefined ? elsewhere(error, file) : error;
  });
  const exitCode = exitOf(answers);
  tell([...answers.flatMap((answer) => answerLines(answer, terminal.paint)), lastLine(exitCode, wanted, terminal.paint)]);
  return exitCode;
}

/** A certificate names its engine as it was named to certify: from another folder that leads nowhere. */
const elsewhere = (error: unknown, file: string): unknown =>
  error instanceof CtxspecError && error.code === "engine-not-found"
    ? new CtxspecError(error.code, error.message, `say where the engine is now: ctxspec verify ${file} <engine>`, error)
    : error;

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CtxspecError(
      "certificate-unreadable",
      `cannot read the certificate ${file}: ${why}`,
      "give a file that certify --certificate has written",
      cause,
    );
  }
}

function brokenLines(file: string, { changes }: Checked, paint: Paint, width: number): string[] {
  return [
    paint.red(paint.bold(`${file} is not as it was sealed:`)),
    ...changes.flatMap((change) => wrap(`- ${change}`, width, "  ")),
    "Nothing of it can be relied on; the engine was not looked at.",
  ];
}

/** What the certificate says, for a person. */
export function saidLines({ body }: Certificate, paint: Paint, width: number): string[] {
  const { engine, tool, run, hosts, excuses, notJudged, detectionPower } = body;
  const name = `${engine.name} ${engine.version}`.trim();
  const facts: [string, string][] = [
    ["verdict", verdictWords(body)],
    ["profiles", hosts.map(({ id, cases }) => `${id} (${plural(cases, "case")})`).join(", ")],
    ["failure rate", rateWords(body)],
    ["detection", detectionWords(detectionPower)],
    ["claims", engine.claims.join(", ") || "none"],
    ["excused", excuses.map(({ clause, host, reason }) => `${clause} under ${host} (${reason})`).join("; ") || "nothing"],
    ["left out", [...notJudged.clauses, ...notJudged.hosts.map(({ id }) => id)].join(", ") || "nothing"],
    ["never judged", notJudged.never.join("; ")],
  ];
  return [
    paint.bold(`Certificate of ${name} (${engine.source})`),
    `  issued ${body.issuedAt} by ctxspec ${tool.version}, generator ${tool.generator}, seed ${run.seed}, Node ${run.node}`,
    ...facts.flatMap(([label, value]) => {
      const [first = "", ...rest] = wrap(value, width - 16);
      return [`  ${label.padEnd(13)} ${first}`, ...rest.map((line) => `${" ".repeat(16)}${line}`)];
    }),
    "",
  ];
}

function verdictWords({ verdict, clauses, run }: CertificateBody): string {
  const count = (wanted: string) => clauses.filter((clause) => clause.verdict === wanted).length;
  const words = [
    `${count("passed")} passed`,
    ...["violated", "excused", "inconclusive", "flaky"].flatMap((one) => counted(one, count(one))),
  ];
  const how = [
    ...(run.strict ? ["strict"] : []),
    ...(run.truncated ? ["cut short"] : []),
    ...(run.shard ? [`shard ${run.shard}`] : []),
  ];
  return `${verdict}: of ${clauses.length} clauses under a profile ${words.join(", ")}, the others do not apply${how.map((one) => `; ${one}`).join("")}`;
}

const counted = (word: string, n: number): string[] =>
  n === 0 ? [] : [`${n} ${word === "violated" ? "violated as a warning" : word}`];

function rateWords({ failureRate }: CertificateBody): string {
  const { atMost, cases, reason } = failureRate;
  if (atMost === undefined) return `no bound: ${reason ?? "none was found"}`;
  return `with 95% confidence at most ${Number((atMost * 100).toPrecision(2))}% of such cases fail (${plural(cases, "case")}, none failed)`;
}

function sealLines({ body, sha256 }: Certificate, { signature }: Checked, paint: Paint): string[] {
  const ok = paint.green("ok".padEnd(8));
  const said = {
    trusted: `${ok}signature: of the key that was given, ${body.signer}`,
    unknown: `${ok}signature: of the key ${body.signer}; give --key to say whose it has to be`,
    unsigned: `${paint.yellow("none".padEnd(8))}signature: anyone can write such a certificate`,
    wrong: "",
  };
  return [`${ok}digests: every part is as it was sealed, sha256 ${sha256}`, said[signature]];
}

const WORD = { holds: "ok", broken: "FAILED", flaky: "FLAKY", open: "OPEN" } as const;

function answerLines({ about, state, text, details }: Answer, paint: Paint): string[] {
  const colour = state === "holds" ? paint.green : state === "open" ? paint.yellow : paint.red;
  return [`${colour(WORD[state].padEnd(8))}${about}: ${text}`, ...details.map((line) => `${" ".repeat(10)}${line}`)];
}

function lastLine(exitCode: number, engine: string, paint: Paint): string {
  switch (exitCode) {
    case EXIT.conforms:
      return paint.green(`${engine} is the engine that was certified, as far as was looked.`);
    case EXIT.inconclusive:
      return paint.yellow(`Whether ${engine} behaves as it was certified is open.`);
    default:
      return paint.red(`${engine} is not what was certified: certify it anew.`);
  }
}
