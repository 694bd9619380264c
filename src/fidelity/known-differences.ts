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

const UNSEEN_ANSWER =
  "an ordinary turn whose answer is empty is tried again by the host with a request of its own; the simulated host takes the empty answer";

export const KNOWN_DIFFERENCES: KnownDifference[] = [
  { trace: "openclaw-2026.5/xw1", call: 9, field: "method", reason: UNSEEN_ANSWER },
  { trace: "openclaw-2026.9/xw1", call: 6, field: "method", reason: UNSEEN_ANSWER },
  {
    trace: "openclaw-2026.5/zr2",
    call: 30,
    field: "method",
    reason:
      "a chat command that resets and says something in one goes on as that message, in a session without a file; played as a reset and a turn",
  },
  {
    trace: "openclaw-2026.7/zt2",
    call: 19,
    field: "roles",
    reason:
      "this release takes a tool result without its call out of a view before it sends it; no conforming view begins with one",
  },
  {
    trace: "openclaw-2026.9/xl2",
    call: 5,
    field: "messages",
    reason: "two results of one round have the same text; the fake model's results never have",
  },
  {
    trace: "openclaw-2026.9/yq2",
    call: 21,
    field: "method",
    reason:
      "a compaction ahead of a turn that does nothing is asked for again before the next one, and the turn is refused; the simulated host asks once",
  },
];

export function knownReason(trace: string, difference: Difference): string | undefined {
  return KNOWN_DIFFERENCES.find(
    (known) => known.trace === trace && known.call === difference.call && known.field === difference.field,
  )?.reason;
}
