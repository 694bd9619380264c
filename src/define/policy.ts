// The decisions of a host that host clauses judge, as replaceable functions: a broken host is the same host with one of them replaced.

import type { CallPhase, TurnKind } from "./history.js";

export interface HeartbeatWake {
  /** The key that woke the lane; null when the wake named none. */
  requested: string | null;
  /** heartbeat.session, or the main key. */
  configured: string;
  /** Base stored on the isolated entry by an earlier tick. */
  storedBase: string | null;
}

export interface HostPolicy {
  /** Routing key and base of an isolated heartbeat run. */
  routeHeartbeat(wake: HeartbeatWake): { key: string; base: string };
  /** The context-engine key of one call. */
  engineKey(about: { routingKey: string; sessionId: string; kind: TurnKind; phase: CallPhase; perRun: boolean }): string;
  /** Session id of a new isolated run. `fresh` is the id the host derived for it; `last` that of the lane's last run. */
  runSessionId(run: { fresh: string; last: string | null }): string;
  /** Value of isHeartbeat on a delivery; undefined leaves the name out. */
  heartbeatFlag(delivery: { heartbeat: boolean; supported: boolean }): boolean | undefined;
}
