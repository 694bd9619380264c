// Aims at the clauses about session keys: look-alikes with content, wakes by every key, turns under the lane's own key, new instances.

import type { Aim } from "./aim.js";
import { A, B, C, D, HB } from "./aim.js";
import { compact, isolatedTick, overflowing, reset, restart, sharedTick, turn, turns } from "./beats.js";

const WAKES = ["none", "base", "heartbeat", "heartbeat-twice"] as const;

const eachOf = (sessions: readonly string[]) => sessions.map((session) => turn(session));

export const KEY_AIMS: readonly Aim[] = [
  {
    name: "look-alike keys with content",
    lifecycle: "any",
    clauses: ["key-distinct", "isolation-session"],
    needs: { sessions: 4, keys: "look-alikes", window: "ample" },
    focus: [A, B, C, D],
    between: 0,
    beats: (draw) => [...eachOf([A, B, C, D]), restart(), ...eachOf(draw.shuffle([A, B, C, D])), turn(A), turn(B)],
  },
  {
    name: "one lane woken by every kind of key",
    lifecycle: "any",
    clauses: ["isolation-tick"],
    needs: { heartbeats: 1 },
    focus: [A, HB],
    beats: (draw) => [turn(A), ...draw.shuffle(WAKES).map((wakeKey) => isolatedTick(HB, { wakeKey })), sharedTick(HB), turn(A)],
  },
  {
    name: "accepted turn, then the next instance",
    lifecycle: "any",
    clauses: ["key-continuity", "history-liveness", "contract-factory"],
    needs: { sessions: 2, window: "ample" },
    focus: [A, B],
    beats: () => [turn(A), turn(A), restart(), turn(A), turn(B), turn(A)],
  },
  {
    name: "accepted turns, compaction, restart",
    lifecycle: "any",
    clauses: ["key-continuity"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => [...turns(A, 4), compact(A), restart(), turn(A), turn(A)],
  },
  {
    name: "successor of a compacted session",
    lifecycle: "any",
    clauses: ["key-continuity", "isolation-compaction"],
    needs: { sessions: 2, window: "ample", safeguard: true },
    focus: [A, B],
    beats: () => [...turns(A, 4), turn(B), overflowing(A, 1), turn(A), turn(B), compact(A), turn(A)],
  },
  {
    name: "look-alike keys, compaction and reset",
    lifecycle: "any",
    clauses: ["key-distinct", "isolation-compaction"],
    needs: { sessions: 3, keys: "look-alikes", window: "ample" },
    focus: [A, B, C],
    beats: (draw) => [
      ...turns(A, 3),
      ...turns(B, 3),
      turn(C),
      compact(A),
      turn(B),
      turn(draw.pick([A, C])),
      reset(A),
      turn(B),
      turn(A),
    ],
  },
  {
    name: "ordinary turns under the heartbeat key",
    lifecycle: "any",
    clauses: ["isolation-tick", "key-continuity"],
    needs: { heartbeats: 1, window: "ample" },
    focus: [A, HB],
    beats: () => [turn(A), isolatedTick(HB), turn(HB), turn(HB), isolatedTick(HB), turn(HB), turn(A)],
  },
];
