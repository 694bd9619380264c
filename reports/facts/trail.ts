// The way of the content a finding is about: from the call that delivered it, over the compaction that carried it, to the view that shows
// or lacks it. The blame chain of the finding, calls and answers joined, and what else is known to have carried the text.

import type { Event, ReportFinding, SessionRef } from "../../src/define/index.js";
import { textOfMessage } from "../../src/draw/words.js";
import { type Answer, answerWords, askedWords, type CallEvent, givenIn, hostWords, shownIn } from "../words/event.js";

export interface Station {
  /** Index in finding.events; of a call where the chain names its answer. */
  at: number;
  /** Place in the blame chain, from 1; absent for what was added because it carried the text. */
  mark?: number;
  step: string;
  session?: SessionRef;
  /** The method, or who acted. */
  who: string;
  words: string;
  /** A text of this event with the content in it; undefined: it is not there. */
  carried?: { where: string; text: string };
}

export interface Trail {
  /** Tokens that name the content; empty where the finding is about no text. */
  canaries: string[];
  stations: Station[];
  /** The last station does not show the content itself: it was found missing, or in a look at a copy after the case. Its mark is that of the find. */
  endsElsewhere: false | { mark?: number };
}

export const eventsOf = (finding: ReportFinding): Event[] => finding.events as unknown as Event[];

/** Answers by the number of their call. */
export function answersOf(events: readonly Event[]): Map<number, Answer> {
  const answers = new Map<number, Answer>();
  for (const event of events) if (event.kind === "return" || event.kind === "throw") answers.set(event.call, event);
  return answers;
}

/** Texts the host planted that the finding speaks of. */
function subjectOf(finding: ReportFinding, events: readonly Event[]): string[] {
  const said = `${finding.message}\n${finding.expected}\n${finding.actual}`;
  const planted = events.flatMap((event) => (event.kind === "host" && event.what === "plant" ? [event.canary] : []));
  return [...new Set(planted)].filter((canary) => canary !== "" && said.includes(canary));
}

/** The marked events, a call for its answer, each with its mark. */
export function marksOf(finding: ReportFinding): Map<number, number> {
  const events = eventsOf(finding);
  const callAt = new Map(events.flatMap((event) => (event.kind === "call" ? [[event.call, event.i] as const] : [])));
  const marks = new Map<number, number>();
  for (const at of [...finding.blame, finding.at]) {
    const event = events[at];
    if (event === undefined) continue;
    const drawn = event.kind === "return" || event.kind === "throw" ? (callAt.get(event.call) ?? at) : at;
    if (!marks.has(drawn)) marks.set(drawn, marks.size + 1);
  }
  return marks;
}

export function trailOf(finding: ReportFinding): Trail {
  const events = eventsOf(finding);
  const answers = answersOf(events);
  const canaries = subjectOf(finding, events);
  const marks = marksOf(finding);
  const last = Math.max(-1, ...marks.keys());
  const chosen = new Set([...marks.keys(), ...carriersOf(events, canaries, marks, last)]);
  const stations = [...chosen]
    .sort((a, b) => a - b)
    .flatMap((at) => {
      const event = events[at];
      return event === undefined ? [] : [stationOf(event, answers, events, canaries, marks.get(at))];
    });
  const end = stations.at(-1);
  if (canaries.length === 0 || end?.carried?.where.startsWith("shown") === true)
    return { canaries, stations, endsElsewhere: false };
  // The end of the turn or of the instance is where a finding points that was made afterwards: nothing to see there.
  const event = end === undefined ? undefined : events[end.at];
  const isAfterwards = event?.kind === "host" || (event?.kind === "call" && event.method === "dispose");
  if (!isAfterwards || end === undefined || end.carried !== undefined) return { canaries, stations, endsElsewhere: {} };
  return { canaries, stations: stations.slice(0, -1), endsElsewhere: end.mark === undefined ? {} : { mark: end.mark } };
}

