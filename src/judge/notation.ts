// A small notation for hand-written histories: what a host would have recorded, in as few words as a test needs.
// Canaries are planted when a text with one first appears under a turn; nothing is simulated and nothing is checked.
//
//   const h = historyOf({ host: "openclaw-2026.9", keys: { a: "agent:main:a" } });
//   h.turn("s1", "a").view([], { prompt: "AAAAAAAAAAA1 hi" }).commit([user("AAAAAAAAAAA1 hi"), reply("AAAAAAAAAAA2 yes")]).end();
//   h.turn("s2", "a").view(shown, { supplied: [...] }).end();
//   h.done();

import type {
  AnyMessage,
  CallEvent,
  Case,
  History,
  HostNoteEvent,
  Lane,
  Message,
  NewEvent,
  PlantedPart,
  ProfileId,
  SessionRef,
  Step,
  TurnKind,
  TurnRef,
} from "../define/index.js";
import type { CompactOptions } from "./notation-turn.js";
import { TurnWriter } from "./notation-turn.js";
import { candidatesIn } from "./texts.js";

export * from "./notation-messages.js";
export type { CompactOptions, DeliverOptions, TurnWriter, ViewOptions } from "./notation-turn.js";

export interface HistoryOptions {
  host?: ProfileId;
  keys?: Record<string, string>;
  lanes?: Record<string, Lane>;
  seed?: number;
  /** Steps of the case, for clauses that make twins; default none. */
  steps?: Step[];
  window?: number;
}

/** Starts a hand-written history. */
export function historyOf(options: HistoryOptions = {}): HistoryWriter {
  return new HistoryWriter(options);
}

export class HistoryWriter {
  readonly history: History;
  private calls = 0;
  private engine = 0;
  private process = 1;
  private step = "";
  private readonly sessions = new Map<string, SessionRef>();
  private readonly planted = new Set<string>();

  constructor(private readonly options: HistoryOptions) {
    const { host = "openclaw-2026.9", keys = { a: "agent:main:a" }, lanes = {}, seed = 1, steps = [], window = 8_000 } = options;
    const theCase: Case = {
      format: "ctxspec-case/1",
      host,
      seed,
      settings: { keys, lanes, window, reserve: 1_000, summariser: "healthy", safeguard: false },
      steps,
    };
    this.history = { case: theCase, events: [], probes: [] };
  }

  add(event: NewEvent): number {
    const i = this.history.events.length;
    this.history.events.push({ i, step: this.step, ...event });
    return i;
  }

  /** The session as it now is; made at first use. `change` alters it for good (a new session id, one reset more, …). */
  session(alias: string, change: Partial<SessionRef> = {}): SessionRef {
    const key = this.options.keys?.[alias] ?? `agent:main:${alias}`;
    const now = this.sessions.get(alias) ?? { alias, key, routingKey: key, sessionId: `id-${alias}`, resets: 0, family: alias };
    const next = { ...now, ...change };
    this.sessions.set(alias, next);
    return next;
  }

  /** An ordinary turn. */
  turn(
    step: string,
    alias: string,
    how: { kind?: TurnKind; prompt?: string; session?: Partial<SessionRef>; id?: string } = {},
  ): TurnWriter {
    return this.start(step, this.session(alias, how.session), how.kind ?? "ordinary", how.prompt ?? "", how.id ?? step);
  }

  /** An isolated tick of a lane: session id `run-<step>`, under the lane's key. */
  tick(
    step: string,
    lane: string,
    how: { key?: string; routingKey?: string; sessionId?: string; kind?: TurnKind } = {},
  ): TurnWriter {
    const base = this.options.lanes?.[lane];
    const baseKey =
      base?.kind === "heartbeat"
        ? (this.options.keys?.[base.session] ?? `agent:main:${base.session}`)
        : `agent:main:cron:${lane}`;
    const routingKey = how.routingKey ?? `${baseKey}:heartbeat`;
    const session: SessionRef = {
      alias: lane,
      key: how.key ?? routingKey,
      routingKey,
      sessionId: how.sessionId ?? `run-${step}`,
      resets: 0,
      family: lane,
      isolatedLane: lane,
    };
    return this.start(step, session, how.kind ?? "heartbeat-isolated", "", step);
  }

