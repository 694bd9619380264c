// The character of one random case: how often each step kind and each rare feature occurs in it.
// Swarm cases leave kinds and features out altogether, so that others crowd together; full cases have everything. Neither alone finds every fault.

import type { StepKind } from "../define/index.js";
import type { Draw } from "./random.js";

/** full: every kind and feature at its usual rate. swarm: a random subset of them, at random rates. */
export type Mix = "full" | "swarm";

/** Rates are probabilities from 0 to 1; weights multiply the usual weight of a kind. */
export interface Habits {
  weights: Partial<Record<StepKind, number>>;
  overflow: number;
  failure: number;
  tools: number;
  reusedIds: number;
  bySize: number;
  acknowledge: number;
  emptyReply: number;
  emptyText: number;
  foreign: number;
  fact: number;
  same: number;
  huge: number;
  boundary: number;
  faultySummariser: number;
  usage: number;
  isolated: number;
  event: number;
  chat: number;
  /** Ordinary turns addressed to a heartbeat lane's key. */
  laneTurn: number;
  /** The next turn stays in the session of the last one. */
  stay: number;
  /** Usual upper size of a text in tokens. */
  textTokens: number;
}

const USUAL: Habits = {
  weights: {},
  overflow: 0.16,
  failure: 0.07,
  tools: 0.18,
  reusedIds: 0.3,
  bySize: 0.12,
  acknowledge: 0.25,
  emptyReply: 0.02,
  emptyText: 0.02,
  foreign: 0.08,
  fact: 0.1,
  same: 0.04,
  huge: 0.004,
  boundary: 0.03,
  faultySummariser: 0.08,
  usage: 0.04,
  isolated: 0.65,
  event: 0.35,
  chat: 0.5,
  laneTurn: 0.12,
  stay: 0.45,
  textTokens: 60,
};

const KINDS_AT_WILL: readonly StepKind[] = [
  "tick",
  "compact",
  "reset",
  "restart",
  "late",
  "repeat",
  "spawn",
  "import",
  "damage",
  "clock",
];
const RATES = Object.keys(USUAL).filter((name) => name !== "weights" && name !== "textTokens" && name !== "huge") as (keyof Omit<
  Habits,
  "weights"
>)[];
const SIZES = [20, 40, 60, 120, 300, 700] as const;

/** Draws the habits of one case. */
export function drawHabits(draw: Draw, mix: Mix): Habits {
  const textTokens = draw.weighted([
    [40, 6],
    [draw.pick(SIZES), 4],
  ]);
  if (mix === "full") return { ...USUAL, textTokens };
  const habits: Habits = { ...USUAL, weights: {}, textTokens };
  for (const kind of KINDS_AT_WILL) habits.weights[kind] = draw.chance(0.4) ? 0 : draw.pick([0.5, 1, 2, 4]);
  habits.weights.turn = draw.pick([0.5, 1, 1, 2]);
  for (const rate of RATES) {
    const factor = draw.weighted([
      [0, 3],
      [1, 3],
      [2.5, 3],
      [5, 1],
    ]);
    habits[rate] = Math.min(0.9, USUAL[rate] * factor);
  }
  return habits;
}
