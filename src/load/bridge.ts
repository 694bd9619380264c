// Finds the host that is playing a case, for code of ours that an engine calls. Holds nothing itself.
// The bridge hangs on globalThis because stand-ins and host may live in different module graphs.

import { homedir } from "node:os";
import { join } from "node:path";
import { type BridgeHolder, HOST_BRIDGE, type HostBridge } from "../define/loaded.js";

/** The bridge of the case being played; undefined between cases. */
export function currentBridge(): HostBridge | undefined {
  return (globalThis as BridgeHolder)[HOST_BRIDGE];
}

/** The bridge, for a call that makes no sense without a host. Throws an ordinary Error into the engine when no case is played. */
export function bridgeFor(what: string): HostBridge {
  const bridge = currentBridge();
  if (bridge === undefined) throw new Error(`${what} was called while no case is being played: the host is not there to answer`);
  return bridge;
}

/** Where plugins keep their state: the case's directory while one is played, else what OPENCLAW_STATE_DIR or the home says. */
export function stateDirectory(): string {
  return currentBridge()?.stateDir() ?? process.env.OPENCLAW_STATE_DIR ?? join(homedir(), ".openclaw");
}
