// The presets: how many cases a profile gets, and after how long a campaign is cut. Cutting never changes case k, only how many there are.
// A preset with a time cap that is not reached gives the same report every time; one that is reached says so (`truncated`).

import { CtxspecError } from "../define/index.js";
import { rankInClass } from "../generate/index.js";

export const PRESETS = ["smoke", "ci", "certify"] as const;
export type Preset = (typeof PRESETS)[number];

export interface Extent {
  /** Cases per profile, at most. */
  cases: number;
  /** Milliseconds for playing cases, all profiles together; undefined: no cap. Shrinking has bounds of its own. */
  timeMs?: number;
  /**
   * A profile goes on after its time, up to PATIENCE times its share, until it has played so many cases and every clause that counts was
   * exercised: on a slow machine a late verdict is better than none.
   */
  leastCases?: number;
  /** What the report calls it. */
  preset: string;
}

const EXTENTS: Record<Preset, Extent> = {
  smoke: { preset: "smoke", cases: 200, timeMs: 10_000 },
  ci: { preset: "ci", cases: 2_000, timeMs: 60_000, leastCases: 60 },
  certify: { preset: "certify", cases: 10_000 },
};

/** How many times its share of the time a profile may take on a slow machine. */
export const PATIENCE = 4;

/** The equal parts of the time that is left, but no less than half of an equal part of all: where one overran, the next is played all the same. */
export function sharesOf(
  { timeMs }: Pick<Extent, "timeMs">,
  hosts: number,
  at: number,
  playedMs: number,
): { shareMs: number | undefined; patientMs: number } {
  if (timeMs === undefined) return { shareMs: undefined, patientMs: 0 };
  const equalMs = timeMs / hosts;
  return { shareMs: Math.max((timeMs - playedMs) / (hosts - at), equalMs / 2), patientMs: PATIENCE * equalMs };
}

/** Enough that `--time` alone ends the campaign. */
const UNBOUNDED_CASES = 10_000_000;

export interface ExtentOptions {
  preset?: Preset;
  cases?: number;
  timeMs?: number;
}

/** `cases` and `timeMs` replace the preset; given together, whichever is reached first ends the campaign. */
export function extentOf(options: ExtentOptions): Extent {
  const { cases, timeMs } = options;
  for (const [name, value] of [
    ["cases", cases],
    ["time", timeMs],
  ] as const) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      throw new CtxspecError(
        "usage-option",
        `--${name} must be a number of at least 0, but is ${value}`,
        `Give --${name} a positive number.`,
      );
    }
  }
  if (cases !== undefined) return { preset: "custom", cases: Math.floor(cases), ...(timeMs === undefined ? {} : { timeMs }) };
  if (timeMs !== undefined) return { preset: "custom", cases: UNBOUNDED_CASES, timeMs };
  return EXTENTS[options.preset ?? "ci"];
}

export interface Shard {
  /** From 1. */
  index: number;
  count: number;
}

/** Reads "2/5". */
export function shardOf(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  if (!match || index < 1 || count < 1 || index > count) {
    throw new CtxspecError(
      "usage-option",
      `--shard must be like 2/5, but is "${text}"`,
      "The first number runs from 1 to the second.",
    );
  }
  return { index, count };
}

/** Whether case k belongs to the shard: the cases of each class are dealt out in turn, so that no shard gets all that are dear or rare. */
export function inShard(k: number, shard: Shard | undefined): boolean {
  return shard === undefined || rankInClass(k) % shard.count === shard.index - 1;
}
