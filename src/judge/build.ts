// Turns a history into calls, views, deliveries, turns and compactions, once per history object.
// It judges nothing, and it accepts histories from outside: events without a session or turn are simply not views or deliveries.

import type { AnyMessage, CallEvent, Event, History, Message, PlantEvent, SummariserEvent } from "../define/index.js";
import type { Call, Compaction, Delivery, Index, ProbeView, Turn, View } from "./facts.js";
import { candidatesIn } from "./texts.js";

const DELIVERY_METHODS = new Set(["commitTurn", "afterTurn", "ingestBatch", "ingest"]);
const cache = new WeakMap<History, Index>();

/** The index of a history. Built at the first call, then shared: treat it as read-only. */
export function indexOf(history: History): Index {
  let index = cache.get(history);
  if (index === undefined) {
    index = build(history);
    cache.set(history, index);
  }
  return index;
}

function build(history: History): Index {
  const index: Index = {
    history,
    calls: [],
    views: [],
    probes: [],
    deliveries: [],
    compactions: [],
    turns: [],
    turnById: new Map(),
    planted: new Map(),
    plants: new Map(),
    notes: [],
    summariser: [],
    deliveredAt: new Map(),
  };
  const callByNumber = new Map<number, Call>();
  for (const event of history.events) if (event.kind === "host" && event.what === "plant") addPlant(index, event);
  for (const event of history.events) take(index, callByNumber, event);
  addAnswers(index);
  addProbes(index, history);
  return index;
}

function addPlant(index: Index, event: PlantEvent): void {
  if (!index.planted.has(event.canary)) index.planted.set(event.canary, event);
  const plants = index.plants.get(event.canary);
  if (plants === undefined) index.plants.set(event.canary, [event]);
  else plants.push(event);
}

function take(index: Index, callByNumber: Map<number, Call>, event: Event): void {
  switch (event.kind) {
    case "call": {
      const call: Call = { event, end: event.i };
      index.calls.push(call);
      callByNumber.set(event.call, call);
      if (event.turn !== undefined) index.turnById.get(event.turn.id)?.calls.push(call);
      return;
    }
    case "return":
    case "throw": {
      const call = callByNumber.get(event.call);
      if (call === undefined) return;
      call.end = event.i;
      if (event.kind === "return") call.returned = event;
      else call.threw = event;
      return;
    }
    case "provider":
      index.turnById.get(event.turn.id)?.providers.push(event);
      return;
    case "summariser":
      index.summariser.push(event);
      return;
    case "host":
      if (event.what === "turn-start") addTurn(index, event);
      else if (event.what === "turn-end") {
        const turn = index.turnById.get(event.turn.id);
        if (turn !== undefined) turn.end = event;
      } else if (event.what !== "plant") index.notes.push(event);
      return;
    case "skipped":
      return;
  }
}

function addTurn(index: Index, start: Turn["start"]): void {
  const turn: Turn = {
    id: start.turn.id,
    session: start.session,
    start,
    end: undefined,
    calls: [],
    views: [],
    deliveries: [],
    compactions: [],
    providers: [],
  };
  index.turns.push(turn);
  index.turnById.set(turn.id, turn);
}

function addAnswers(index: Index): void {
  const advanced = new Set<string>();
  const summaries = summariserByCall(index);
  for (const call of index.calls) {
    const { method, turn } = call.event;
    const owner = turn === undefined ? undefined : index.turnById.get(turn.id);
    if (method === "assemble") {
      const view = viewOf(index, call);
      if (view !== undefined) {
        index.views.push(view);
        owner?.views.push(view);
      }
    } else if (method === "compact") {
      const compaction = compactionOf(call, summaries);
      if (compaction !== undefined) {
        index.compactions.push(compaction);
        owner?.compactions.push(compaction);
      }
    } else if (DELIVERY_METHODS.has(method)) {
      const delivery = deliveryOf(index, call, advanced);
      if (delivery !== undefined) {
        index.deliveries.push(delivery);
        owner?.deliveries.push(delivery);
      }
    }
  }
}

/** Planted canaries in a list of messages the host made, and some loose texts. */
function collect(index: Index, messages: readonly unknown[], ...texts: (string | undefined)[]): Set<string> {
  const canaries = new Set<string>();
  for (const message of messages) keepPlanted(index, candidatesIn(message), canaries);
  for (const text of texts) if (text !== undefined) keepPlanted(index, candidatesIn(text), canaries);
  return canaries;
}

function keepPlanted(index: Index, candidates: readonly string[], canaries: Set<string>): void {
  for (const candidate of candidates) if (index.planted.has(candidate)) canaries.add(candidate);
}

