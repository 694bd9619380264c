// Which violations a shard looks into, and which of them a report shows. More than a whole run would: every candidate that may turn out to
// be the first of the whole run, once the other shards are known. The choice itself is the same for a shard and for merged shards.

import { type Applicability, type Clause, type Facts, mayFind, type PartCandidate, type Subject } from "../define/index.js";
import type { Inquiry, Investigator, LookedInto } from "./investigate.js";
import type { Description } from "./protocol.js";
import { type HostResult, subjectUnder } from "./report.js";
import { binding } from "./selection.js";
import type { ShardLedger } from "./shard-ledger.js";
import type { Candidate, FindingLevel, HostTally } from "./tally.js";

export type Candidates = Record<string, PartCandidate[]>;

export interface ShardInquiry {
  clauses: Clause[];
  description: Description;
  investigator: Investigator;
  tally: HostTally;
  ledger: ShardLedger;
}

/** Looks into the first violations of every clause that binds the engine and may apply to it. */
export async function inquireInShard(about: ShardInquiry): Promise<Candidates> {
  const { clauses, description, tally } = about;
  const subject = subjectUnder(description, tally.host);
  const found: Candidates = {};
  const one = async (clause: Clause): Promise<void> => {
    if ((tally.clauses.get(clause.id)?.violations ?? 0) === 0) return;
    if (!binding(clause, subject.claims) || !mayApply(clause, subject, tally.facts)) return;
    found[clause.id] = await candidatesOf(about, clause);
  };
  await Promise.all(clauses.filter((clause) => clause.who === "engine").map(one));
  return found;
}

/** Whether the clause applies by what the shard saw, or might by what other shards see. */
function mayApply(clause: Clause, subject: Subject, facts: Facts): boolean {
  let asked = false;
  const watched = new Proxy(facts, {
    get: (target, name, receiver) => {
      asked = true;
      return Reflect.get(target, name, receiver);
    },
  });
  const said: Applicability = clause.applies(subject, watched);
  return mayFind(said) || asked;
}

/** Violations of a loss count only where the loss is among the first of the whole run, so they stand beside the others, not for them. */
async function candidatesOf({ investigator, ledger }: ShardInquiry, clause: Clause): Promise<PartCandidate[]> {
  const found: PartCandidate[] = [];
  const { host } = ledger.plain;
  for (const level of ["own", "should"] as const) {
    const plain = await investigator.lookThrough(host, clause, ledger.plain.clause(clause.id).candidates[level]);
    const sure = plain.find(({ inquiry }) => inquiry.confirmation === "confirmed");
    const earlier = ledger.losses
      .flatMap(({ closely }) => closely.clauses.get(clause.id)?.candidates[level] ?? [])
      .filter((candidate) => sure === undefined || numberOf(candidate) < numberOf(sure.candidate));
    const inLoss = await investigator.lookThrough(host, clause, earlier);
    found.push(...worthKeeping(plain).map(toldAs(level, false)), ...worthKeeping(inLoss).map(toldAs(level, true)));
    if (sure !== undefined) break;
  }
  return found;
}

/** No later one can be chosen before these. */
function worthKeeping(seen: LookedInto[]): LookedInto[] {
  const first = (confirmation: Inquiry["confirmation"]) => seen.find(({ inquiry }) => inquiry.confirmation === confirmation);
  return [first("flaky"), first("confirmed")].filter((one) => one !== undefined);
}

function toldAs(level: FindingLevel, inLoss: boolean): (seen: LookedInto) => PartCandidate {
  return ({ candidate, inquiry: { confirmation, cut, finding } }) => ({
    k: numberOf(candidate),
    level,
    inLoss,
    confirmation,
    cut,
    finding,
  });
}

function numberOf({ name }: Candidate): number {
  if (name.kind === "k") return name.k;
  throw new Error("a shard plays no extra cases");
}

/** What a report shows of each clause: the confirmed violation of the lowest k, else the flaky one; a weaker one only beside no confirmed. */
export function inquiriesOf(candidates: Candidates): HostResult["inquiries"] {
  const inquiries: HostResult["inquiries"] = new Map();
  for (const [clause, all] of Object.entries(candidates)) {
    const own = decisive(all.filter(({ level }) => level === "own"));
    const should = own?.confirmation === "confirmed" ? undefined : decisive(all.filter(({ level }) => level === "should"));
    inquiries.set(clause, { ...(own === undefined ? {} : { own }), ...(should === undefined ? {} : { should }) });
  }
  return inquiries;
}

function decisive(candidates: PartCandidate[]): Inquiry | undefined {
  const ordered = [...candidates].sort((one, other) => one.k - other.k);
  const chosen = ordered.find(({ confirmation }) => confirmation === "confirmed") ?? ordered[0];
  if (chosen === undefined) return undefined;
  const { confirmation, cut, finding } = chosen;
  return { confirmation, cut, finding };
}
