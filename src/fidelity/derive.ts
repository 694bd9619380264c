// From a trace to what the simulated host plays: a case and the world around it, derived by program from declaration, host and
// provider records. The calls themselves are not copied: what the host makes of the case is what gets compared.

import { CASE_FORMAT, type Case, type HostWorld, PROFILES, type Step, type TextSpec } from "../define/index.js";
import { bareId, heartbeatOf, KeyBook, usualKey } from "./keys.js";
import { type Section, sectionsOf } from "./sections.js";
import { resultsOf, type StepFields, spawnFields, talkOf, unseenIn } from "./step-fields.js";
import { TextBook, tokensOf } from "./text-sizes.js";
import type { Trace } from "./trace.js";
import {
  cutOf,
  existedBefore,
  heavyUsageOf,
  nothingCame,
  overflowTokensOf,
  replyIn,
  startsFresh,
  staysSilent,
  wasPrechecked,
} from "./world-facts.js";

export interface TracePlan {
  case: Case;
  world: HostWorld;
  /** What of the trace could not be told apart or has no step kind, one sentence each. */
  notes: string[];
}

/** Steps follow one another by a second: a recording's turns share the minute that stamps show. */
const STEP_MS = 1_000;
/** What the recorded hosts kept free of the window. */
const RESERVE_TOKENS = 20_000;

export function derive(trace: Trace): TracePlan {
  const sections = sectionsOf(trace);
  const draft = new Draft(trace);
  for (const section of sections) draft.add(section);
  return {
    case: draft.theCase(isSafeguarded(trace, sections)),
    world: { ...draft.world, overflowTokens: overflowTokensOf(trace, sections) },
    notes: draft.notes,
  };
}

/** sg- scenarios ran with safeguard compaction; so did one whose non-owning engine is asked to compact on overflow. */
function isSafeguarded(trace: Trace, sections: Section[]): boolean {
  if (/(^|-)sg\d*-/.test(trace.id)) return true;
  if (PROFILES[trace.release].lifecycle === "durable" || trace.engine.owns === true) return false;
  const overflowed = (section: Section) => section.providers.some((answer) => answer.provider.startsWith("overflow"));
  return sections.some((section) => overflowed(section) && section.calls.some((call) => call.call === "compact"));
}

/**
 * A wake's event waits under the key the wake named, and a run's prompt carries the events of its own key: an isolated run sees one
 * only when the heartbeat key itself was named. The durable host keeps events out of `prompt` altogether.
 */
function carriesEvent(trace: Trace, key: string | undefined, mainIsConfigured: boolean): boolean {
  if (PROFILES[trace.release].lifecycle === "durable" || (key === undefined && !mainIsConfigured)) return false;
  return !trace.isolated || heartbeatOf(key ?? "").depth === 1;
}