/** Compactions that took the text up, and the delivery that brought it where the chain names none. */
function carriersOf(events: readonly Event[], canaries: string[], marks: Map<number, number>, last: number): number[] {
  if (canaries.length === 0) return [];
  const holds = (text: string): boolean => canaries.some((canary) => text.includes(canary));
  const compacts = events.flatMap((event) =>
    event.kind === "summariser" && event.call !== undefined && holds(event.request) ? [event.call] : [],
  );
  const onTheWay = events.filter((event) => event.kind === "call" && event.i < last && compacts.includes(event.call));
  const delivers = (event: Event | undefined): boolean =>
    event?.kind === "call" &&
    event.deliveredFrom !== undefined &&
    givenIn(event).some((message) => holds(textOfMessage(message)));
  const known = [...marks.keys()].some((at) => delivers(events[at]));
  const delivery = known ? undefined : events.find((event) => event.i < last && delivers(event));
  // A summariser's own event says the same as its compact, which stands for both where the chain names either.
  return [...onTheWay, ...(delivery === undefined ? [] : [delivery])].map((event) => event.i);
}

function stationOf(
  event: Event,
  answers: Map<number, Answer>,
  events: readonly Event[],
  canaries: string[],
  mark: number | undefined,
): Station {
  const numbered = mark === undefined ? {} : { mark };
  const base = {
    at: event.i,
    step: event.step,
    ...numbered,
    ...("session" in event && event.session ? { session: event.session } : {}),
  };
  const carried = carriedBy(event, answers, events, canaries);
  const found = carried === undefined ? {} : { carried };
  switch (event.kind) {
    case "call": {
      const answer = answerWords(event, answers.get(event.call));
      return { ...base, ...found, who: event.method, words: `${askedWords(event)}${answer === "" ? "" : ` → ${answer}`}` };
    }
    case "host":
      return { ...base, ...found, who: "the host", words: hostWords(event) };
    case "provider":
      return { ...base, ...found, who: "the model", words: `answers: ${event.answer}` };
    case "summariser":
      return {
        ...base,
        ...found,
        who: "the summariser",
        words: `${event.mode}: ${event.answer === undefined ? "no answer" : "answers"}`,
      };
    case "return":
    case "throw":
    case "skipped":
      return { ...base, ...found, who: "the host", words: event.kind };
  }
}

type Texts = [where: string, text: string][];

function carriedBy(
  event: Event,
  answers: Map<number, Answer>,
  events: readonly Event[],
  canaries: string[],
): Station["carried"] | undefined {
  const texts = event.kind === "call" ? textsOfCall(event, answers.get(event.call), events) : textsOfOther(event);
  const found = texts.find(([, text]) => canaries.some((canary) => text.includes(canary)));
  return found === undefined ? undefined : { where: found[0], text: found[1] };
}

/** Every text of a call: what it shows first, then what it was given. */
function textsOfCall(event: CallEvent, answer: Answer | undefined, events: readonly Event[]): Texts {
  const shown = (shownIn(answer) ?? []).map((message, n): [string, string] => [
    `shown as message ${n} (${String(message?.role)})`,
    textOfMessage(message),
  ]);
  const given = givenIn(event).map((message): [string, string] => [
    `${event.method === "assemble" ? "supplied" : "delivered"} (${String(message?.role)})`,
    textOfMessage(message),
  ]);
  const summarised = events.flatMap(
    (other): Texts =>
      other.kind === "summariser" && other.call === event.call
        ? [
            ["the summary made", other.answer ?? ""],
            ["given to the summariser", other.request],
          ]
        : [],
  );
  const result: Texts =
    answer?.kind === "return" && event.method === "compact" ? [["in the result", JSON.stringify(answer.result) ?? ""]] : [];
  return [...shown, ...given, ...summarised, ...result];
}

function textsOfOther(event: Event): Texts {
  if (event.kind === "summariser")
    return [
      ["the summary made", event.answer ?? ""],
      ["given to the summariser", event.request],
    ];
  return [];
}
