// What is possible at this moment of a case: which aliases a next step of each kind could name. Worked out once per step.

import type { Author } from "./author.js";

export interface Around {
  sessions: string[];
  /** Sessions with content since their last reset. */
  known: string[];
  /** Sessions with several turns no compaction has seen. */
  full: string[];
  /** Sessions with content and no commit owed: a delivery from before a reset never comes after it. */
  resettable: string[];
  /** Sessions nothing has happened in yet. */
  unused: string[];
  /** Heartbeat lanes that may tick. */
  heartbeats: string[];
  /** Lanes that take ordinary turns: heartbeat lanes that have ticked, cron jobs. */
  turnLanes: string[];
  /** Aliases with deliveries that may be repeated. */
  delivered: string[];
}

/** Looks at the aliases of `scope` only. */
export function lookAround(author: Author, scope: readonly string[]): Around {
  const around: Around = {
    sessions: [],
    known: [],
    full: [],
    resettable: [],
    unused: [],
    heartbeats: [],
    turnLanes: [],
    delivered: [],
  };
  for (const alias of scope) {
    const party = author.world.party(alias);
    if (party.deliveries.length > 0) around.delivered.push(alias);
    if (party.kind === "heartbeat" && party.base !== undefined && scope.includes(party.base)) around.heartbeats.push(alias);
    if (party.kind === "cron" || (party.kind === "heartbeat" && party.runs > 0)) around.turnLanes.push(alias);
    if (party.kind !== "session") continue;
    around.sessions.push(alias);
    if (!party.exists) around.unused.push(alias);
    if (party.turns === 0) continue;
    around.known.push(alias);
    if (party.undigested >= 3) around.full.push(alias);
    if (party.owed === 0) around.resettable.push(alias);
  }
  return around;
}
