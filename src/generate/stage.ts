// The settings a case is played on: session keys, lanes, window, summariser. Aliases are fixed words, so that aims can name them.
// Writes no steps.

import { type Lane, PROFILES, type ProfileId, type Settings, type SummariserMode } from "../define/index.js";
import { drawKeys, laneFits } from "./keys.js";
import type { Draw } from "./random.js";

export const SESSION_ALIASES = ["A", "B", "C", "D"] as const;
export const HEARTBEAT_ALIASES = ["hb", "hb2"] as const;
export const CRON_ALIASES = ["job", "job2"] as const;

/** ample: far more than a case delivers. usual: 8,000. small: real content overflows it. tiny: a few turns do. */
export type WindowSize = "ample" | "usual" | "small" | "tiny";

/** What an aimed case needs of its settings; what is absent is drawn. */
export interface StageNeeds {
  sessions?: number;
  heartbeats?: number;
  crons?: number;
  window?: WindowSize;
  keys?: "plain" | "look-alikes";
  summariser?: SummariserMode;
  safeguard?: boolean;
}

function drawWindow(draw: Draw, size: WindowSize): { window: number; reserve: number } {
  switch (size) {
    case "ample":
      return draw.pick([
        { window: 32_000, reserve: 1_000 },
        { window: 128_000, reserve: 4_000 },
      ]);
    case "usual":
      return { window: 8_000, reserve: 1_000 };
    case "tiny":
      return { window: 1_200, reserve: 0 };
    case "small":
      return { window: draw.pick([1_200, 1_500, 2_000, 2_500, 3_000, 4_000]), reserve: draw.pick([0, 100, 300]) };
  }
}

const HEALTHY_MOSTLY: readonly (readonly [SummariserMode, number])[] = [
  ["healthy", 92],
  ["empty", 2],
  ["error", 2],
  ["same", 2],
  ["longer", 2],
];

function drawLanes(draw: Draw, keys: Record<string, string>, heartbeats: number, crons: number): Record<string, Lane> {
  const texts = Object.values(keys);
  const bases = Object.keys(keys).filter((alias) => laneFits(keys[alias] ?? "", texts));
  const lanes: Record<string, Lane> = {};
  for (const [i, alias] of HEARTBEAT_ALIASES.slice(0, heartbeats).entries()) {
    const base = bases[i];
    if (base !== undefined) lanes[alias] = { kind: "heartbeat", session: base };
  }
  const jobs = draw.shuffle(["digest", "digest2", "backup", "nightly-report"]);
  for (const [i, alias] of CRON_ALIASES.slice(0, crons).entries()) lanes[alias] = { kind: "cron", job: jobs[i] ?? "digest" };
  return lanes;
}

/** Draws the settings of a case. Where an aim needs heartbeat lanes and the keys allow none on A, the keys become plain. */
export function drawSettings(draw: Draw, profile: ProfileId, needs: StageNeeds = {}): Settings {
  const usualCount = draw.weighted([
    [1, 3],
    [2, 5],
    [3, 3],
    [4, 1],
  ]);
  const count = Math.max(needs.sessions ?? 0, usualCount);
  const heartbeats = Math.max(needs.heartbeats ?? 0, draw.pick([0, 1, 1, 1, 2]));
  const crons = Math.max(needs.crons ?? 0, draw.pick([0, 0, 0, 1, 2]));
  const wanted = needs.keys ?? (draw.chance(0.3) ? "plain" : "look-alikes");
  const size = needs.window ?? draw.pick(["ample", "ample", "usual", "usual", "small", "small"] as const);
  const named = (texts: readonly string[]) =>
    Object.fromEntries(SESSION_ALIASES.slice(0, count).map((alias, i) => [alias, texts[i] ?? alias]));
  let keys = named(drawKeys(draw, count, wanted));
  const firstFits = laneFits(keys.A ?? "", Object.values(keys)) && laneFits(keys.B ?? keys.A ?? "", Object.values(keys));
  if ((needs.heartbeats ?? 0) > 0 && !firstFits) keys = named(drawKeys(draw, count, "plain"));
  return {
    keys,
    lanes: drawLanes(draw, keys, heartbeats, crons),
    ...drawWindow(draw, size),
    summariser: needs.summariser ?? draw.weighted(HEALTHY_MOSTLY),
    safeguard: PROFILES[profile].lifecycle === "classic" && (needs.safeguard ?? draw.chance(0.5)),
  };
}
