// Where engines are: loads each source once, plays the cases of tasks against it and judges them. The same room stands in a worker
// process and, for factories that cannot leave their process, in the caller's own.

import type { Case, Clause, Event, History, SpawnEngine } from "../define/index.js";
import { countsOf, type Judge, judgeCase, judgeHistory, type TwinChoice } from "./judge-case.js";
import { spaceFault } from "./own-faults.js";
import type { Loaded, Parts } from "./parts.js";
import type { Description, EngineSource, Played, Task } from "./protocol.js";
import { subjectOf } from "./subject.js";

/** Follows what the room does, call by call, for whoever supervises it. */
export interface RoomWatch {
  loading(): void;
  /** The engine is about to get a process of its own. */
  starting(): void;
  started(): void;
  playing(theCase: Case): void;
  before(call: { call: number; method: string; step: string }): void;
  after(): void;
  judging(): void;
  /** Only where the task asks for a trace. */
  event?(event: Event): void;
}

/** Share of campaign cases that are played twice to see whether the engine repeats itself. */
const WATCHED_SHARE = 0.02;

/** A number that depends on (seed, k) only and has no rhythm in k. */
export function mix(seed: number, k: number): number {
  let x = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(k + 1, 0x85ebca6b)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

export class EngineRoom {
  private readonly loaded = new Map<string, Promise<Loaded>>();
  private readonly clauses = new Map<string, Promise<Clause | undefined>>();

  constructor(
    private readonly parts: Parts,
    private readonly watch?: RoomWatch,
  ) {}

  load(source: EngineSource): Promise<Loaded> {
    const key = JSON.stringify(source);
    let loaded = this.loaded.get(key);
    if (loaded === undefined) {
      this.watch?.loading();
      loaded = this.parts.load(source);
      this.loaded.set(key, loaded);
    }
    return loaded;
  }

  async describe(source: EngineSource): Promise<Description> {
    const { engine, declared } = await this.load(source);
    const { claims, hosts, recall, keepsAcrossReset, protectedTailMessages, excuses } = engine.adapter;
    const { adapter: _functions, gateway: _hooks, ...facts } = engine;
    const said = {
      ...facts,
      ...declared,
      node: process.version,
      adapter: { claims, hosts, recall, keepsAcrossReset, protectedTailMessages, excuses },
    };
    return JSON.parse(JSON.stringify(said)) as Description;
  }

  /** Plays and judges. Throws when ctxspec itself fails, or the engine cannot be loaded. */
  async perform(task: Task): Promise<Played> {
    const loaded = await this.load(task.source);
    const { target } = task;
    const theCase = target.kind === "generated" ? this.parts.caseFor(target.seed, target.k, target.host) : target.theCase;
    const judge = await this.judgeFor(task, theCase, loaded);
    if (task.again) return this.playTwice(theCase, judge);
    if (target.kind === "history") return this.judgeOnly(theCase, target.events as unknown as Event[], judge);
    const outcome = await judgeCase(theCase, judge, choiceOf(task));
    const { history, ...brief } = outcome;
    return task.answer === "history" ? { ...brief, history: history as unknown as Played["history"] } : brief;
  }

  /** Starting a process takes a while, and none of it is the engine's fault. */
  private spawning(source: EngineSource, { engine }: Loaded): { spawnEngine?: SpawnEngine } {
    const builtIn = source.kind === "engine" && engine.kind === "built-in";
    const spawn = this.parts.spawnEngine?.(builtIn ? { kind: "built-in", name: engine.id } : source);
    if (spawn === undefined) return {};
    return {
      spawnEngine: async (dirs) => {
        this.watch?.starting();
        try {
          return await spawn(dirs);
        } finally {
          this.watch?.started();
        }
      },
    };
  }

  private clause(id: string): Promise<Clause | undefined> {
    const clause = this.clauses.get(id) ?? this.parts.clause(id);
    this.clauses.set(id, clause);
    return clause;
  }

  private async playTwice(theCase: Case, judge: Judge): Promise<Played> {
    const first = await judge.play(theCase);
    const unstable = judge.difference(first, await judge.play(theCase));
    return { ...countsOf(first, judge), judged: [], ...(unstable === undefined ? {} : { unstable }) };
  }

  private judgeOnly(theCase: Case, events: Event[], judge: Judge): Played {
    const history: History = { case: theCase, events, probes: [] };
    const judged = judgeHistory(history, judge.clauses, judge.subject);
    return { ...countsOf(history, judge), judged };
  }

  private async judgeFor(task: Task, theCase: Case, loaded: Loaded): Promise<Judge> {
    const clauses = (await Promise.all(task.clauses.map((id) => this.clause(id)))).filter((clause) => clause !== undefined);
    const { engine } = loaded;
    const registeredAs = engine.kind === "plugin" ? engine.id : undefined;
    const subject = subjectOf(loaded.declared, engine.adapter, theCase.host, registeredAs);
    const policy = loaded.policyFor?.(subject.profile);
    const watch = this.watch;
    const options = {
      callTimeoutMs: task.callTimeoutMs,
      compactTimeoutMs: task.compactTimeoutMs,
      probe: true,
      ...(policy === undefined ? {} : { policy }),
      ...this.spawning(task.source, loaded),
      ...(task.source.kind === "engine" && task.source.alone ? { alone: true } : {}),
      ...(watch === undefined ? {} : { watch: { before: watch.before.bind(watch), after: watch.after.bind(watch) } }),
      ...(task.trace && watch?.event !== undefined ? { onEvent: watch.event.bind(watch) } : {}),
    };
    return {
      subject,
      clauses,
      factsOf: this.parts.factsOf,
      difference: this.parts.difference,
      play: async (one, apart = false) => {
        watch?.playing(one);
        const history = await this.parts.play(one, loaded.engine, apart ? { ...options, alone: true } : options);
        const full = spaceFault(history);
        if (full !== undefined) throw full;
        return history;
      },
      ...(watch === undefined ? {} : { judging: () => watch.judging() }),
    };
  }
}

function choiceOf(task: Task): TwinChoice {
  const { target } = task;
  const turn = target.kind === "generated" ? mix(target.seed, target.k) : mix(target.theCase.seed, 0);
  const watch = task.twins === "rotate" && target.kind === "generated" && mix(turn, target.k) < WATCHED_SHARE * 2 ** 32;
  return { plan: task.twins, always: task.twinsOf, turn, watch };
}
