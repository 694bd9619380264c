// Aims at deliveries: repeated, late, lost, failed; and at the process dying around them.

import { deathsFor } from "../kill-draw.js";
import { A, type Aim, B, HB } from "./aim.js";
import { isolatedTick, kill, late, overflowing, repeat, reset, restart, sharedTick, toolRound, turn, turns } from "./beats.js";

export const DELIVERY_AIMS: readonly Aim[] = [
  {
    name: "an advancement key once more, also after a restart",
    lifecycle: "durable",
    clauses: ["history-commit-once", "history-no-duplicate"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => [turn(A, { id: "x1" }), repeat("x1"), turn(A, { id: "x2" }), restart(), repeat("x2"), repeat("x1"), turn(A)],
  },
  {
    name: "an advancement key once more in a new process",
    lifecycle: "durable",
    clauses: ["history-commit-once"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => [turn(A, { id: "x1" }), turn(A), restart("hard"), repeat("x1"), turn(A)],
  },
  {
    name: "a tick's advancement key once more",
    lifecycle: "durable",
    clauses: ["history-commit-once"],
    needs: { heartbeats: 1 },
    focus: [A, HB],
    beats: () => [
      turn(A),
      isolatedTick(HB, { id: "x1" }),
      repeat("x1"),
      sharedTick(HB, { id: "x2" }),
      repeat("x2"),
      turn(A),
      isolatedTick(HB),
      repeat("x1"),
    ],
  },
  {
    name: "the same delivery once more",
    lifecycle: "classic",
    clauses: ["history-no-duplicate"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => [turn(A, { id: "x1" }), repeat("x1"), turn(A), restart(), turn(A, { id: "x2" }), repeat("x2"), turn(A)],
  },
  {
    name: "a commit whose answer was lost",
    lifecycle: "durable",
    clauses: ["history-commit-atomic", "history-commit-once", "history-no-duplicate", "history-liveness"],
    needs: { window: "ample" },
    focus: [A],
    between: 0,
    beats: (draw) => [
      turn(A),
      late("x1", "answer-lost", draw.int(1, 2)),
      turn(A, { id: "x1", tools: draw.pick([[], [toolRound()]]) }),
      ...(draw.chance(0.5) ? [restart("hard")] : []),
      ...turns(A, 3),
    ],
  },
  {
    name: "a commit that was not sent",
    lifecycle: "durable",
    clauses: ["history-commit-atomic", "history-liveness"],
    needs: { sessions: 2, window: "ample" },
    focus: [A, B],
    beats: (draw) => [turn(A), late("x1", "not-sent", draw.int(1, 3)), turn(A, { id: "x1" }), turn(B), ...turns(A, 4)],
  },
  {
    name: "two commits owed at once, then a restart",
    lifecycle: "durable",
    clauses: ["history-commit-atomic"],
    needs: { sessions: 2, heartbeats: 1, window: "ample" },
    focus: [A, B, HB],
    between: 0,
    beats: () => [
      late("x1", "not-sent", 2),
      turn(A, { id: "x1" }),
      late("x2", "answer-lost", 2),
      turn(B, { id: "x2" }),
      restart(),
      isolatedTick(HB),
      ...turns(A, 2),
      ...turns(B, 2),
    ],
  },
  {
    name: "a failed turn with tools, then views",
    lifecycle: "durable",
    clauses: ["history-failed-turn", "assemble-well-formed"],
    needs: { window: "ample" },
    focus: [A],
    beats: (draw) => [
      turn(A),
      turn(A, { tools: [toolRound()], answers: ["tool", draw.pick(["error", "abort"])] }),
      turn(A),
      turn(A),
    ],
  },
  {
    name: "a turn that failed after its overflow",
    lifecycle: "durable",
    clauses: ["history-failed-turn"],
    needs: { window: "ample" },
    focus: [A],
    beats: (draw) => [
      ...turns(A, draw.pick([3, 12])),
      turn(A, { tools: [toolRound()], answers: ["tool", "overflow", draw.pick(["error", "abort"])] }),
      turn(A),
      turn(A),
    ],
  },
  {
    name: "failed turns in a row",
    lifecycle: "any",
    clauses: ["history-liveness", "assemble-well-formed"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => [turn(A), ...turns(A, 3, { answers: ["error"] }), turn(A, { answers: ["abort"] }), turn(A), turn(A), turn(A)],
  },
  {
    name: "redelivery after an overflow",
    lifecycle: "any",
    clauses: ["history-no-duplicate", "recovery-bounded"],
    needs: { window: "ample", safeguard: false },
    focus: [A],
    beats: () => [...turns(A, 3), overflowing(A, 1), turn(A), overflowing(A, 1, { tools: [toolRound()] }), restart(), turn(A)],
  },
  {
    name: "the process dies between steps",
    lifecycle: "any",
    clauses: ["history-crash", "history-no-loss"],
    needs: { window: "ample" },
    focus: [A],
    between: 1,
    beats: () => [...turns(A, 2), kill({ where: "boundary" }), turn(A), turn(A)],
  },
  {
    name: "the process dies in a delivery",
    lifecycle: "any",
    clauses: ["history-crash"],
    needs: { window: "ample" },
    focus: [A],
    between: 0,
    beats: (draw, profile) => {
      const method = deathsFor(profile.lifecycle)[draw.int(0, 2)] ?? "commitTurn";
      const when = draw.pick([
        { moment: "before" },
        { moment: "after" },
        { moment: "write", n: 1 },
        { moment: "write", n: 2 },
      ] as const);
      return [...turns(A, 2), kill({ where: "call", step: "x1", method, nth: 1, when }), turn(A, { id: "x1" }), turn(A), turn(A)];
    },
  },
  {
    name: "the process dies at a write of a commit",
    lifecycle: "durable",
    clauses: ["history-crash"],
    needs: { window: "ample" },
    focus: [A],
    between: 0,
    beats: (draw) => {
      const death = (step: string, n: number) =>
        kill({ where: "call", step, method: "commitTurn", nth: 1, when: { moment: "write", n } });
      return [
        ...turns(A, 2),
        death("x1", draw.int(1, 2)),
        turn(A, { id: "x1" }),
        ...turns(A, 2),
        death("x2", draw.int(2, 4)),
        turn(A, { id: "x2" }),
        turn(A),
        turn(A),
      ];
    },
  },
  {
    name: "the process dies in a compaction",
    lifecycle: "any",
    clauses: ["history-crash", "compact-atomic"],
    needs: { window: "ample", safeguard: true },
    focus: [A],
    between: 0,
    beats: (draw) => {
      const when = draw.pick([{ moment: "after" }, { moment: "write", n: 1 }, { moment: "write", n: 2 }] as const);
      return [
        ...turns(A, 4),
        kill({ where: "call", step: "x1", method: "compact", nth: 1, when }),
        overflowing(A, 1, { id: "x1" }),
        turn(A),
        reset(A),
        turn(A),
      ];
    },
  },
];
