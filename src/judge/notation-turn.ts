// The calls of one logical turn in the notation for hand-written histories (notation.ts).

import type {
  AnyMessage,
  CallEvent,
  CallPhase,
  HostNoteEvent,
  Message,
  ProviderAnswer,
  SessionRef,
  TurnEndEvent,
  TurnRef,
} from "../define/index.js";
import type { HistoryWriter } from "./notation.js";

export interface ViewOptions {
  supplied?: Message[];
  prompt?: string;
  /** Default 100,000 tokens. */
  budget?: number;
  addition?: string;
  estimate?: number;
  phase?: "assemble-first" | "assemble-again";
  params?: Record<string, unknown>;
}

export interface CompactOptions {
  result?: unknown;
  throws?: string;
  /** Requests the summariser saw. */
  requests?: string[];
  /** What it answered each time ("summary"). */
  answer?: string;
  phase?: CallPhase;
  params?: Record<string, unknown>;
}

export interface DeliverOptions {
  /** isHeartbeat; left out when undefined. */
  flagged?: boolean;
  params?: Record<string, unknown>;
  throws?: string;
  result?: unknown;
}

export class TurnWriter {
  private attempt = 1;
  constructor(
    private readonly writer: HistoryWriter,
    readonly session: SessionRef,
    private readonly base: TurnRef,
  ) {}

  get turn(): TurnRef {
    return { ...this.base, attempt: this.attempt };
  }

  private params(more: Record<string, unknown> = {}): Record<string, unknown> {
    return { sessionId: this.session.sessionId, sessionKey: this.session.key, ...more };
  }

  private owner() {
    return { session: this.session, turn: this.turn };
  }

  factory(answer: { throws?: string } = {}): this {
    this.writer.addCall({ method: "factory", phase: "factory" }, answer);
    return this;
  }

  bootstrap(
    params: Record<string, unknown> = {},
    answer: { result?: unknown; throws?: string } = { result: { bootstrapped: true } },
  ): this {
    this.writer.addCall({ method: "bootstrap", phase: "bootstrap", ...this.owner(), params: this.params(params) }, answer);
    return this;
  }

  /** An assemble that returned `shows`. */
  view(shows: readonly (AnyMessage | Message)[], how: ViewOptions = {}): this {
    const { supplied = [], prompt, budget = 100_000, addition, estimate = 0, phase = "assemble-first" } = how;
    const params = this.params({ tokenBudget: budget, ...(prompt === undefined ? {} : { prompt }), ...how.params });
    this.writer.plant(supplied, "user", this.session, this.turn);
    if (prompt !== undefined) this.writer.plant(prompt, "user", this.session, this.turn);
    const result = {
      messages: shows,
      estimatedTokens: estimate,
      ...(addition === undefined ? {} : { systemPromptAddition: addition }),
    };
    this.writer.addCall(
      { method: "assemble", phase, ...this.owner(), params, messages: supplied },
      { result, view: shows as AnyMessage[] },
    );
    return this;
  }

  private deliver(
    method: "commitTurn" | "afterTurn" | "ingestBatch" | "ingest",
    phase: CallPhase,
    messages: Message[],
    from: number,
    how: DeliverOptions,
  ): this {
    const { params = {}, throws, result } = how;
    const delivered = messages.slice(from);
    this.writer.plant(
      delivered.filter((message) => message.role === "user"),
      "user",
      this.session,
      this.turn,
    );
    this.writer.plant(delivered, "reply", this.session, this.turn);
    const flag = how.flagged === undefined ? {} : { isHeartbeat: how.flagged };
    const call = { method, phase, ...this.owner(), params: this.params({ ...flag, ...params }), messages, deliveredFrom: from };
    this.writer.addCall(call, throws === undefined ? { result } : { throws });
    return this;
  }

  /** commitTurn; the advancement key defaults to the turn's id. */
  commit(messages: Message[], how: DeliverOptions & { status?: string; phase?: CallPhase } = {}): this {
    const params = { advancementKey: this.base.id, ...how.params };
    const result = { status: how.status ?? "committed" };
    return this.deliver("commitTurn", how.phase ?? "commit", messages, 0, { result, ...how, params });
  }

  /** afterTurn with the engine's own view first; `delta` is what is delivered. */
  afterTurn(view: Message[], delta: Message[], how: DeliverOptions & { phase?: CallPhase } = {}): this {
    const params = { prePromptMessageCount: view.length, ...how.params };
    return this.deliver("afterTurn", how.phase ?? "deliver-final", [...view, ...delta], view.length, { ...how, params });
  }

  ingestBatch(messages: Message[], how: DeliverOptions = {}): this {
    return this.deliver("ingestBatch", "deliver-final", messages, 0, { result: { ingestedCount: messages.length }, ...how });
  }

  /** ingest, once for each message. */
  ingest(messages: Message[]): this {
    for (const message of messages) this.deliver("ingest", "deliver-final", [message], 0, { result: { ingested: true } });
    return this;
  }

  compact(how: CompactOptions = {}): this {
    this.writer.addCompact(this.session, this.turn, { phase: "compact-overflow", ...how });
    return this;
  }

  /** Any other call about this turn. */
  call(
    method: CallEvent["method"],
    phase: CallPhase,
    params: Record<string, unknown> = {},
    answer: { result?: unknown; throws?: string } = {},
  ): this {
    this.writer.addCall({ method, phase, ...this.owner(), params: this.params(params) }, answer);
    return this;
  }

  provider(answer: ProviderAnswer): this {
    this.writer.add({ kind: "provider", ...this.owner(), roles: [], sizeTokens: 0, answer });
    return this;
  }

  /** The next attempt of the turn, after a compaction. */
  retry(): this {
    this.attempt += 1;
    return this;
  }

  note(what: HostNoteEvent["what"], detail: Record<string, unknown> = {}): this {
    this.writer.add({ kind: "host", what, ...this.owner(), detail });
    return this;
  }

  end(status: TurnEndEvent["status"] = "accepted", reason = ""): HistoryWriter {
    this.writer.add({ kind: "host", what: "turn-end", ...this.owner(), status, reason, compacts: 0 });
    return this.writer;
  }
}