class Draft {
  readonly steps: Step[] = [];
  readonly notes: string[] = [];
  readonly world: HostWorld;
  readonly #trace: Trace;
  readonly #book: KeyBook;
  readonly #texts = new TextBook();
  /** Session key the last turn was addressed to. */
  #lastKey: string | undefined;
  #lastJob = "job";
  /** A kill was armed and the gateway has not started again yet. */
  #down: "killed" | "stopped" = "stopped";
  /** Prompt alias → the text of the first turn step that had it: equal prompts mean that the same text was sent. */
  readonly #prompts = new Map<string, TextSpec>();
  /** Alias of a reply → the first step that got it. */
  readonly #replies = new Map<string, Extract<Step, { kind: "turn" | "tick" }>>();
  /** Alias of a tool result → the place it was first given at. */
  readonly #results = new Map<string, string>();
  /** Aliases of which a turn or tick was played. */
  readonly #touched = new Set<string>();
  readonly #reset = new Set<string>();

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#book = new KeyBook(trace);
    const configured = this.#book.configured;
    const lists = {
      existing: [],
      refused: [],
      pluginRuns: [],
      commandCompacts: [],
      silent: [],
      commandResets: [],
      talkingResets: [],
      preflightTokens: {},
      sameReply: {},
      sameResult: {},
      askedAgain: {},
      overflowTokens: [],
    };
    this.world = { ...lists, freshProcess: startsFresh(trace), configured, isolatesTicks: trace.isolated };
  }

  theCase(safeguard: boolean): Case {
    if (Object.keys(this.#book.keys).length === 0) this.#book.session(this.#book.configured);
    const { keys, lanes } = this.#book;
    const { window } = this.#trace;
    const reserve = Math.min(RESERVE_TOKENS, Math.floor(window / 4));
    const settings: Case["settings"] = { keys, lanes, window, reserve, summariser: "healthy", safeguard };
    return { format: CASE_FORMAT, host: this.#trace.release, seed: 1, settings, steps: this.steps };
  }

  add(section: Section): void {
    const { action, host } = section;
    if (action.kind === "turn") this.#sent(section, action.via);
    else if (action.kind === "plugin-run") this.#turn(section, "rpc", "plugin");
    else if (action.kind === "tick" || action.kind === "wake") this.#tick(section);
    else if (action.kind === "cron-run") this.#cron(section);
    else if (action.kind === "reset") this.#resetOf(this.#keyOf(section));
    else if (action.kind === "compact") this.#compact(section, "rpc");
    else if (action.kind === "start") this.#start(section);
    else if (action.kind === "unknown") this.notes.push(`host record "${host.host}" is of no known kind and is not played`);
    else if (section.records.length > 0) this.notes.push(`records after "${host.host}" belong to no step`);
  }

  #nextId(ahead = 1): string {
    return `s${this.steps.length + ahead}`;
  }

  #push<K extends Step["kind"]>(kind: K, fields: StepFields<K>): string {
    const id = this.#nextId();
    this.steps.push({ id, at: (this.steps.length + 1) * STEP_MS, kind, ...fields } as unknown as Step);
    return id;
  }

  /** The key a record names, else the one its calls carry, else the session spoken to last, else the scenario's own. */
  #keyOf(section: Section): string {
    return section.host.key ?? usualKey(section.calls) ?? this.#lastKey ?? `agent:main:${bareId(this.#trace.id)}`;
  }

  #resetOf(key: string): string {
    const session = this.#book.alias(key);
    this.#reset.add(session);
    return this.#push("reset", { session });
  }

  /** A message through rpc or chat: a turn, unless it is a command that the host takes itself. */
  #sent(section: Section, via: "rpc" | "chat"): void {
    const [command, ...message] = section.host.command?.split(/\s/) ?? [];
    if (command === "/compact" && via === "chat") {
      this.#compact(section, "chat");
    } else if (command === "/new" || command === "/reset") {
      const id = this.#resetOf(this.#keyOf(section));
      if (via === "chat" && nothingCame(section)) this.world.commandResets.push(id);
      if (via === "chat" && message.length > 0) this.world.talkingResets.push(id);
      if (!nothingCame(section)) this.#turn(section, via, "user");
    } else {
      this.#turn(section, via, "user");
    }
  }

  #compact(section: Section, via: "rpc" | "chat"): void {
    this.#armKill(section);
    const id = this.#push("compact", { session: this.#book.alias(this.#keyOf(section)), trigger: "manual" });
    if (via === "chat") this.world.commandCompacts.push(id);
    this.#finish(section, id, []);
  }

  #turn(section: Section, via: "rpc" | "chat", by: "user" | "plugin"): void {
    const key = this.#keyOf(section);
    this.#lastKey = key;
    const session = this.#book.alias(key);
    this.#existing(section, session, via);
    if (section.providers.some((answer) => answer.provider === "tool:sessions_spawn")) {
      this.#armKill(section);
      const { fields, notes } = spawnFields(section, session, this.#text(section), this.#texts.takeNew(section));
      this.#finish(section, this.#push("spawn", fields), notes);
      return;
    }
    this.#armKill(section);
    this.#usageBefore(section, session);
    const { notes, talk } = talkOf(section, this.#texts, this.#trace.window);
    const id = this.#push("turn", { session, via, text: this.#text(section), ...talk });
    this.#finish(section, id, notes);
    if (by === "plugin") this.world.pluginRuns.push(id);
  }

  #tick(section: Section): void {
    const { lane, wakeKey } = this.#book.wake(section.action.kind === "wake" ? this.#book.wokenBy(section.host.key) : undefined);
    const heartbeat = this.#book.lanes[lane];
    const { isolated, window } = this.#trace;
    this.#touched.add(isolated || heartbeat?.kind !== "heartbeat" ? lane : heartbeat.session);
    this.#armKill(section);
    const { notes, talk } = talkOf(section, this.#texts, window);
    const carried = section.action.kind === "wake" && carriesEvent(this.#trace, section.host.key, this.#book.mainIsConfigured);
    const event = carried ? { event: { form: "plain", tokens: tokensOf(section.host) } as const } : {};
    this.#finish(section, this.#push("tick", { lane, isolated, wakeKey, ...event, ...talk }), notes);
  }

  /** A job with a session of its own; one aimed at the main session is an event for its heartbeat. */
  #cron(section: Section): void {
    const key = usualKey(section.calls);
    const job = /:cron:([^:]+)/.exec(key ?? "")?.[1];
    if (key !== undefined && job === undefined) {
      this.#tick(section);
      return;
    }
    this.#lastJob = job ?? this.#lastJob;
    this.#armKill(section);
    const { notes, talk } = talkOf(section, this.#texts, this.#trace.window);
    const session = this.#book.cronLane(this.#lastJob);
    this.#finish(section, this.#push("turn", { session, via: "cron", text: this.#text(section), ...talk }), notes);
  }

  /** A gateway that starts again; one that was killed inside a step comes back by that kill step itself. */
  #start(section: Section): void {
    if (this.#down === "stopped") {
      this.#push("restart", { mode: "soft" });
      if (section.records.length > 0) this.notes.push(`records after "${section.host.host}" belong to no step`);
    }
    this.#down = "stopped";
  }

  /** The kill stands before the step it cuts short. */
  #armKill(section: Section): void {
    const cut = cutOf(section);
    if (cut === undefined) return;
    this.#push("kill", { point: { where: "call", step: this.#nextId(2), ...cut, when: { moment: "after" } } });
    this.#down = "killed";
  }

  #existing(section: Section, session: string, via: "rpc" | "chat"): void {
    if (this.#touched.has(session)) return;
    this.#touched.add(session);
    const profile = PROFILES[this.#trace.release];
    if (existedBefore(section, via, this.#reset.has(session), profile)) this.world.existing.push(session);
  }

  #text(section: Section): TextSpec {
    const prompt = section.calls.find((call) => call.prompt !== undefined)?.prompt ?? "";
    const known = this.#prompts.get(prompt);
    if (known !== undefined) return known;
    const stored = this.#texts.takeNew(section).findLast((message) => message.role === "user");
    const tokens = wasPrechecked(section, this.#trace.window) ? this.#trace.window : tokensOf(stored ?? section.host);
    if (prompt !== "") this.#prompts.set(prompt, { form: "plain", tokens, same: this.#nextId() });
    return { form: "plain", tokens };
  }

  #usageBefore(section: Section, session: string): void {
    const heavy = heavyUsageOf(section, this.#trace.window);
    if (heavy?.of !== "turn before") return;
    const lane = Object.entries(this.#book.lanes).find(([, one]) => one.kind === "heartbeat" && one.session === session)?.[0];
    const before = this.steps.findLast(
      (step) =>
        (step.kind === "turn" && step.session === session) || (step.kind === "tick" && !step.isolated && step.lane === lane),
    );
    if (before?.kind === "turn" || before?.kind === "tick") before.usage ??= heavy.tokens;
    this.world.preflightTokens[this.#nextId()] = heavy.tokens;
  }

  #finish(section: Section, id: string, notes: string[]): void {
    if (nothingCame(section)) this.world.refused.push(id);
    if (staysSilent(section)) this.world.silent.push(id);
    const unseen = unseenIn(section);
    if (unseen !== undefined) this.world.askedAgain[id] = unseen;
    this.#sameReply(section, id);
    this.#sameResults(section, id);
    this.notes.push(...notes.map((note) => `${id}: ${note}`));
  }

  #sameResults(section: Section, id: string): void {
    for (const [round, results] of resultsOf(section).entries()) {
      for (const [call, { text }] of results.entries()) {
        const place = `${id}/${round}/${call}`;
        const known = text === undefined ? undefined : this.#results.get(text);
        if (known !== undefined) this.world.sameResult[place] = known;
        else if (text !== undefined) this.#results.set(text, place);
      }
    }
  }

  /** A model that says the same again: the text is planted once. */
  #sameReply(section: Section, id: string): void {
    const told = replyIn(section);
    const step = this.steps.find((one) => one.id === id);
    if (told === undefined || (step?.kind !== "turn" && step?.kind !== "tick") || step.reply !== "text") return;
    const known = this.#replies.get(told);
    if (known === undefined) {
      this.#replies.set(told, step);
      return;
    }
    this.world.sameReply[id] = known.id;
    step.replyTokens = known.replyTokens;
  }
}
