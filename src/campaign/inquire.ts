// Which violations of a profile are looked into: the first of every clause that applies and binds the engine.

import { type Clause, type Cut, mayFind } from "../define/index.js";
import type { Course, Setup } from "./course.js";
import type { Inquiry, Investigator } from "./investigate.js";
import { partHost } from "./part.js";
import { type HostResult, subjectUnder } from "./report.js";
import { binding } from "./selection.js";
import { inquireInShard, inquiriesOf } from "./shard-inquiry.js";
import type { ShardLedger } from "./shard-ledger.js";
import type { FindingLevel, HostTally } from "./tally.js";

export interface PlayedHost {
  tally: HostTally;
  /** With a shard only. */
  ledger: ShardLedger | undefined;
}

/** Looks into the first violation of every clause that binds the engine; a weaker finding only where the clause itself held. */
export async function inquire(
  setup: Setup,
  course: Course,
  investigator: Investigator,
  { tally, ledger }: PlayedHost,
): Promise<Pick<HostResult, "inquiries" | "part">> {
  if (ledger === undefined || course.description === undefined)
    return { inquiries: await inquireInRun(setup, course, investigator, tally) };
  const { description } = course;
  const candidates = await inquireInShard({ clauses: setup.allClauses, description, investigator, tally, ledger });
  const inquiries = inquiriesOf(candidates);
  if ([...inquiries.values()].some(({ own, should }) => own?.cut === true || should?.cut === true))
    course.cuts.add(shrinkCut(setup));
  return { inquiries, part: partHost(ledger, candidates) };
}

const shrinkCut = ({ options }: Setup): Cut => (options.signal?.aborted === true ? "interrupt" : "shrink-time");

async function inquireInRun(
  setup: Setup,
  course: Course,
  investigator: Investigator,
  tally: HostTally,
): Promise<HostResult["inquiries"]> {
  const { description } = course;
  const inquiries: HostResult["inquiries"] = new Map();
  if (description === undefined) return inquiries;
  const subject = subjectUnder(description, tally.host);
  const one = async (clause: Clause): Promise<void> => {
    const counts = tally.clauses.get(clause.id);
    if (counts === undefined || counts.violations === 0) return;
    if (!binding(clause, subject.claims) || !mayFind(clause.applies(subject, tally.facts))) return;
    const found: Partial<Record<FindingLevel, Inquiry>> = {};
    inquiries.set(clause.id, found);
    for (const level of ["own", "should"] as const) {
      const inquiry = await investigator.investigate(tally.host, clause, counts.candidates[level]);
      if (inquiry === undefined) continue;
      found[level] = inquiry;
      if (inquiry.cut) course.cuts.add(shrinkCut(setup));
      if (inquiry.confirmation === "confirmed") return;
    }
  };
  await Promise.all(setup.allClauses.filter((clause) => clause.who === "engine").map(one));
  return inquiries;
}
