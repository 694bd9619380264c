// Aims at compaction and recovery: with something to digest, with nothing, with every fault of the summariser, with aborts, exhausted.

import { drawImported } from "../text-draw.js";
import { A, type Aim, B } from "./aim.js";
import { clock, compact, importHistory, overflowing, plain, restart, turn, turns } from "./beats.js";

export const COMPACTION_AIMS: readonly Aim[] = [
  {
    name: "four undigested turns, a small window, a forced compact",
    lifecycle: "any",
    clauses: ["compact-effective", "compact-honest", "assemble-budget"],
    needs: { window: "small", safeguard: true },
    focus: [A],
    between: 0,
    beats: () => [...turns(A, 6, { text: plain(180), replyTokens: 140 }), overflowing(A, 1), turn(A)],
  },
  {
    name: "twelve long turns, then compaction by command",
    lifecycle: "any",
    clauses: ["compact-effective", "compact-atomic"],
    needs: { window: "small" },
    focus: [A],
    between: 0,
    beats: (draw) => [
      ...turns(A, 12, { text: plain(draw.int(200, 400)), replyTokens: draw.int(150, 300) }),
      compact(A),
      turn(A),
      turn(A),
      compact(A),
      turn(A),
    ],
  },
  {
    name: "over 64 imported messages before the newest turns, then compaction by command",
    lifecycle: "any",
    clauses: ["compact-effective", "compact-honest"],
    needs: {},
    focus: [A],
    lead: 0,
    beats: (draw) => [
      importHistory(A, (author) => drawImported(draw, { ...author.habits, emptyText: 0 }, draw.pick([90, 100, 116, 130]))),
      turn(A),
      turn(A),
      compact(A),
      turn(A),
    ],
  },
  {
    name: "four times the budget before the newest turns, then compaction by command",
    lifecycle: "any",
    clauses: ["compact-effective", "assemble-budget"],
    needs: { window: "tiny" },
    focus: [A],
    lead: 0,
    beats: () => [...turns(A, 22, { text: plain(260), replyTokens: 200 }), compact(A), turn(A), compact(A), turn(A)],
  },
  {
    name: "a provider that measures, content that outgrew it",
    lifecycle: "any",
    clauses: ["recovery-bounded", "compact-honest"],
    needs: { window: "small", safeguard: true },
    focus: [A],
    beats: () => {
      const provider = { mode: "by-size" as const };
      return turns(A, 9, { text: plain(160), replyTokens: 140, provider });
    },
  },
  {
    name: "a limit just below the content",
    lifecycle: "any",
    clauses: ["recovery-bounded"],
    needs: { window: "ample", safeguard: true },
    focus: [A],
    beats: () => [
      ...turns(A, 5, { text: plain(60) }),
      (author) => {
        const limitTokens = Math.max(300, Math.floor(author.world.party(A).tokens * 0.8));
        author.turn({ session: A, text: plain(20), provider: { mode: "by-size", limitTokens } });
      },
      turn(A),
    ],
  },
  {
    name: "recovery exhausted, then later turns",
    lifecycle: "any",
    clauses: ["recovery-no-latch", "history-liveness"],
    needs: { sessions: 2, window: "ample", safeguard: true },
    focus: [A, B],
    beats: () => [
      ...turns(A, 3),
      turn(B),
      overflowing(A, 4),
      turn(A),
      turn(B),
      turn(A),
      overflowing(B, 1),
      overflowing(A, 1),
      turn(A),
    ],
  },
  {
    name: "a compact that fails, and a healthy one hours later",
    lifecycle: "any",
    clauses: ["compact-atomic"],
    needs: { window: "ample" },
    focus: [A],
    between: 0,
    beats: (draw) => [
      ...turns(A, draw.int(4, 6)),
      compact(A, { summariser: "error" }),
      clock(draw.int(2, 30) * 3_600_000),
      ...turns(A, draw.int(0, 1)),
      compact(A),
      turn(A),
    ],
  },
  {
    name: "recovery exhausted although every compact helped, then a session that grew again",
    lifecycle: "any",
    clauses: ["recovery-no-latch"],
    needs: { window: "ample", safeguard: true },
    focus: [A],
    between: 0,
    beats: (draw) => [...turns(A, draw.int(5, 7)), overflowing(A, 4), ...turns(A, draw.int(11, 13)), overflowing(A, 1), turn(A)],
  },
  {
    name: "three overflows in one turn, then the answer",
    lifecycle: "any",
    clauses: ["compact-honest", "recovery-bounded", "history-no-duplicate"],
    needs: { window: "ample", safeguard: true },
    focus: [A],
    beats: () => [...turns(A, 4), overflowing(A, 3), turn(A), turn(A)],
  },
  {
    name: "a summariser that answers badly",
    lifecycle: "any",
    clauses: ["compact-terminates", "compact-honest", "compact-atomic"],
    needs: { window: "small", safeguard: true },
    focus: [A],
    between: 0,
    beats: (draw) => {
      const [first, second] = draw.shuffle(["empty", "error", "same", "longer"] as const);
      const summariser = first ?? "empty";
      return [
        ...turns(A, 5, { text: plain(150), replyTokens: 120 }),
        compact(A, { summariser }),
        turn(A),
        overflowing(A, 1, { summariser: second ?? "same" }),
        turn(A),
        compact(A),
        turn(A),
      ];
    },
  },
  {
    name: "a summariser that falters in a long compaction",
    lifecycle: "any",
    clauses: ["compact-atomic", "compact-honest"],
    needs: { window: "ample", safeguard: true },
    focus: [A],
    between: 0,
    lead: 0,
    beats: (draw) => [
      ...turns(A, draw.int(12, 24), { text: plain(draw.pick([12, 90])), replyTokens: draw.pick([12, 120]) }),
      draw.chance(0.6) ? compact(A, { summariser: "falters" }) : overflowing(A, 1, { summariser: "falters" }),
      turn(A),
      compact(A),
      turn(A),
    ],
  },
  {
    name: "a summariser that grows, again and again",
    lifecycle: "any",
    clauses: ["compact-terminates", "resource-growth"],
    needs: { window: "small", safeguard: true, summariser: "longer" },
    focus: [A],
    between: 0,
    beats: (draw) => {
      const summariser = draw.pick(["longer", "same", "empty"] as const);
      return [
        ...turns(A, 4, { text: plain(150) }),
        compact(A, { summariser }),
        compact(A, { summariser }),
        turn(A),
        overflowing(A, 3, { summariser }),
        turn(A),
        turn(A),
      ];
    },
  },
  {
    name: "a summariser that hangs until the abort",
    lifecycle: "any",
    clauses: ["compact-abort", "compact-terminates", "compact-atomic"],
    needs: { window: "usual", safeguard: true },
    focus: [A],
    between: 0,
    beats: (draw) => {
      const waiting = { summariser: draw.pick(["hang", "late"] as const), abortAt: 1 };
      return [...turns(A, 5), draw.chance(0.6) ? compact(A, waiting) : overflowing(A, 1, waiting), turn(A), turn(A)];
    },
  },
  {
    name: "an abort in mid-compaction",
    lifecycle: "any",
    clauses: ["compact-abort", "compact-atomic"],
    needs: { window: "small" },
    focus: [A],
    between: 0,
    beats: (draw) => [
      ...turns(A, 8, { text: plain(160) }),
      compact(A, { abortAt: draw.int(1, 3) }),
      turn(A),
      compact(A),
      turn(A),
    ],
  },
  {
    name: "a failed compaction, then a successful one",
    lifecycle: "any",
    clauses: ["compact-atomic", "compact-honest"],
    needs: {},
    focus: [A],
    beats: (draw) => [
      ...turns(A, 5, { text: plain(60) }),
      compact(A, { summariser: draw.pick(["error", "empty"]) }),
      turn(A),
      compact(A),
      turn(A),
      restart(),
      turn(A),
    ],
  },
  {
    name: "compaction upon compaction",
    lifecycle: "any",
    clauses: ["compact-honest"],
    needs: {},
    focus: [A],
    beats: () => [...turns(A, 4), compact(A), compact(A), turn(A), turn(A), compact(A), turn(A), restart(), compact(A), turn(A)],
  },
  {
    name: "compaction with nothing to digest",
    lifecycle: "any",
    clauses: ["compact-honest", "contract-results"],
    needs: { sessions: 2 },
    focus: [A, B],
    lead: 0,
    beats: () => [turn(A), compact(A), turn(A), turn(B, { answers: ["error"] }), compact(B), turn(B)],
  },
  {
    name: "usage near the window, and the compaction it asks for",
    lifecycle: "any",
    clauses: ["compact-honest"],
    needs: { window: "usual" },
    focus: [A],
    beats: (draw) => [
      ...turns(A, 4, { text: plain(60) }),
      turn(A, { usage: draw.pick([7_680, 7_900, 8_100]), via: "chat" }),
      turn(A, { via: "chat" }),
      compact(A, { trigger: "proactive" }),
      turn(A),
    ],
  },
];
