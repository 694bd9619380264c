// The process an engine lives in. Takes tasks one at a time, plays and judges them, answers with compact outcomes. It leaves word of every
// call in a file before it makes it; limits, losses and everything that outlives this process are the supervisor's.

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

/** Plays and loads with everything kept in that an engine does beside its answers. */
function contained(parts: Parts, containment: Containment): Pick<Parts, "play" | "load"> {
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
  return { play, load };
}

async function main(folder: string, partsModule: string | undefined): Promise<void> {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error("worker.js is started by ctxspec, with a channel to it");
  const exit = process.exit.bind(process);
  const containment = new Containment();
  containment.install();
  endWhenOrphaned();
  const inFlight = new InFlightWriter(path.join(folder, IN_FLIGHT_FILE));
  const parts = await partsFrom(partsModule);
  parts.prepareProcess?.(folder, (target) => containment.refused(target));
  const { play, load } = contained(parts, containment);

  let current = 0;
  let trace: TraceWriter | undefined;
  const watch: RoomWatch = {
    loading: () => inFlight.begin(current, "loading"),
    starting: () => inFlight.write("starting"),
    started: () => inFlight.write("playing"),
    playing: (theCase) => {
      inFlight.begin(current, "playing");
      trace?.begin(theCase);
    },
    before: (call) => inFlight.before(call),
    after: () => inFlight.after(),
    judging: () => inFlight.write("judging"),
    event: (event) => trace?.event(event),
  };
  const room = new EngineRoom({ ...parts, play, load }, watch);

  const answer = async (message: ToWorker): Promise<FromWorker> => {
    try {
      if (message.type === "describe")
        return { type: "described", id: message.id, description: await room.describe(message.source) };
      if (message.task.trace) trace = new TraceWriter(path.join(folder, TRACE_FILE));
      return { type: "outcome", id: message.id, outcome: await room.perform(message.task) };
    } catch (error) {
      return { type: "problem", id: message.id, problem: problemOf(error) };
    } finally {
      trace?.close();
      trace = undefined;
    }
  };

  const waiting: ToWorker[] = [];
  let busy = false;
  const drain = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      current = next.id;
      inFlight.begin(current, "judging");
      const said = await answer(next);
      inFlight.write("idle");
      send(said);
    }
    busy = false;
  };

  process.on("message", (given) => {
    waiting.push(toWorker.parse(given));
    void drain();
  });
  process.on("disconnect", () => exit(0));
  send({ type: "ready" } satisfies FromWorker);
}

const [folder, partsModule] = process.argv.slice(2);
if (folder !== undefined && process.send !== undefined) await main(folder, partsModule);
