// Where a canary came from and how it got into a view: the questions every isolation clause asks.
// What counts as a leak is the clause's own decision; this file only gathers and tells.

import type { Finding, PlantEvent, SessionRef, Subject } from "../define/index.js";
import type { Call, Index, ProbeView, Turn, View } from "./facts.js";
import { nameOf } from "./session.js";
import { canariesIn } from "./texts.js";

/** A view, or a probe that stands at the end of the history. */
export type Shown = { kind: "view"; view: View } | { kind: "probe"; view: ProbeView };

/** Every view and probe of a history, in order. */
export function shownIn(index: Index): Shown[] {
  return [
    ...index.views.map((view): Shown => ({ kind: "view", view })),
    ...index.probes.map((view): Shown => ({ kind: "probe", view })),
  ];
}

/** Event index of what was shown; a probe stands after the last event. */
export function shownAt(index: Index, shown: Shown): number {
  return shown.kind === "view" ? shown.view.at : index.history.events.length;
}

/** Canaries shown beyond what was supplied in this very call. `exempt` leaves out what a memory engine declares as recalled. */
export function unsupplied(index: Index, shown: Shown, exempt?: Subject["adapter"]): string[] {
  const { view } = shown;
  const supplied = shown.kind === "view" ? shown.view.suppliedCanaries : undefined;
  const canaries = exempt === undefined ? view.canaries : withoutRecall(index, shown, exempt);
  return [...canaries].filter((canary) => supplied?.has(canary) !== true);
}

function withoutRecall(index: Index, shown: Shown, adapter: Subject["adapter"]): Set<string> {
  const isRecalled = adapter.isRecalled;
  const messages = isRecalled === undefined ? shown.view.messages : shown.view.messages.filter((message) => !isRecalled(message));
  return canariesIn(messages, index.planted);
}

/** The adapter when its recall declaration exempts views of this session, else undefined. */
export function recallFor(subject: Subject, session: SessionRef): Subject["adapter"] | undefined {
  const { recall } = subject.adapter;
  if (recall === undefined) return undefined;
  return session.isolatedLane === undefined || recall === "cross-session-and-isolated" ? subject.adapter : undefined;
}

/** One occasion on which the host handed a canary to the engine. */
export interface Handed {
  call: Call;
  session: SessionRef;
  /** delivered: by a delivery that returned. supplied: in `messages` or `prompt` of a call, or in a delivery that threw. */
  how: "delivered" | "supplied";
  /** Event index of the answer. */
  at: number;
}

const handedCache = new WeakMap<Index, Map<string, Handed[]>>();

/** Every call that carried the canary, in order. Computed on demand: most histories never need it. */
export function handedTo(index: Index, canary: string): Handed[] {
  let cached = handedCache.get(index);
  if (cached === undefined) {
    cached = gather(index);
    handedCache.set(index, cached);
  }
  return cached.get(canary) ?? [];
}

function gather(index: Index): Map<string, Handed[]> {
  const all = new Map<string, Handed[]>();
  const delivered = new Map<Call, ReadonlySet<string>>();
  for (const delivery of index.deliveries) if (delivery.outcome === "returned") delivered.set(delivery.call, delivery.canaries);
  for (const call of index.calls) {
    const { session, messages, params } = call.event;
    if (session === undefined) continue;
    const texts: unknown[] = [...(messages ?? [])];
    for (const name of ["prompt", "message", "autoCompactionSummary", "customInstructions"]) texts.push(params[name]);
    for (const canary of canariesIn(texts, index.planted)) {
      const how = delivered.get(call)?.has(canary) === true ? "delivered" : "supplied";
      const entry: Handed = { call, session, how, at: call.end };
      const list = all.get(canary);
      if (list === undefined) all.set(canary, [entry]);
      else list.push(entry);
    }
  }
  return all;
}

/** Places where the host planted the canary. */
export function plantsOf(index: Index, canary: string): PlantEvent[] {
  return index.plants.get(canary) ?? [];
}

/**
 * Whether some place, turn or call before event `at` gave the canary to a session that `mine` accepts. Turns count as well,
 * because texts meant to be equal are planted once, and a transcript file may be read without any call that carries its text.
 */
export function belongs(index: Index, canary: string, at: number, mine: (session: SessionRef) => boolean): boolean {
  if (plantsOf(index, canary).some((plant) => plant.i < at && mine(plant.session))) return true;
  const said = ({ start }: Turn) => start.userText.includes(canary) || start.prompt.includes(canary);
  if (index.turns.some((turn) => turn.start.i < at && mine(turn.session) && said(turn))) return true;
  return handedTo(index, canary).some((entry) => entry.call.event.i < at && mine(entry.session));
}

/** The chain that explains a leak: the delivery (else the first call with the text, else the planting), what carried it over, the view. */
export function leakChain(index: Index, canary: string, shown: Shown): number[] {
  const end = shownAt(index, shown);
  const before = handedTo(index, canary).filter((entry) => entry.at < end);
  const source = before.find((entry) => entry.how === "delivered") ?? before[0];
  const chain = new Set<number>();
  if (source !== undefined) chain.add(source.call.event.i);
  else for (const plant of plantsOf(index, canary).slice(0, 1)) chain.add(plant.i);
  for (const event of index.summariser) {
    if (event.i >= end || !event.request.includes(canary)) continue;
    const call = index.calls.find((candidate) => candidate.event.call === event.call);
    if (call !== undefined) chain.add(call.event.i);
    chain.add(event.i);
    break;
  }
  if (shown.kind === "view") chain.add(shown.view.call.event.i).add(shown.view.at);
  return [...chain].sort((a, b) => a - b);
}

/** Event index a finding about something shown points at; for a probe the last event. */
export function findingAt(index: Index, shown: Shown): number {
  return shown.kind === "view" ? shown.view.at : Math.max(0, index.history.events.length - 1);
}

/** "the view of …" or "the probe of …", for messages to a reader. */
export function shownName(shown: Shown): string {
  const what = shown.kind === "view" ? "a view of" : "after the case, a fresh look (probe) at";
  const turn = shown.kind === "view" && shown.view.turn !== undefined ? ` in step ${shown.view.turn.id}` : "";
  return `${what} ${nameOf(shown.view.session)}${turn}`;
}

/** Where a canary came from, for messages to a reader. */
export function originName(index: Index, canary: string): string {
  const plant = index.planted.get(canary);
  if (plant === undefined) return "an unknown place";
  const part =
    { user: "the user text", reply: "the reply", event: "the event text" }[plant.part as "user"] ?? `the ${plant.part} text`;
  return `${part} of step ${plant.step || "?"} in ${nameOf(plant.session)}`;
}

/** A finding about a leaked canary, worded the same way by all clauses. `whose` completes "shows text …". */
export function leakFinding(
  index: Index,
  shown: Shown,
  canary: string,
  rule: string,
  whose = "that belongs to another session",
): Finding {
  return {
    message: `${capital(shownName(shown))} shows text ${whose}: ${canary} is ${originName(index, canary)}.`,
    expected: rule,
    actual: `${where(shown, canary)} holds ${canary}, which was not supplied in that call`,
    at: findingAt(index, shown),
    blame: leakChain(index, canary, shown),
  };
}

function where(shown: Shown, canary: string): string {
  const at = shown.view.messages.findIndex((message) => canariesIn(message).has(canary));
  const message = shown.view.messages[at];
  return message === undefined ? "systemPromptAddition" : `messages[${at}] (role ${String(message.role)})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
