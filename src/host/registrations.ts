// When the plugin of a classic host registers again within one process: an engine that threw before is back in service from then on.
// Recorded: the first tick of a process (wq01, wk2), under 2026.5 the first turn after it, too (wq03, wq04, nt1); a compaction stands in for
// that turn (recorded in a tick that overflowed: wk7). From then on nothing but a restart helps (wq02, wq05).

import type { Host } from "./host.js";

/** For what the plugin registered in this process. */
export interface Registrations {
  tick: boolean;
  turn: boolean;
}

export function registerForTick(host: Host): void {
  if (host.durable || host.registrations.tick) return;
  host.registrations.tick = true;
  host.liftQuarantine("the plugin registered again at the first tick");
}

/** A turn begins, or a compaction: the first one after the first tick. */
export function registerForTurn(host: Host): void {
  const { registrations, profile } = host;
  if (host.durable || profile.runtimeSettings || !registrations.tick || registrations.turn) return;
  registrations.turn = true;
  host.liftQuarantine("the plugin registered again at the first turn after a tick");
}
