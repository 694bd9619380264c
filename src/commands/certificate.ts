// --certificate and --sign of certify: place and key are proven good before the first case; the certificate is written after the last one, and
// only for a run that conforms. What stands in it: src/certificate/issue.ts.

import type { KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { CertifyOptions } from "../campaign/options.js";
import { realParts } from "../campaign/real-parts.js";
import { prepareOut, writeWhole } from "../campaign/save.js";
import { issueCertificate, refusal } from "../certificate/issue.js";
import { signingKey } from "../certificate/keys.js";
import { certificateText } from "../certificate/seal.js";
import type { Settings } from "../config.js";
import { CtxspecError, type Report } from "../define/index.js";
import { plural } from "../define/plural.js";
import { clauses } from "../discover.js";
import { detectionPower } from "./detection.js";

export interface PreparedCertificate {
  /** Absolute. */
  file: string;
  /** As it was asked for. */
  shown: string;
  key: KeyObject | undefined;
}

const WANTED = "--certificate a file in a folder that can be written";
const OTHER_PLACE = "give --certificate the path of a file that is not there yet, or of an older certificate";
const LOOKS_LIKE_ONE = /^\s*\{\s*"format"\s*:\s*"ctxspec-certificate\//;

/** `taken`: absolute places that the run writes to or reads. Throws usage-option, key-invalid, out-unwritable. */
export function prepareCertificate(settings: Settings, cwd: string, taken: readonly string[]): PreparedCertificate | undefined {
  const { certificate, sign } = settings;
  if (certificate === undefined) {
    if (sign === undefined) return undefined;
    throw new CtxspecError(
      "usage-option",
      "--sign needs --certificate, which is missing",
      `say which file to write: --certificate certificate.json --sign ${sign}`,
    );
  }
  const file = path.resolve(cwd, certificate);
  const key = sign === undefined ? undefined : signingKey(path.resolve(cwd, sign));
  if ([...taken, ...(sign === undefined ? [] : [path.resolve(cwd, sign)])].includes(file))
    throw new CtxspecError("usage-option", `--certificate names ${file}, which this run uses for something else`, OTHER_PLACE);
  prepareOut(path.dirname(file), WANTED);
  refuseOthers(file);
  return { file, shown: certificate, key };
}

/** A certificate may replace an older one, and nothing else. */
function refuseOthers(file: string): void {
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined || (there.isFile() && LOOKS_LIKE_ONE.test(readFileSync(file, "utf8")))) return;
  const what = there.isFile() ? "a file that is no certificate" : "no file";
  throw new CtxspecError("usage-option", `--certificate names ${file}, which is ${what}; nothing was overwritten`, OTHER_PLACE);
}

/** Answers what to tell. Throws engine-changed, out-unwritable, and whatever loading the engine throws. */
export async function writeCertificate(
  { file, shown, key }: PreparedCertificate,
  report: Report,
  options: CertifyOptions,
  out: string,
): Promise<{ written: string } | { refused: string }> {
  const refused = refusal(report);
  if (refused !== undefined) return { refused: `No certificate: ${refused}. ${shown} was not written; the report says more.` };
  const all = await clauses();
  const judged = report.clauses.filter(({ verdict }) => verdict !== "not-applicable").map(({ id }) => id);
  const certificate = await issueCertificate(realParts, report, {
    ...options,
    key,
    leftOut: [file, out],
    detectionPower: detectionPower(all, new Set(judged)),
    clauses: all.filter(({ who }) => who === "engine").map(({ id }) => id),
  });
  writeWhole(file, certificateText(certificate), WANTED);
  const { sample, signer } = certificate.body;
  const compared = sample.filter(({ history }) => history !== undefined).length;
  const signed = signer === undefined ? "not signed" : `signed by ${signer}`;
  return {
    written: `Certificate: ${shown}, sha256 ${certificate.sha256}, ${signed}; ${compared} of ${plural(sample.length, "sampled case")} to compare with`,
  };
}