  private start(step: string, session: SessionRef, kind: TurnKind, prompt: string, id: string): TurnWriter {
    this.step = step;
    this.engine += 1;
    const turn: TurnRef = { id, kind, attempt: 1 };
    this.add({ kind: "host", what: "turn-start", session, turn, userText: prompt, prompt, promptDiffers: false });
    return new TurnWriter(this, session, turn);
  }

  /** A compact outside any turn. */
  compact(step: string, alias: string, how: CompactOptions = {}): this {
    this.step = step;
    this.engine += 1;
    this.addCompact(this.session(alias), undefined, { phase: "compact-manual", ...how });
    return this;
  }

  /** A host note about a session, e.g. reset or quarantine; a restart also starts the next process. */
  note(step: string, what: HostNoteEvent["what"], alias?: string, detail: Record<string, unknown> = {}): this {
    this.step = step;
    if (what === "restart" || what === "killed") this.process += 1;
    if (what === "reset" && alias !== undefined) this.session(alias, { resets: this.session(alias).resets + 1 });
    this.add({ kind: "host", what, detail, ...(alias === undefined ? {} : { session: this.session(alias) }) });
    return this;
  }

  skipped(step: string, reason = "not possible"): this {
    this.step = step;
    this.add({ kind: "skipped", reason });
    return this;
  }

  probe(session: SessionRef, shows: readonly (AnyMessage | Message)[], addition = ""): this {
    const view = shows as AnyMessage[];
    this.history.probes.push({ session, view, result: { messages: view, estimatedTokens: 0, systemPromptAddition: addition } });
    return this;
  }

  done(): History {
    return this.history;
  }

  /** Says where a text was planted, unless its canary was planted already. */
  plant(texts: unknown, part: PlantedPart, session: SessionRef, turn?: TurnRef): void {
    for (const canary of candidatesIn(texts)) {
      if (this.planted.has(canary)) continue;
      this.planted.add(canary);
      this.add({ kind: "host", what: "plant", canary, part, session, ...(turn === undefined ? {} : { turn }) });
    }
  }

  addCall(
    call: Pick<CallEvent, "method" | "phase"> & Partial<CallEvent>,
    answer: { result?: unknown; view?: AnyMessage[]; throws?: string },
  ): void {
    this.calls += 1;
    const params = call.params ?? {};
    const number = this.calls;
    this.add({
      kind: "call",
      call: number,
      engine: this.engine,
      process: this.process,
      names: Object.keys(params).sort(),
      ...call,
      params,
    });
    this.answer(number, answer);
  }

  answer(number: number, answer: { result?: unknown; view?: AnyMessage[]; throws?: string }): void {
    if (answer.throws !== undefined) {
      this.add({ kind: "throw", call: number, cause: "engine", error: { name: "Error", message: answer.throws, isError: true } });
      return;
    }
    const { result, view } = answer;
    this.add({
      kind: "return",
      call: number,
      ...(result === undefined ? {} : { result }),
      ...(view === undefined ? {} : { view }),
    });
  }

  addCompact(session: SessionRef, turn: TurnRef | undefined, how: CompactOptions): void {
    this.calls += 1;
    const number = this.calls;
    const params = { sessionId: session.sessionId, sessionKey: session.key, force: true, ...how.params };
    const names = Object.keys(params).sort();
    const phase = how.phase ?? "compact-overflow";
    const owner = turn === undefined ? { session } : { session, turn };
    this.add({
      kind: "call",
      call: number,
      engine: this.engine,
      process: this.process,
      method: "compact",
      phase,
      ...owner,
      names,
      params,
    });
    for (const request of how.requests ?? [])
      this.add({ kind: "summariser", call: number, session, request, mode: "healthy", answer: how.answer ?? "summary" });
    const result = how.result ?? { ok: true, compacted: true, result: { tokensBefore: 100, tokensAfter: 10 } };
    this.answer(number, how.throws === undefined ? { result } : { throws: how.throws });
  }
}
