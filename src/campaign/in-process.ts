// The crew without worker processes, for factories that live in the caller's process (library, vitest). One case at a time.
// An engine that never answers is bounded by the host's own limit; one that loops, exits or runs out of memory takes the process with it.

import type { Crew, Priority } from "./crew.js";
import { EngineRoom } from "./engine-room.js";
import type { Parts } from "./parts.js";
import type { Description, EngineSource, Outcome, Task } from "./protocol.js";
import { breathe } from "./real-time.js";

interface Waiting {
  work: () => Promise<void>;
}

export class InProcessCrew implements Crew {
  readonly appetite = 2;
  readonly kind = "this-process";
  private readonly room: EngineRoom;
  private readonly queues: Record<Priority, Waiting[]> = { probe: [], campaign: [] };
  private busy = false;

  constructor(parts: Parts) {
    this.room = new EngineRoom(parts);
  }

  run(task: Task, priority: Priority): Promise<Outcome> {
    return this.queue(priority, () => this.room.perform(task));
  }

  describe(source: EngineSource): Promise<Description> {
    return this.queue("probe", () => this.room.describe(source));
  }

  async close(): Promise<void> {}

  private queue<T>(priority: Priority, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.queues[priority].push({ work: () => work().then(resolve, reject) });
      void this.drain();
    });
  }

  private async drain(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (;;) {
      const next = this.queues.probe.shift() ?? this.queues.campaign.shift();
      if (next === undefined) break;
      await next.work();
      await breathe();
    }
    this.busy = false;
  }
}
