// Differences between recorded and simulated hosts that remain, each with its reason. A test fails on one that is not here and on one
// that is here and no longer occurs. The target is none.

import type { Difference } from "./compare.js";

export interface KnownDifference {
  /** "<release>/<scenario>". */
  trace: string;
  /** Number of the first differing call and the field, as the comparison names them. */
  call: number;
  field: Difference["field"];
  /** Why the simulated host does not do as the recorded one did. */
  reason: string;
}

export const KNOWN_DIFFERENCES: KnownDifference[] = [
  {
    trace: "openclaw-2026.5/nk2",
    call: 35,
    field: "file",
    reason:
      "after a kill in a model call the new gateway takes the turn up by itself, beside the user's next turn, and the file gets two more entries of its own",
  },
  {
    trace: "openclaw-2026.7/n18",
    call: 47,
    field: "method",
    reason:
      "ahead of the compaction before a chat turn this release, with its default memory plugin, has a turn of its own in which the model may save what it remembers",
  },
  {
    trace: "openclaw-2026.7/n33",
    call: 47,
    field: "method",
    reason:
      "the tick before went over to a successor id and kept its old file; the next turn on the heartbeat key is given a file of that id, which does not exist",
  },
];

export function knownReason(trace: string, difference: Difference): string | undefined {
  return KNOWN_DIFFERENCES.find(
    (known) => known.trace === trace && known.call === difference.call && known.field === difference.field,
  )?.reason;
}
