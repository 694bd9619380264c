// What a timeline shows, as data: groups of rows, one group per stretch of a step, each row an event with its lane, its sign and its place
// in the blame chain. Calls that say nothing are there, but quiet.

import type { Case, Event, ReportFinding, Step } from "../../../src/define/index.js";
import { answersOf, eventsOf, marksOf, type Trail } from "../../facts/trail.js";
import { type Answer, answerWords, askedWords, hostWords } from "../../words/event.js";
import { type Lane, Lanes, sessionOf } from "./lanes.js";

/** view: assemble. delivery: commitTurn, afterTurn, ingest. break: the process ends or starts anew, or a session is reset. */
export type Sign = "view" | "delivery" | "compact" | "call" | "throw" | "overflow" | "break" | "note";

export interface Row {
  at: number;
  event: Event;
  answer?: Answer;
  lane?: Lane;
  /** Where its sign stands: in its lane, else under the event before it. */
  column: number;
  sign: Sign;
  mark?: number;
  who: string;
  words: string;
  /** The words after the arrow. */
  outcome: string;
  quiet: boolean;
  /** It carried the content the finding is about. */
  carries: boolean;
}

export interface Group {
  stepId: string;
  step?: Step;
  /** The step had a stretch before. */
  again: boolean;
  skipped?: string;
  why?: string;
  rows: Row[];
}

export interface Timeline {
  lanes: Lanes;
  groups: Group[];
}

const QUIET = new Set(["factory", "dispose", "bootstrap", "maintain"]);
const BREAKS = new Set(["restart", "killed", "reset"]);

export function timelineOf(finding: ReportFinding, trail: Trail): Timeline {
  const events = eventsOf(finding);
  const about = {
    lanes: new Lanes(events),
    answers: answersOf(events),
    marks: marksOf(finding),
    carriers: new Set(trail.stations.filter((station) => station.carried !== undefined).map((station) => station.at)),
  };
  const groups: Group[] = [];
  const steps = stepsOf(finding.case);
  const waiting = [...steps.keys()];
  const seen = new Set(events.map((event) => event.step));
  let column = 0;
  for (const event of events) {
    if (groups.at(-1)?.stepId !== event.step || groups.length === 0) {
      groups.push(...unseenBefore(event.step, waiting, seen).map((id) => groupOf(id, steps, finding, groups)));
      groups.push(groupOf(event.step, steps, finding, groups));
    }
    const group = groups.at(-1);
    if (group === undefined) continue;
    if (event.kind === "skipped") group.skipped = event.reason;
    const row = rowOf(event, about);
    if (row === undefined) continue;
    column = row.lane?.column ?? column;
    const found = trail.endsElsewhere !== false && row.mark !== undefined && row.mark === trail.endsElsewhere.mark;
    group.rows.push({ ...row, column, ...(found ? { outcome: "the finding was made after this" } : {}) });
  }
  groups.push(...waiting.filter((id) => !seen.has(id)).map((id) => groupOf(id, steps, finding, groups)));
  return { lanes: about.lanes, groups: groups.filter((group) => group.stepId !== "" || group.rows.length > 0) };
}

/** Steps by id, those inside an overlap included, in the order of the case. */
function stepsOf(theCase: Case): Map<string, Step> {
  const all = theCase.steps.flatMap((step): Step[] => (step.kind === "overlap" ? [step, ...step.steps] : [step]));
  return new Map(all.map((step) => [step.id, step]));
}

/** Takes from `waiting` the steps up to this one; answers those that left no event of their own. */
function unseenBefore(stepId: string, waiting: string[], seen: ReadonlySet<string>): string[] {
  const upTo = waiting.indexOf(stepId);
  if (upTo < 0) return [];
  return waiting.splice(0, upTo + 1).filter((id) => id !== stepId && !seen.has(id));
}

function groupOf(stepId: string, steps: ReadonlyMap<string, Step>, finding: ReportFinding, before: readonly Group[]): Group {
  const step = steps.get(stepId);
  const why = finding.why?.find((one) => one.step === stepId)?.without;
  const again = before.some((group) => group.stepId === stepId);
  return { stepId, again, rows: [], ...(step === undefined ? {} : { step }), ...(why === undefined || again ? {} : { why }) };
}

interface About {
  lanes: Lanes;
  answers: Map<number, Answer>;
  marks: Map<number, number>;
  carriers: ReadonlySet<number>;
}

function rowOf(event: Event, { lanes, answers, marks, carriers }: About): Omit<Row, "column"> | undefined {
  const mark = marks.get(event.i);
  const lane = lanes.of(sessionOf(event));
  const carries = carriers.has(event.i);
  const base = { at: event.i, event, carries, ...(lane === undefined ? {} : { lane }), ...(mark === undefined ? {} : { mark }) };
  const silent = mark === undefined && !carries;
  switch (event.kind) {
    case "call": {
      const answer = answers.get(event.call);
      const failed = answer?.kind === "throw";
      const words = { who: event.method, words: askedWords(event), outcome: answerWords(event, answer) };
      const quiet = silent && QUIET.has(event.method) && !failed;
      return { ...base, ...words, sign: failed ? "throw" : signOf(event), quiet, ...(answer === undefined ? {} : { answer }) };
    }
    case "provider": {
      const size =
        event.answer === "overflow" && typeof event.sizeTokens === "number" ? ` at about ${event.sizeTokens} tokens` : "";
      const words = { who: "the model", words: `answers: ${event.answer}${size}`, outcome: "" };
      const quiet = silent && (event.answer === "ok" || event.answer === "tool");
      return { ...base, ...words, sign: event.answer === "overflow" ? "overflow" : "note", quiet };
    }
    case "summariser": {
      const answered = event.answer === undefined ? "gives no answer" : `answers (${event.mode})`;
      return { ...base, who: "the summariser", words: answered, outcome: "", sign: "note", quiet: false };
    }
    case "host": {
      const dull =
        event.what === "plant" || event.what === "turn-start" || (event.what === "turn-end" && event.status === "accepted");
      const sign = BREAKS.has(event.what) ? "break" : "note";
      return { ...base, who: "the host", words: hostWords(event), outcome: "", sign, quiet: silent && dull };
    }
    case "return":
    case "throw":
    case "skipped":
      return undefined;
  }
}

function signOf(event: Extract<Event, { kind: "call" }>): Sign {
  if (event.deliveredFrom !== undefined) return "delivery";
  if (event.method === "assemble") return "view";
  return event.method === "compact" ? "compact" : "call";
}