function additionOf(result: unknown): string {
  const addition = (result as { systemPromptAddition?: unknown } | undefined | null)?.systemPromptAddition;
  return typeof addition === "string" ? addition : "";
}

function messagesOf(view: AnyMessage[] | undefined, result: unknown): AnyMessage[] | undefined {
  if (Array.isArray(view)) return view;
  const messages = (result as { messages?: unknown } | undefined | null)?.messages;
  return Array.isArray(messages) ? (messages as AnyMessage[]) : undefined;
}

function viewOf(index: Index, call: Call): View | undefined {
  const { returned, event } = call;
  const messages = returned === undefined ? undefined : messagesOf(returned.view, returned.result);
  if (returned === undefined || messages === undefined || event.session === undefined) return undefined;
  const supplied = event.messages ?? [];
  const { prompt, tokenBudget } = event.params;
  const promptText = typeof prompt === "string" ? prompt : undefined;
  const systemPromptAddition = additionOf(returned.result);
  return {
    call,
    session: event.session,
    turn: event.turn,
    at: returned.i,
    messages,
    supplied,
    prompt: promptText,
    tokenBudget: typeof tokenBudget === "number" ? tokenBudget : undefined,
    systemPromptAddition,
    estimatedTokens: (returned.result as { estimatedTokens?: unknown } | undefined | null)?.estimatedTokens,
    canaries: collect(index, messages, systemPromptAddition),
    suppliedCanaries: collect(index, supplied, promptText),
  };
}

function deliveryOf(index: Index, call: Call, advanced: Set<string>): Delivery | undefined {
  const { event, returned, threw } = call;
  if (event.session === undefined || event.turn === undefined) return undefined;
  if (returned === undefined && threw === undefined) return undefined;
  const messages: Message[] = (event.messages ?? []).slice(event.deliveredFrom ?? 0);
  const { advancementKey, isHeartbeat } = event.params;
  const key = typeof advancementKey === "string" ? advancementKey : undefined;
  const status = (returned?.result as { status?: unknown } | undefined | null)?.status;
  const canaries = collect(index, messages);
  if (returned !== undefined)
    for (const canary of canaries) if (!index.deliveredAt.has(canary)) index.deliveredAt.set(canary, returned.i);
  const delivery: Delivery = {
    call,
    session: event.session,
    turn: event.turn,
    at: call.end,
    messages,
    outcome: returned === undefined ? "threw" : "returned",
    heartbeat: event.turn.kind === "heartbeat-isolated" || event.turn.kind === "heartbeat-shared",
    flagged: isHeartbeat === true,
    advancementKey: key,
    status: typeof status === "string" ? status : undefined,
    kind: deliveryKind(event, key !== undefined && advanced.has(key)),
    canaries,
  };
  if (key !== undefined) advanced.add(key);
  return delivery;
}

function deliveryKind(event: CallEvent, seen: boolean): Delivery["kind"] {
  if (event.phase === "repeat") return "repeat";
  return seen || event.phase === "commit-late" ? "retry" : "first";
}

function summariserByCall(index: Index): Map<number, SummariserEvent[]> {
  const byCall = new Map<number, SummariserEvent[]>();
  for (const event of index.summariser) {
    if (event.call === undefined) continue;
    const list = byCall.get(event.call);
    if (list === undefined) byCall.set(event.call, [event]);
    else list.push(event);
  }
  return byCall;
}

function compactionOf(call: Call, summaries: Map<number, SummariserEvent[]>): Compaction | undefined {
  const { session, turn, call: number } = call.event;
  if (session === undefined) return undefined;
  const summariser = summaries.get(number) ?? [];
  return {
    call,
    session,
    turn,
    outcome: outcomeOf(call),
    summariser,
    aborted: summariser.some((event) => event.aborted === true),
  };
}

function outcomeOf(call: Call): Compaction["outcome"] {
  if (call.returned === undefined) return call.threw === undefined || call.threw.cause === "process" ? "gone" : "threw";
  const result = call.returned.result as { ok?: unknown; compacted?: unknown } | undefined | null;
  if (typeof result?.ok !== "boolean" || typeof result.compacted !== "boolean") return "malformed";
  if (!result.ok) return "failed";
  return result.compacted ? "compacted" : "nothing";
}

function addProbes(index: Index, history: History): void {
  for (const probe of history.probes ?? []) {
    const messages = messagesOf(probe.view, probe.result);
    if (messages === undefined) continue;
    const systemPromptAddition = additionOf(probe.result);
    const view: ProbeView = {
      session: probe.session,
      messages,
      systemPromptAddition,
      canaries: collect(index, messages, systemPromptAddition),
    };
    index.probes.push(view);
  }
}
