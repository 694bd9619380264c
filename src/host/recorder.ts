// Writes the history down. With `record: none` it only numbers calls, for the benchmark's bare loop.

import type { Case, Event, History, NewEvent, PlantedPart, SessionRef, TurnRef } from "../define/index.js";

export class Recorder {
  readonly events: Event[] = [];
  step = "";
  private calls = 0;
  private readonly planted = new Set<string>();

  constructor(
    private readonly theCase: Case,
    readonly on: boolean,
    private readonly onEvent?: (event: Event) => void,
  ) {}

  nextCall(): number {
    return ++this.calls;
  }

  /** The number the next call will get. */
  upcomingCall(): number {
    return this.calls + 1;
  }

  add(event: NewEvent): number {
    if (!this.on) return -1;
    const i = this.events.length;
    const full = { i, step: this.step, ...event } as Event;
    this.events.push(full);
    this.onEvent?.(full);
    return i;
  }

  /** Says that a text with a canary now exists; texts without one are not planted. A text planted before is not planted again. */
  plant(canary: string | undefined, part: PlantedPart, session: SessionRef, turn?: TurnRef): void {
    if (canary === undefined || this.planted.has(canary)) return;
    this.planted.add(canary);
    this.add({ kind: "host", what: "plant", canary, part, session, ...(turn ? { turn } : {}) });
  }

  history(): History {
    return { case: this.theCase, events: this.events, probes: [] };
  }
}
