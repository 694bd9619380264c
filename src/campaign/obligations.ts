// What a campaign should have made happen under a profile before its silence means anything, as counters of Facts. A sign for the reader:
// what stays unexercised is printed with the verdict; the verdict itself rests on the clauses' witnesses.

import type { Facts, Subject } from "../define/index.js";

interface Obligation {
  /** Counter that must not be zero. */
  fact: string;
  /** What it means, for the reader. */
  means: string;
  /** Default: always. */
  when?: (subject: Subject) => boolean;
}

const durable = (subject: Subject) => subject.profile.lifecycle === "durable";
const classic = (subject: Subject) => subject.profile.lifecycle === "classic";
const has = (method: Subject["methods"][number]) => (subject: Subject) => subject.methods.includes(method);
const owns = (subject: Subject) => subject.info.ownsCompaction === true;

/** How a classic host delivers to this engine. */
function delivery(subject: Subject): "afterTurn" | "ingestBatch" | "ingest" {
  if (subject.methods.includes("afterTurn")) return "afterTurn";
  return subject.methods.includes("ingestBatch") ? "ingestBatch" : "ingest";
}

const OBLIGATIONS: Obligation[] = [
  { fact: "turn.ordinary", means: "an ordinary turn" },
  { fact: "turn.heartbeat-isolated", means: "an isolated heartbeat tick" },
  { fact: "turn.heartbeat-shared", means: "a heartbeat tick in the main session" },
  { fact: "turn.cron", means: "an isolated cron run" },
  { fact: "turn.overflow", means: "a turn that overflowed" },
  { fact: "step.reset", means: "a reset" },
  { fact: "step.restart", means: "a restart" },
  { fact: "step.compact", means: "a manual or proactive compaction" },
  { fact: "step.late", means: "a commit that failed and was made up for", when: durable },
  { fact: "step.repeat", means: "a repeated delivery" },
  { fact: "step.import", means: "a session with a history the engine never saw" },
  { fact: "phase.assemble-again", means: "a second assemble in one turn", when: owns },
  { fact: "phase.compact-overflow", means: "a compact asked for by an overflow", when: owns },
  { fact: "phase.spawn-prepare", means: "a subagent spawn", when: has("prepareSubagentSpawn") },
  {
    fact: "edge.bootstrap->maintain@ordinary",
    means: "maintain after bootstrap",
    when: (s) => has("bootstrap")(s) && has("maintain")(s),
  },
  { fact: "edge.assemble->commitTurn@ordinary", means: "commitTurn after assemble in an ordinary turn", when: durable },
  { fact: "edge.assemble->commitTurn@heartbeat-isolated", means: "commitTurn after assemble in an isolated tick", when: durable },
  { fact: "phase.commit-late", means: "a late commit", when: durable },
];

/** The obligations that were never met, as sentences for a person. */
export function unexercised(subject: Subject, facts: Facts): string[] {
  const missing = OBLIGATIONS.filter((one) => (one.when?.(subject) ?? true) && (facts[one.fact] ?? 0) === 0).map(
    (one) => one.means,
  );
  if (classic(subject)) {
    const method = delivery(subject);
    for (const kind of ["ordinary", "heartbeat-isolated"]) {
      if ((facts[`edge.assemble->${method}@${kind}`] ?? 0) === 0)
        missing.push(`${method} after assemble in a turn of kind ${kind}`);
    }
  }
  return missing;
}

const EDGE = "edge.";

/** Lifecycle edges of the facts: "<call>-><call>@<turn kind>" → count, sorted by name. */
export function edgesOf(facts: Facts): Record<string, number> {
  const names = Object.keys(facts).filter((name) => name.startsWith(EDGE));
  return Object.fromEntries(names.sort().map((name) => [name.slice(EDGE.length), facts[name] ?? 0]));
}
