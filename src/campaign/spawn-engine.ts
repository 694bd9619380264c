// Starts the process of one engine alone and connects the host to it. The process ends with the case, by itself or by SIGKILL.

import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineProcess, ProcessGone, type SpawnEngine } from "../define/index.js";
import { connectEngine, EngineRefused, type FromEngine, type RemoteChannel } from "../host/index.js";
import { endsItsGroup, WATCHED } from "./orphan-watch.js";
import type { EngineSource } from "./protocol.js";
import { after } from "./real-time.js";

/** An engine that does not let its process end, or is caught in a loop and hears nothing any more, is ended. */
const CLOSES_WITHIN_MS = 500;

/** Built code runs in the process; from src (under a test runner) the built file of the same name is used. */
function entry(): string {
  const here = fileURLToPath(new URL("./engine-process.js", import.meta.url));
  return here.includes(`${path.sep}dist${path.sep}`)
    ? here
    : here.replace(`${path.sep}src${path.sep}`, `${path.sep}dist${path.sep}src${path.sep}`);
}

export function spawnEngineFor(source: EngineSource): SpawnEngine {
  return async (dirs) => {
    const child = fork(entry(), [JSON.stringify(source), dirs.root, dirs.state, endsItsGroup() ? WATCHED : ""], {
      serialization: "advanced",
      ...(dirs.cwd === undefined ? {} : { cwd: dirs.cwd }),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: process.execArgv.filter((arg) => arg.startsWith("--max-old-space-size")),
    });
    // What it writes is the engine's output like any other: the worker keeps it.
    child.stdout?.on("data", (chunk: Buffer) => process.stdout.write(chunk));
    child.stderr?.on("data", (chunk: Buffer) => process.stderr.write(chunk));
    try {
      return await connectEngine(channelOf(child));
    } catch (error) {
      if (error instanceof ProcessGone || error instanceof EngineRefused) return stillborn(error);
      throw error;
    }
  };
}

/** In place of a process in which the engine could not be loaded a second time: that is what its factory does, then. */
function stillborn(error: Error): EngineProcess {
  return {
    factory: () => Promise.reject(error),
    settle: async () => undefined,
    setClock: () => {},
    armWriteKill: () => {},
    kill: async () => {},
    close: async () => {},
    writes: () => 0,
    residue: async () => ({ active: {}, blockedMs: 0 }),
  };
}

function channelOf(child: ChildProcess): RemoteChannel {
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    send: (message) => void child.send(message, () => {}),
    onMessage: (handler) => child.on("message", (message) => handler(message as FromEngine)),
    onGone: (handler) => void gone.then(handler),
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
    close: async () => {
      if (child.connected) child.send({ op: "close" }, () => {});
      else child.kill("SIGKILL");
      const cancel = after(CLOSES_WITHIN_MS, () => child.kill("SIGKILL"));
      await gone;
      cancel();
    },
  };
}
