// The crew of worker processes. Hands out tasks one case at a time, enforces the call limit from outside, and turns a process that hangs,
// exits, crashes or grows into the outcome of the one task it was at; the rest goes on in a fresh process.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CtxspecError, ERROR_CODES, type ErrorCode } from "../define/index.js";
import type { Crew, Priority } from "./crew.js";
import type { InFlight } from "./in-flight.js";
import { checkNode } from "./node-version.js";
import type { Description, EngineSource, FromWorker, Lost, Outcome, Problem, Task, ToWorker } from "./protocol.js";
import { every, nowMs } from "./real-time.js";
import { scratchRoot } from "./scratch.js";
import { WorkerProcess, type WorkerSettings } from "./worker-process.js";

const LOOK_EVERY_MS = 100;
/** The host's own limit comes first; the supervisor's is for engines that never let it. */
const LONGEST_GRACE_MS = 1_000;
const SHORTEST_GRACE_MS = 200;
/** The host works between two calls, and a busy machine makes it slow: so long, or ten times the call limit where that is less. */
const BETWEEN_CALLS_MS = 5_000;
const LOAD_LIMIT_MS = 60_000;
/** For disposing of the trial instance; what is wrong with dispose is found when cases are played. */
const TRIAL_END_LIMIT_MS = 3_000;
const JUDGING_LIMIT_MS = 120_000;
/** One task being played, one waiting in the worker, so that no time is lost between two. */
const TASKS_PER_WORKER = 2;
const STARTS_IN_A_ROW = 3;

interface Item {
  id: number;
  priority: Priority;
  message: ToWorker;
  task: Task | undefined;
  resolve(answer: Outcome | Description): void;
  reject(error: Error): void;
}

interface Post {
  process: WorkerProcess;
  items: Item[];
}

