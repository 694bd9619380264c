// The process an engine lives in. Takes tasks one at a time, plays and judges them, answers with compact outcomes. It leaves word of every
// call in a file before it makes it; limits, losses and everything that outlives this process are the supervisor's.

import { rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CtxspecError } from "../define/index.js";
import { Containment } from "./containment.js";
import { EngineRoom, type RoomWatch } from "./engine-room.js";
import { InFlightWriter } from "./in-flight.js";
import { endWhenOrphaned } from "./orphan-watch.js";
import type { Parts } from "./parts.js";
import { type FromWorker, type Problem, type ToWorker, toWorker } from "./protocol.js";
import { TraceWriter } from "./trace-file.js";
import { IN_FLIGHT_FILE, TRACE_FILE } from "./worker-files.js";

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

async function main(folder: string, partsModule: string | undefined): Promise<void> {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error("worker.js is started by ctxspec, with a channel to it");
  const exit = process.exit.bind(process);
  const containment = new Containment();
  containment.install();
  endWhenOrphaned(folder);
  const inFlight = new InFlightWriter(path.join(folder, IN_FLIGHT_FILE));
  const parts = await partsFrom(partsModule);
  parts.prepareProcess?.(folder, (target) => containment.refused(target));
  const play: Parts["play"] = async (theCase, engine, options) => {
    containment.begin();
    const history = await parts.play(theCase, engine, options);
    containment.addTo(history);
    return history;
  };
  const load: Parts["load"] = async (source) => {
    const loaded = await parts.load(source);
    Object.assign(process.env, loaded.engine.adapter.env ?? {});
    return loaded;
  };

  const tasks = new Tasks(folder, inFlight, send);
  const room = new EngineRoom({ ...parts, play, load }, tasks.watch);
  process.on("message", (given) => tasks.take(toWorker.parse(given), room));
  process.on("disconnect", () => {
    rmSync(folder, { recursive: true, force: true });
    exit(0);
  });
  send({ type: "ready" } satisfies FromWorker);
}

/** Tasks in the order they came, one at a time, and what is left word of while one is done. */
class Tasks {
  private readonly waiting: ToWorker[] = [];
  private busy = false;
  private current = 0;
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
      return { type: "outcome", id: message.id, outcome: await room.perform(message.task) };
    } catch (error) {
      return { type: "problem", id: message.id, problem: problemOf(error) };
    } finally {
      this.trace?.close();
      this.trace = undefined;
    }
  }
}

const [folder, partsModule] = process.argv.slice(2);
if (folder !== undefined && process.send !== undefined) await main(folder, partsModule);
