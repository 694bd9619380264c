// Starts the process of one engine alone and connects the host to it. The process ends with the case, by itself or by SIGKILL.

import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { SpawnEngine } from "../define/index.js";
import { connectEngine, type FromEngine, type RemoteChannel } from "../host/index.js";
import type { EngineSource } from "./protocol.js";
import { after } from "./real-time.js";

const CLOSE_LIMIT_MS = 2_000;

/** Built code runs in the process; from src (under a test runner) the built file of the same name is used. */
function entry(): string {
  const here = fileURLToPath(new URL("./engine-process.js", import.meta.url));
  return here.includes(`${path.sep}dist${path.sep}`)
    ? here
    : here.replace(`${path.sep}src${path.sep}`, `${path.sep}dist${path.sep}src${path.sep}`);
}

export function spawnEngineFor(source: EngineSource): SpawnEngine {
  return (dirs) => {
    const child = fork(entry(), [JSON.stringify(source), dirs.root, dirs.state], {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      execArgv: process.execArgv.filter((arg) => arg.startsWith("--max-old-space-size")),
    });
    return connectEngine(channelOf(child));
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
      // A process that is caught in a loop hears nothing any more.
      const cancel = after(CLOSE_LIMIT_MS, () => child.kill("SIGKILL"));
      if (child.connected) child.send({ op: "close" }, () => {});
      else child.kill("SIGKILL");
      await gone;
      cancel();
    },
  };
}