/** worker.js as built: beside this file, or in dist/ when this file is run from src/. */
export function builtWorker(): string {
  const beside = fileURLToPath(new URL("./worker.js", import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL("../../dist/src/campaign/worker.js", import.meta.url));
}

export interface CrewSettings extends Omit<WorkerSettings, "workerFile" | "scratch"> {
  workers: number;
  workerFile?: string;
  /** Real milliseconds that loading the engine may take without anything moving. */
  loadLimitMs?: number;
}

export class WorkerCrew implements Crew {
  readonly kind = "workers";
  private readonly posts: Post[] = [];
  /** Once a process was lost another may be: the next one is started before it is needed. */
  private spare: Post | undefined;
  private readonly queues: Record<Priority, Item[]> = { probe: [], campaign: [] };
  private readonly settings: WorkerSettings;
  private readonly stopLooking: () => void;
  private ids = 0;
  private lookedAtMs = nowMs();
  private failedStarts = 0;
  private closed = false;

  /** Throws usage-option where --node names no Node that will do. */
  constructor(private readonly crew: CrewSettings) {
    if (crew.nodePath !== undefined) checkNode(crew.nodePath);
    this.settings = { ...crew, workerFile: crew.workerFile ?? builtWorker(), scratch: scratchRoot(crew.workers) };
    this.stopLooking = every(LOOK_EVERY_MS, () => this.lookAround());
  }

  get appetite(): number {
    return this.crew.workers * TASKS_PER_WORKER;
  }

  run(task: Task, priority: Priority): Promise<Outcome> {
    return this.hand(priority, task, (id) => ({ type: "task", id, task })) as Promise<Outcome>;
  }

  describe(source: EngineSource): Promise<Description> {
    return this.hand("probe", undefined, (id) => ({ type: "describe", id, source })) as Promise<Description>;
  }

  abandon(): void {
    this.queues.campaign.length = 0;
    for (const post of [...this.posts]) {
      if (!post.items.some(({ priority }) => priority === "campaign")) continue;
      this.leave(post);
      // What somebody waits for begins anew in the process that follows.
      this.queues.probe.unshift(...post.items.splice(0).filter(({ priority }) => priority === "probe"));
      post.process.end("signal", "the run was interrupted");
    }
    this.pump();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stopLooking();
    const all = this.spare === undefined ? [...this.posts] : [...this.posts, this.spare];
    for (const { process } of all) process.end("signal", "end of the campaign");
    await Promise.all(all.map(({ process }) => process.gone));
  }

  private hand(priority: Priority, task: Task | undefined, message: (id: number) => ToWorker): Promise<Outcome | Description> {
    const id = ++this.ids;
    return new Promise((resolve, reject) => {
      this.queues[priority].push({ id, priority, task, message: message(id), resolve, reject });
      this.pump();
    });
  }

  /** Fills the workers, the least busy first; starts a worker while there is more to do than hands. */
  private pump(): void {
    if (this.closed) return;
    while (this.queues.probe.length + this.queues.campaign.length > 0) {
      const idle = this.posts.find((post) => post.items.length === 0);
      const post = idle ?? (this.posts.length < this.crew.workers ? this.start() : this.leastBusy());
      if (post === undefined) return;
      const item = this.queues.probe.shift() ?? this.queues.campaign.shift();
      if (item === undefined) return;
      post.items.push(item);
      post.process.send(item.message);
    }
  }

  private leastBusy(): Post | undefined {
    const free = this.posts.filter((post) => post.items.length < TASKS_PER_WORKER);
    return free.sort((a, b) => a.items.length - b.items.length)[0];
  }

  private start(): Post {
    const post = this.spare !== undefined && !this.spare.process.over ? this.spare : this.made();
    this.spare = undefined;
    this.posts.push(post);
    return post;
  }

  private made(): Post {
    const post: Post = {
      items: [],
      process: new WorkerProcess(this.settings, {
        message: (message) => this.answered(post, message),
        over: (how) => this.lost(post, how),
        unstartable: (error) => this.unstartable(post, error),
      }),
    };
    return post;
  }

  private answered(post: Post, message: FromWorker): void {
    if (message.type === "ready") {
      this.failedStarts = 0;
      return;
    }
    const item = post.items.find((one) => one.id === message.id);
    if (item === undefined) return;
    post.items = post.items.filter((one) => one !== item);
    if (message.type === "problem") item.reject(errorFrom(message.problem));
    else item.resolve(message.type === "outcome" ? message.outcome : message.description);
    if (message.type === "outcome" && message.spent) this.retire(post);
    this.pump();
  }

  /** Its place is taken by a fresh one; what waited there is played elsewhere. */
  private retire(post: Post): void {
    this.leave(post);
    for (const item of post.items.splice(0).reverse()) this.queues[item.priority].unshift(item);
    if (this.spare === undefined || this.spare.process.over) this.spare = this.made();
    post.process.end("signal", "replaced by a fresh process");
  }

  private lookAround(): void {
    const unseenMs = nowMs() - this.lookedAtMs - LOOK_EVERY_MS;
    this.lookedAtMs = nowMs();
    for (const { process, items } of this.posts) {
      if (items.length === 0 || process.over) continue;
      if (unseenMs > 1_000) process.forgive(unseenMs);
      const heavy = process.overweight();
      if (heavy !== undefined) process.end("memory", heavy);
      const { at, stillMs } = process.look();
      const item = items.find((one) => one.id === at?.task) ?? items[0];
      const loadMs = this.crew.loadLimitMs ?? LOAD_LIMIT_MS;
      const { limitMs, graceMs } = process.ready ? limitFor(at, item?.task, loadMs) : { limitMs: LOAD_LIMIT_MS, graceMs: 0 };
      if (stillMs > limitMs + graceMs) process.end("timeout", `nothing moved for ${Math.round(limitMs)} ms`);
    }
  }

  /** The task in flight gets the loss; those that only waited there go back to the front of their queue. */
  private lost(post: Post, how: Pick<Lost, "how" | "detail">): void {
    this.leave(post);
    if (this.closed) return;
    const at = post.process.inFlight();
    const [victim, ...others] = sorted(post.items, at?.task);
    for (const item of others.reverse()) this.queues[item.priority].unshift(item);
    if (!post.process.ready && ++this.failedStarts >= STARTS_IN_A_ROW) {
      const message = `worker processes end before they are ready (${how.detail})`;
      const hint = "Workers need Node 20.19 or later: see --node.";
      this.giveUp(new CtxspecError("internal", message, hint, post.process.said()), victim === undefined ? [] : [victim]);
    } else if (victim !== undefined) {
      if (at?.phase === "trial-end") this.settings.keepTrial = true;
      if (!post.process.ready || at?.phase === "trial-end") this.queues[victim.priority].unshift(victim);
      else this.suffer(victim, post.process, at, how);
    }
    this.pump();
    if (post.process.ready && (this.spare === undefined || this.spare.process.over)) this.spare = this.made();
  }

  private suffer(item: Item, process: WorkerProcess, at: InFlight | undefined, how: Pick<Lost, "how" | "detail">): void {
    if (item.task === undefined || at?.phase === "loading") {
      const message = `the process ended while the engine was being loaded (${how.how}: ${how.detail})`;
      item.reject(
        new CtxspecError(
          "engine-import",
          message,
          "Import the engine's module by hand with node and see what it does.",
          process.said(),
        ),
      );
      return;
    }
    if (at?.phase === "judging" && how.how === "timeout") {
      item.reject(
        new CtxspecError(
          "internal",
          "judging a history took too long",
          "This is a fault of ctxspec, not of the engine.",
          JSON.stringify(item.task.target).slice(0, 500),
        ),
      );
      return;
    }
    const trace = item.task.trace ? process.trace() : undefined;
    const call =
      at === undefined || at.call === 0 || at.task !== item.id
        ? undefined
        : { number: at.call, method: at.method, step: at.step, inFlight: at.phase === "calling" };
    item.resolve({
      kind: "lost",
      ...how,
      ...(call === undefined ? {} : { call }),
      ...(trace === undefined ? {} : { theCase: trace.theCase, events: trace.events as unknown as NonNullable<Lost["events"]> }),
      output: process.said(),
    });
  }

  private unstartable(post: Post, error: Error): void {
    this.leave(post);
    const tried = this.settings.nodePath ?? globalThis.process.execPath;
    this.giveUp(
      new CtxspecError(
        "usage-option",
        `no worker process could be started with ${tried}: ${error.message}`,
        "--node must name a Node binary of version 20.19 or later.",
        error,
      ),
      post.items,
    );
  }

  private giveUp(error: Error, also: Item[] = []): void {
    const all = [...also, ...this.queues.probe.splice(0), ...this.queues.campaign.splice(0)];
    for (const item of all) item.reject(error);
  }

  private leave(post: Post): void {
    const index = this.posts.indexOf(post);
    if (index >= 0) this.posts.splice(index, 1);
  }
}

/** The item the worker was at first, then the others in their order. */
function sorted(items: Item[], current: number | undefined): Item[] {
  const at = items.find((item) => item.id === current) ?? items[0];
  return at === undefined ? [] : [at, ...items.filter((item) => item !== at)];
}

/** How long a worker may stand still where it is. Only what stands still in a call or between two is the engine's. */
function limitFor(at: InFlight | undefined, task: Task | undefined, loadMs: number): { limitMs: number; graceMs: number } {
  if (at?.phase === "trial-end") return { limitMs: Math.min(loadMs, TRIAL_END_LIMIT_MS), graceMs: 0 };
  if (at === undefined || at.phase === "loading") return { limitMs: loadMs, graceMs: 0 };
  if (task === undefined || at.phase === "starting") return { limitMs: LOAD_LIMIT_MS, graceMs: 0 };
  if (at.phase === "judging") return { limitMs: JUDGING_LIMIT_MS, graceMs: 0 };
  const callMs = at.slow ? task.compactTimeoutMs : task.callTimeoutMs;
  const limitMs = at.phase === "calling" ? callMs : Math.max(callMs, Math.min(BETWEEN_CALLS_MS, callMs * 10));
  return { limitMs, graceMs: Math.min(LONGEST_GRACE_MS, Math.max(SHORTEST_GRACE_MS, limitMs / 5)) };
}

function errorFrom(problem: Problem): CtxspecError {
  const code = Object.hasOwn(ERROR_CODES, problem.code) ? (problem.code as ErrorCode) : "internal";
  return new CtxspecError(code, problem.message, problem.hint, problem.cause);
}
