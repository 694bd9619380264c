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

export const KNOWN_DIFFERENCES: KnownDifference[] = [];

export function knownReason(trace: string, difference: Difference): string | undefined {
  return KNOWN_DIFFERENCES.find(
    (known) => known.trace === trace && known.call === difference.call && known.field === difference.field,
  )?.reason;
}
