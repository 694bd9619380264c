// What a shard counts beside its own tally, so that the whole run can be put together of its shards. The one thing that does not add up:
// of a profile only the first few lost processes are looked into closely, and a shard cannot know which are the first of the whole run.
// So those it looked into are kept apart, in both ways they may count.

import type { ProfileId } from "../define/index.js";
import type { Played } from "./protocol.js";
import { type CaseName, HostTally, type How } from "./tally.js";

/** A lost process that was played again with a trace. */
export interface TracedLoss {
  k: number;
  /** As it counts among the first losses of a run. */
  closely: HostTally;
  /** As it counts later. */
  counted: HostTally;
}

export class ShardLedger {
  /** Every case but those of `losses`. */
  readonly plain: HostTally;
  readonly losses: TracedLoss[] = [];

  constructor(private readonly host: ProfileId) {
    this.plain = new HostTally(host);
  }

  /** `counted`: what the case counts as where it is not looked into; given for a loss that was. */
  add(name: CaseName, played: Played, how: How, counted: Played | undefined): void {
    if (counted === undefined || name.kind !== "k") {
      this.plain.add(name, played, how);
      return;
    }
    const loss = { k: name.k, closely: new HostTally(this.host), counted: new HostTally(this.host) };
    loss.closely.add(name, played, how);
    loss.counted.add(name, counted, { lost: true, reproduced: false });
    this.losses.push(loss);
  }
}
