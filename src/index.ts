// The library: what `import … from "ctxspec"` gives. Types of the vocabulary, certify, replay, and the two helpers for adapters and configs.

import type { Config } from "./config.js";

export type { GivenBaseline } from "./campaign/baseline.js";
export { parseBaseline, readBaseline } from "./campaign/baseline-file.js";
export { parseCase, readCase } from "./campaign/case-file.js";
export { certify, replay } from "./campaign/certify.js";
export type { CertifyOptions } from "./campaign/options.js";
export type { Preset } from "./campaign/preset.js";
export type { CampaignProgress, HostDone, Progress, ShrinkProgress, ViolationSeen } from "./campaign/progress.js";
export type { Replay, ReplayOptions, ReplayViolation } from "./campaign/replay.js";
export { saveReport } from "./campaign/save.js";
export type { Config } from "./config.js";
export * from "./define/index.js";
export { defineEngine } from "./load/adapter.js";

/** Types a config file's default export; changes nothing. */
export function defineConfig(config: Config): Config {
  return config;
}
