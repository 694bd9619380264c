// One worker process as the supervisor holds it: started, talked to, watched for hanging and growing, ended. It decides nothing about
// tasks; how a loss is to be understood is said here, who suffers it in supervisor.ts.

import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { dirSync } from "tmp-promise";
import { type InFlight, readInFlight } from "./in-flight.js";
import { type FromWorker, fromWorker, type Lost, type ToWorker } from "./protocol.js";
import { after, nowMs } from "./real-time.js";
import { readTrace } from "./trace-file.js";
import { END_TRIAL, IN_FLIGHT_FILE, KEEP_TRIAL, TRACE_FILE } from "./worker-files.js";

export interface WorkerSettings {
  /** worker.js, built. */
  workerFile: string;
  /** Megabytes of heap; all memory of the process is held to twice that and a base. */
  memoryMb: number;
  /** The Node that runs the engine; default: this one. */
  nodePath?: string;
  /** Folder for the files of workers and of cases. */
  scratch: string;
  /** A module that exports Parts: for tests. */
  partsModule?: string;
  /** The trial instance is left as it is: disposing of it ended a process before. */
  keepTrial?: boolean;
}

export interface WorkerEvents {
  message(message: FromWorker): void;
  /** Once, when the process is over, however it ended. */
  over(how: Pick<Lost, "how" | "detail">): void;
  /** The process could not be started at all. */
  unstartable(error: Error): void;
}

const PIPES_CLOSE_WITHIN_MS = 300;
const OUTPUT_KEPT = 4_096;
const BASE_MEMORY_MB = 256;
const OUT_OF_MEMORY = /heap out of memory|Allocation failed|Array buffer allocation failed/;

export class WorkerProcess {
  private readonly child: ChildProcess;
  private readonly folder: string;
  private output = "";
  private lastSequence = -1;
  private movedAtMs = nowMs();
  private endedBy: Pick<Lost, "how" | "detail"> | undefined;
  over = false;
  ready = false;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  private tellGone: () => void = () => {};

  constructor(
    private readonly settings: WorkerSettings,
    private readonly events: WorkerEvents,
  ) {
    this.gone = new Promise((resolve) => {
      this.tellGone = resolve;
    });
    this.folder = dirSync({ prefix: "ctxspec-worker-", unsafeCleanup: true, tmpdir: settings.scratch }).name;
    const tmp = path.join(this.folder, "tmp");
    mkdirSync(tmp);
    const trial = settings.keepTrial ? KEEP_TRIAL : END_TRIAL;
    const args = [this.folder, trial, ...(settings.partsModule === undefined ? [] : [settings.partsModule])];
    this.child = fork(settings.workerFile, args, {
      ...(settings.nodePath === undefined ? {} : { execPath: settings.nodePath }),
      execArgv: [`--max-old-space-size=${settings.memoryMb}`],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A process group of its own: what the engine starts ends with the worker.
      detached: process.platform !== "win32",
      env: { ...process.env, TMPDIR: tmp, TEMP: tmp, TMP: tmp },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on("data", (chunk: Buffer) => this.heard(chunk));
    this.child.on("message", (given) => this.received(given));
    this.child.on("error", (error) => {
      if (this.child.pid === undefined) this.finish(() => events.unstartable(error));
    });
    const over = (code: number | null, signal: NodeJS.Signals | null) =>
      this.finish(() => events.over(this.understood(code, signal)));
    this.child.on("close", over);
    // A process that the engine started may hold the pipes open for ever.
    this.child.on("exit", (code, signal) => after(PIPES_CLOSE_WITHIN_MS, () => over(code, signal)));
  }

  send(message: ToWorker): void {
    if (this.over || !this.child.connected) return;
    this.movedAtMs = nowMs();
    this.child.send(message, () => {});
  }

  end(how: Lost["how"], detail: string): void {
    this.endedBy ??= { how, detail };
    this.child.kill("SIGKILL");
  }

  /** Ends what is left of the worker's process group: processes that the engine started and forgot. */
  private endGroup(): void {
    if (process.platform === "win32" || this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // Nothing of it is left.
    }
  }

  /** Where the worker is, and for how many milliseconds it has not moved. */
  look(): { at: InFlight | undefined; stillMs: number } {
    const at = this.inFlight();
    if (at !== undefined && at.sequence !== this.lastSequence) {
      this.lastSequence = at.sequence;
      this.movedAtMs = nowMs();
    }
    return { at, stillMs: nowMs() - this.movedAtMs };
  }

  /** Time in which nobody looked does not count against the worker. */
  forgive(ms: number): void {
    this.movedAtMs += ms;
  }

  inFlight(): InFlight | undefined {
    return readInFlight(path.join(this.folder, IN_FLIGHT_FILE));
  }

  trace(): ReturnType<typeof readTrace> {
    return readTrace(path.join(this.folder, TRACE_FILE));
  }

  /** The end of what the process wrote to stdout and stderr. */
  said(): string {
    return this.output;
  }

  /** Memory beyond the limit, where the system tells; buffers live outside the heap that --max-old-space-size bounds. */
  overweight(): string | undefined {
    if (process.platform !== "linux" || this.child.pid === undefined) return undefined;
    try {
      const pages = Number(readFileSync(`/proc/${this.child.pid}/statm`, "utf8").split(" ")[1]);
      const usedMb = Math.round((pages * 4_096) / 2 ** 20);
      return usedMb > this.settings.memoryMb * 2 + BASE_MEMORY_MB ? `${usedMb} MB in use` : undefined;
    } catch {
      return undefined;
    }
  }

  private heard(chunk: Buffer): void {
    this.output = (this.output + chunk.toString("utf8")).slice(-OUTPUT_KEPT);
  }

  private received(given: unknown): void {
    const message = fromWorker.safeParse(given);
    if (message.success) {
      this.movedAtMs = nowMs();
      this.ready = true;
      this.events.message(message.data);
      return;
    }
    // An engine may call process.send itself; only a message that claims to be one of ours is worth a word.
    const { type, id } = (given ?? {}) as { type?: unknown; id?: unknown };
    if (type === "outcome" && typeof id === "number") {
      const cause = message.error.message;
      this.events.message({
        type: "problem",
        id,
        problem: { code: "internal", message: "a worker sent a malformed outcome", hint: "This is a fault of ctxspec.", cause },
      });
    }
  }

  private understood(code: number | null, signal: NodeJS.Signals | null): Pick<Lost, "how" | "detail"> {
    if (this.endedBy !== undefined) return this.endedBy;
    if (
      OUT_OF_MEMORY.test(this.output) &&
      (signal === "SIGABRT" || signal === "SIGTRAP" || signal === "SIGILL" || code === 134 || code === 133)
    ) {
      return { how: "memory", detail: `heap limit of ${this.settings.memoryMb} MB` };
    }
    return signal === null ? { how: "exit", detail: `exit code ${code ?? "unknown"}` } : { how: "signal", detail: signal };
  }

  private finish(tell: () => void): void {
    if (this.over) return;
    this.over = true;
    this.endGroup();
    tell();
    rmSync(this.folder, { recursive: true, force: true });
    this.tellGone();
  }
}
