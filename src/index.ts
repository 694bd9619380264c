// The library: what `import … from "ctxspec"` gives. Types of the vocabulary, certify, replay, and the two helpers for adapters and configs.

import { certify as certifyChecked } from "./campaign/certify.js";
import type { CertifyOptions } from "./campaign/options.js";
import { checkOptions } from "./campaign/options-check.js";
import type { Config } from "./config.js";
import type { Report } from "./define/index.js";

export type { GivenBaseline } from "./campaign/baseline.js";
export { parseBaseline, readBaseline } from "./campaign/baseline-file.js";
export { parseCase, readCase } from "./campaign/case-file.js";
export { replay } from "./campaign/certify.js";
export type { CertifyOptions } from "./campaign/options.js";
export type { Preset } from "./campaign/preset.js";
export type { CampaignProgress, HostDone, Progress, ShrinkProgress, ViolationSeen } from "./campaign/progress.js";
export type { Replay, ReplayOptions, ReplayViolation } from "./campaign/replay.js";
export { saveReport } from "./campaign/save.js";
export type { Config } from "./config.js";
export * from "./define/index.js";
export { defineEngine } from "./load/adapter.js";

/**
 * Runs a campaign and answers the report, the same object as report.json. Prints and writes nothing.
 * Rejects with CtxspecError for wrong usage (exit 2) only: an engine that cannot be loaded (3) and a fault of ctxspec (70) are in the report.
 */
export async function certify(options: CertifyOptions): Promise<Report> {
  checkOptions(options);
  return certifyChecked(options);
}

/** Types a config file's default export; changes nothing. */
export function defineConfig(config: Config): Config {
  return config;
}
