// Aims at the bare contract, at calls that overlap, and at what an engine leaves behind after many or large steps.

import type { StepOf } from "../../define/index.js";
import { drawImported } from "../text-draw.js";
import { A, type Aim, B, HB } from "./aim.js";
import {
  compact,
  importHistory,
  isolatedTick,
  overflowing,
  overlap,
  repeat,
  restart,
  sharedTick,
  spawn,
  toolRound,
  turn,
  turns,
} from "./beats.js";

const many = (count: number, beat: ReturnType<typeof turn>) => Array.from({ length: count }, () => beat);

export const CONTRACT_AIMS: readonly Aim[] = [
  {
    name: "every kind of call once",
    lifecycle: "any",
    clauses: [
      "contract-shape",
      "contract-factory",
      "contract-host-params",
      "contract-results",
      "contract-input-pure",
      "contract-dispose",
    ],
    needs: { heartbeats: 1, crons: 1, safeguard: true },
    focus: [A, HB],
    between: 1,
    beats: () => [
      turn(A),
      turn(A, { tools: [toolRound()] }),
      isolatedTick(HB),
      sharedTick(HB, { reply: "ack" }),
      overflowing(A, 1),
      compact(A),
      spawn(A, { fails: false }),
      turn(A, { answers: ["error"] }),
      restart(),
      turn(A),
    ],
  },
  {
    name: "two live instances side by side",
    lifecycle: "any",
    clauses: ["contract-dispose", "contract-factory"],
    needs: { sessions: 2 },
    focus: [A, B],
    beats: () => [turn(A), turn(B), spawn(A, { fails: false }), turn(A), compact(B), turn(B), turn(A)],
  },
  {
    name: "turns of two sessions at the same time",
    lifecycle: "any",
    clauses: ["race-sessions", "contract-dispose"],
    needs: { sessions: 2, window: "ample" },
    focus: [A, B],
    beats: () => [overlap(turn(A), turn(B)), turn(A), overlap(turn(B), turn(A), turn(B)), turn(A), turn(B)],
  },
  {
    name: "a compaction while another session talks",
    lifecycle: "any",
    clauses: ["race-sessions", "isolation-compaction"],
    needs: { sessions: 2, window: "ample", safeguard: true },
    focus: [A, B],
    beats: () => [
      ...turns(A, 3),
      ...turns(B, 2),
      overlap(compact(A), turn(B)),
      overlap(overflowing(A, 1), turn(B)),
      turn(A),
      turn(B),
    ],
  },
  {
    name: "a tick while a turn of its session runs",
    lifecycle: "any",
    clauses: ["race-same-session"],
    needs: { heartbeats: 1, window: "ample" },
    focus: [A, HB],
    // Several times: whether two deliveries meet depends on the order that is drawn.
    beats: () => [
      turn(A),
      ...Array.from({ length: 5 }, () => [overlap(turn(A), sharedTick(HB)), turn(A)]).flat(),
      overlap(turn(A), isolatedTick(HB)),
      turn(A),
    ],
  },
  {
    name: "a compaction while a turn of its session runs",
    lifecycle: "any",
    clauses: ["race-same-session"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => [...turns(A, 4), overlap(turn(A), compact(A)), turn(A), turn(A)],
  },
  {
    name: "thirty empty ticks",
    lifecycle: "any",
    clauses: ["resource-growth", "resource-handles"],
    needs: { heartbeats: 1 },
    focus: [A, HB],
    beats: (draw) => {
      const nothing = draw.chance(0.5) ? isolatedTick(HB, { reply: "ack" }) : sharedTick(HB, { reply: "ack" });
      return [turn(A), ...many(31, nothing), turn(A)];
    },
  },
  {
    name: "five times made, used and disposed",
    lifecycle: "any",
    clauses: ["resource-handles", "contract-dispose"],
    needs: {},
    focus: [A],
    beats: () => [...turns(A, 4), restart(), turn(A), compact(A), restart(), turn(A)],
  },
  {
    name: "the same delivery many times",
    lifecycle: "any",
    clauses: ["resource-growth", "history-no-duplicate"],
    needs: { window: "ample" },
    focus: [A],
    beats: () => [turn(A), turn(A, { id: "x1" }), ...many(8, repeat("x1")), turn(A)],
  },
  {
    name: "more than two thousand imported messages",
    lifecycle: "any",
    clauses: ["resource-event-loop", "compact-effective"],
    needs: {},
    focus: [A],
    lead: 0,
    between: 0,
    beats: (draw) => [
      importHistory(A, (author): StepOf<"import">["messages"] => drawImported(draw, { ...author.habits, emptyText: 0 }, 2_500)),
      turn(A),
      compact(A),
      turn(A),
    ],
  },
];
