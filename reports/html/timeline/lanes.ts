// Lanes of a timeline: one per session, one per isolated run of a heartbeat or cron lane. A lane takes a column from its first event to its
// last; where there are many lanes, a column that is free again is used again.

import type { Event, SessionRef } from "../../../src/define/index.js";
import { shortId } from "../../../src/draw/words.js";

export interface Lane {
  /** "A", "hb, run 2". */
  name: string;
  /** Key and session id, as they were at first. */
  key: string;
  sessionId: string;
  /** Place from the left, from 0. */
  column: number;
  /** 0…5: which of the six colours. */
  colour: number;
  /** Index of the first and last event. */
  first: number;
  last: number;
}

export const MOST_COLUMNS = 10;
const COLOURS = 6;
/** So many lanes stand side by side; of more, those that never meet share columns. */
const SIDE_BY_SIDE = 6;

const nameOf = (session: SessionRef): string =>
  session.isolatedLane === undefined ? session.alias : `${session.alias} ${session.sessionId}`;

export function sessionOf(event: Event): SessionRef | undefined {
  return "session" in event ? event.session : undefined;
}

export class Lanes {
  readonly all: Lane[] = [];
  private readonly byName = new Map<string, Lane>();
  /** Columns in use, at least 1. */
  readonly columns: number;

  constructor(events: readonly Event[]) {
    const runs = new Map<string, number>();
    for (const event of events) {
      const session = sessionOf(event);
      if (session === undefined) continue;
      const known = this.byName.get(nameOf(session));
      if (known !== undefined) known.last = event.i;
      else this.open(event.i, session, runs);
    }
    const lastOf: number[] = [];
    for (const lane of this.all) {
      const free = this.all.length <= SIDE_BY_SIDE ? -1 : lastOf.findIndex((last) => last < lane.first);
      lane.column = Math.min(free >= 0 ? free : lastOf.length, MOST_COLUMNS - 1);
      lastOf[lane.column] = Math.max(lane.last, lastOf[lane.column] ?? 0);
    }
    this.columns = Math.max(1, lastOf.length);
  }

  private open(at: number, session: SessionRef, runs: Map<string, number>): void {
    const run = (runs.get(session.alias) ?? 0) + 1;
    if (session.isolatedLane !== undefined) runs.set(session.alias, run);
    const lane = {
      name: session.isolatedLane === undefined ? session.alias : `${session.alias}, run ${run}`,
      key: session.key,
      sessionId: shortId(session.sessionId),
      column: 0,
      colour: this.all.length % COLOURS,
      first: at,
      last: at,
    };
    this.all.push(lane);
    this.byName.set(nameOf(session), lane);
  }

  /** The lane an event belongs to; undefined for what belongs to no session. */
  of(session: SessionRef | undefined): Lane | undefined {
    return session === undefined ? undefined : this.byName.get(nameOf(session));
  }
}
