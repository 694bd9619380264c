// The process an engine lives in. Takes tasks one at a time, plays and judges them, answers with compact outcomes. It leaves word of every
// call in a file before it makes it; limits, losses and everything that outlives this process are the supervisor's.

import { rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CtxspecError, type LoadedEngine } from "../define/index.js";
import { activeWork, Surroundings } from "../host/index.js";
import type { Trial } from "../load/index.js";
import { Containment } from "./containment.js";
import { EngineRoom, type RoomWatch } from "./engine-room.js";
import { watchFiles } from "./file-watch.js";
import { InFlightWriter } from "./in-flight.js";
import { endWhenOrphaned } from "./orphan-watch.js";
import { keepListeners, takeLine } from "./own-line.js";
import type { Parts } from "./parts.js";
import { type FromWorker, type Problem, type ToWorker, toWorker } from "./protocol.js";
import { TraceWriter } from "./trace-file.js";
import { IN_FLIGHT_FILE, KEEP_TRIAL, TRACE_FILE } from "./worker-files.js";

async function partsFrom(module: string | undefined): Promise<Parts> {
  if (module === undefined) return (await import("./real-parts.js")).realParts;
  return ((await import(pathToFileURL(module).href)) as { default: Parts }).default;
}

/** What went wrong, so that the supervisor can say it; anything that is not a CtxspecError is a fault of ctxspec. */
export function problemOf(error: unknown): Problem {
  if (error instanceof CtxspecError) {
    const cause =
      error.cause === undefined
        ? undefined
        : error.cause instanceof Error
          ? (error.cause.stack ?? error.cause.message)
          : String(error.cause);
    return { code: error.code, message: error.message, hint: error.hint, ...(cause === undefined ? {} : { cause }) };
  }
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: "internal",
    message: `ctxspec failed: ${error instanceof Error ? error.message : String(error)}`,
    hint: "This is a fault of ctxspec, not of the engine. Please report it with the text below.",
    cause,
  };
}

async function main(folder: string, keepTrial: boolean, partsModule: string | undefined): Promise<void> {
  const send = takeLine();
  if (send === undefined) throw new Error("worker.js is started by ctxspec, with a channel to it");
  const exit = process.exit.bind(process);
  const containment = new Containment();
  containment.install();
  endWhenOrphaned({ folder, group: process.platform !== "win32" });
  const inFlight = new InFlightWriter(path.join(folder, IN_FLIGHT_FILE));
  const parts = await partsFrom(partsModule);
  parts.prepareProcess?.(folder, (target) => containment.refused(target));
  watchFiles(folder, (file) => containment.strayed(file));
  const tasks = new Tasks(folder, inFlight, send);
  const room = new EngineRoom(
    contained(parts, containment, { keep: keepTrial, disposing: () => inFlight.write("trial-end") }, exit),
    tasks.watch,
  );
  process.on("message", (given) => tasks.take(toWorker.parse(given), room));
  process.on("disconnect", () => {
    rmSync(folder, { recursive: true, force: true });
    exit(0);
  });
  keepListeners((event) => containment.replaced(`the host's listener on process "${event}"`));
  send({ type: "ready" } satisfies FromWorker);
}

/** Timers and the like that cases left behind; a few are what engines keep for the life of their process. */
const MOST_LEFT_OPEN = 200;

function openWork(): number {
  let sum = 0;
  for (const count of activeWork().values()) sum += count;
  return sum;
}

/** The parts, with whatever the engine does to its process kept from the others and noted. */
function contained(parts: Parts, containment: Containment, trial: Trial, exit: (code: number) => never): Parts {
  const surroundings = new WeakMap<LoadedEngine, Surroundings>();
  return {
    ...parts,
    load: async (source) => {
      const around = new Surroundings();
      containment.beginLoading();
      const loaded = await parts
        .load(source, { ...trial, enter: () => around.enter(), leave: () => around.leave() })
        .catch((error: unknown) => {
          throw tamperedWith(around) ? unusable(around, error) : error;
        });
      around.endLoading();
      containment.endLoading(loaded.engine);
      surroundings.set(loaded.engine, around);
      return loaded;
    },
    play: async (theCase, engine, options) => {
      containment.begin();
      const around = surroundings.get(engine) ?? new Surroundings();
      try {
        const history = await parts.play(theCase, engine, { ...options, surroundings: around });
        containment.addTo(history);
        return history;
      } catch (error) {
        const replaced = around.noted();
        if (replaced.length === 0) throw error;
        // Nothing can be relied on in this process any more, and it is the engine's doing.
        process.stderr.write(`the engine replaced globals (${replaced.join(", ")}), and then nothing worked: ${String(error)}\n`);
        return exit(1);
      }
    },
  };
}

function unusable(around: Surroundings, error: unknown): CtxspecError {
  const message = `loading it replaced globals that everything in the process works with (${around.end().join(", ")}), and failed then`;
  return new CtxspecError("engine-import", message, "leave the globals of the process as they are", error);
}

function tamperedWith(around: Surroundings): boolean {
  try {
    return around.end().length > 0;
  } catch {
    return true;
  }
}

/** Tasks in the order they came, one at a time, and what is left word of while one is done. */
class Tasks {
  private readonly waiting: ToWorker[] = [];
  private busy = false;
  private current = 0;
  private readonly idle = openWork();
  private trace: TraceWriter | undefined;

  constructor(
    private readonly folder: string,
    private readonly inFlight: InFlightWriter,
    private readonly send: (message: FromWorker) => void,
  ) {}

  readonly watch: RoomWatch = {
    loading: () => this.inFlight.begin(this.current, "loading"),
    starting: () => this.inFlight.write("starting"),
    started: () => this.inFlight.write("playing"),
    playing: (theCase) => {
      this.inFlight.begin(this.current, "playing");
      this.trace?.begin(theCase);
    },
    before: (call) => this.inFlight.before(call),
    after: () => this.inFlight.after(),
    judging: () => this.inFlight.write("judging"),
    event: (event) => this.trace?.event(event),
  };

  take(message: ToWorker, room: EngineRoom): void {
    this.waiting.push(message);
    void this.drain(room);
  }

  private async drain(room: EngineRoom): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      this.current = next.id;
      this.inFlight.begin(next.id, "judging");
      const said = await this.answer(next, room);
      this.inFlight.write("idle");
      this.send(said);
    }
    this.busy = false;
  }

  private async answer(message: ToWorker, room: EngineRoom): Promise<FromWorker> {
    try {
      if (message.type === "describe")
        return { type: "described", id: message.id, description: await room.describe(message.source) };
      if (message.task.trace) this.trace = new TraceWriter(path.join(this.folder, TRACE_FILE));
      const outcome = await room.perform(message.task);
      return { type: "outcome", id: message.id, outcome, spent: openWork() - this.idle > MOST_LEFT_OPEN };
    } catch (error) {
      return { type: "problem", id: message.id, problem: problemOf(error) };
    } finally {
      this.trace?.close();
      this.trace = undefined;
    }
  }
}

const [folder, trialWord, partsModule] = process.argv.slice(2);
if (folder !== undefined && process.send !== undefined) await main(folder, trialWord === KEEP_TRIAL, partsModule);
