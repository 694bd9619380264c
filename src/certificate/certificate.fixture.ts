// A certificate of the campaign's stand-ins: made in this process, without an engine's files.

import type { KeyObject } from "node:crypto";
import type { Parts } from "../campaign/parts.js";
import { certifyWith } from "../campaign/run.js";
import { stubClause, stubEngine, stubParts } from "../campaign/stand-in.fixture.js";
import type { Certificate, Report } from "../define/index.js";
import { type IssueOptions, issueCertificate } from "./issue.js";

export const calmParts = (about: Partial<Parts> = {}): Parts =>
  stubParts([stubClause("calm"), stubClause("mild", { level: "should" })], about);

export const issueOptions: IssueOptions = {
  engine: "stub",
  workers: 0,
  leftOut: [],
  detectionPower: { measured: false, reason: "not measured: a test" },
  clauses: ["calm", "mild", "never-asked"],
};

export function calmReport(parts: Parts = calmParts()): Promise<Report> {
  return certifyWith(parts, { engine: stubEngine.adapter, cases: 20 });
}

export async function calmCertificate(key?: KeyObject, parts: Parts = calmParts()): Promise<Certificate> {
  return issueCertificate(parts, await calmReport(parts), { ...issueOptions, key });
}
