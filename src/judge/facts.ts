// What clauses read: a history turned once into calls, views, deliveries, turns and compactions. Types only; built by build.ts.

import type {
  AnyMessage,
  CallEvent,
  History,
  HostNoteEvent,
  Message,
  PlantEvent,
  ProviderEvent,
  ReturnEvent,
  SessionRef,
  SummariserEvent,
  ThrowEvent,
  TurnEndEvent,
  TurnRef,
  TurnStartEvent,
} from "../define/index.js";

/** One engine call with its answer. */
export interface Call {
  event: CallEvent;
  returned?: ReturnEvent;
  threw?: ThrowEvent;
  /** Index of the answering event; that of the call where none came. */
  end: number;
}

/** What one assemble returned. Only for calls that returned an array of messages. */
export interface View {
  call: Call;
  session: SessionRef;
  turn: TurnRef | undefined;
  /** Index of the return event. */
  at: number;
  messages: AnyMessage[];
  /** The `messages` the host put into this very call. */
  supplied: Message[];
  prompt: string | undefined;
  tokenBudget: number | undefined;
  systemPromptAddition: string;
  estimatedTokens: unknown;
  /** Canaries anywhere in messages or systemPromptAddition. */
  canaries: Set<string>;
  /** Canaries in this call's `messages` and `prompt`. */
  suppliedCanaries: Set<string>;
}

/** What a probe showed after the case: nothing was supplied, so leaks and duplicates in it count, absence never does. */
export interface ProbeView {
  session: SessionRef;
  messages: AnyMessage[];
  systemPromptAddition: string;
  /** Canaries anywhere in messages or systemPromptAddition. */
  canaries: Set<string>;
}

/** One delivery call: commitTurn, afterTurn (its slice), ingestBatch or ingest. */
export interface Delivery {
  call: Call;
  session: SessionRef;
  turn: TurnRef;
  /** Index of the answering event. */
  at: number;
  /** What was delivered. */
  messages: Message[];
  /** returned: it counts as delivered. threw: it does not. */
  outcome: "returned" | "threw";
  /** The turn was a heartbeat, by the host's account. */
  heartbeat: boolean;
  /** The call carried isHeartbeat: true. */
  flagged: boolean;
  advancementKey: string | undefined;
  /** commitTurn's answer. */
  status: string | undefined;
  /** A repeat step made it, or it was the retry of a failed commit. */
  kind: "first" | "retry" | "repeat";
  canaries: Set<string>;
}

export interface Compaction {
  call: Call;
  session: SessionRef;
  turn: TurnRef | undefined;
  /** What the engine said, or why there is no answer. */
  /** gone: no answer, because the host killed the process or the engine ended it. */
  outcome: "compacted" | "nothing" | "failed" | "threw" | "malformed" | "gone";
  summariser: SummariserEvent[];
  /** The host's abort signal fired while it ran. */
  aborted: boolean;
}

export interface Turn {
  id: string;
  session: SessionRef;
  start: TurnStartEvent;
  /** Absent when the history ends inside it. */
  end: TurnEndEvent | undefined;
  /** Calls about this turn, in order; late deliveries of it included. */
  calls: Call[];
  views: View[];
  deliveries: Delivery[];
  compactions: Compaction[];
  providers: ProviderEvent[];
}

export interface Index {
  history: History;
  calls: Call[];
  views: View[];
  probes: ProbeView[];
  deliveries: Delivery[];
  compactions: Compaction[];
  turns: Turn[];
  turnById: Map<string, Turn>;
  /** Canary → where the host planted it first. */
  planted: Map<string, PlantEvent>;
  /** Canary → every place the host planted it: texts meant to be equal share a canary, also across sessions. */
  plants: Map<string, PlantEvent[]>;
  notes: HostNoteEvent[];
  summariser: SummariserEvent[];
  /** Smallest event index at which the canary was delivered to the engine by a call that returned, per canary. */
  deliveredAt: Map<string, number>;
}
