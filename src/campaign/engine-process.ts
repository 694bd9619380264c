// The process of one engine alone, for cases that kill it: loads the engine like a worker does and serves it to the host in the worker.

import { CtxspecError, type EngineAdapter, EXIT } from "../define/index.js";
import { serveEngine } from "../host/remote/server.js";
import type { FromEngine, ToEngine } from "../host/remote/wire.js";
import { privateEnvironment } from "../load/environment.js";
import { refuseNetwork } from "../load/network.js";
import { adapterOf } from "./adapter-of.js";
import { endWhenOrphaned, WATCHED } from "./orphan-watch.js";
import { keepListeners, takeLine } from "./own-line.js";
import type { EngineSource } from "./protocol.js";
import { leaveSignalsToSupervisor } from "./signals.js";

async function main(source: string, root: string, stateDir: string, isWatched: boolean): Promise<void> {
  const send = takeLine();
  if (!send) throw new Error("engine-process.js is started by ctxspec, with a channel to it");
  if (!isWatched) endWhenOrphaned();
  process.once("disconnect", () => process.exit(0));
  leaveSignalsToSupervisor();
  const say = (message: FromEngine) => send(message);
  try {
    privateEnvironment(root);
    refuseNetwork(() => {});
    // Written by spawn-engine.ts out of a task that was checked on its way to the worker.
    const adapter = await adapterOf(JSON.parse(source) as EngineSource);
    process.env.OPENCLAW_STATE_DIR = stateDir;
    Object.assign(process.env, adapter.env ?? {});
    serve(adapter, stateDir, say);
  } catch (error) {
    const byEngine = error instanceof CtxspecError && error.exitCode === EXIT.engine;
    say({ op: "failed", message: error instanceof Error ? error.message : String(error), byEngine });
  }
}

function serve(adapter: EngineAdapter, stateDir: string, say: (message: FromEngine) => void): void {
  serveEngine(adapter, stateDir, {
    send: say,
    onMessage: (handler) => process.on("message", (message) => handler(message as ToEngine)),
    close: () => process.exit(0),
  });
  keepListeners(() => {});
}

const [source, root, stateDir, watchWord] = process.argv.slice(2);
if (source !== undefined && root !== undefined && stateDir !== undefined && process.send)
  await main(source, root, stateDir, watchWord === WATCHED);
