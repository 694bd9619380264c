// Ends this process when the supervisor is gone, even while an engine loops without end: a thread of its own looks for the parent.
// It sleeps without a timer, so it is no pending work that the host would wait for.

import { Worker } from "node:worker_threads";

const LOOK_EVERY_MS = 1_000;

const WATCH = `
const { rmSync } = require("node:fs");
const { workerData } = require("node:worker_threads");
const cell = new Int32Array(new SharedArrayBuffer(4));
for (;;) {
  Atomics.wait(cell, 0, 0, workerData.everyMs);
  if (process.ppid === workerData.parent) continue;
  if (workerData.folder) rmSync(workerData.folder, { recursive: true, force: true });
  process.kill(process.pid, "SIGKILL");
}
`;

/** Watches for the end of the process that started this one; then removes `folder`, which nobody else will. */
export function endWhenOrphaned(folder?: string): void {
  const thread = new Worker(WATCH, {
    eval: true,
    execArgv: [],
    workerData: { parent: process.ppid, everyMs: LOOK_EVERY_MS, folder },
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  });
  thread.unref();
}
