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
  process.kill(workerData.group ? -process.pid : process.pid, "SIGKILL");
}
`;

/** What a process is told that needs no watch of its own. */
export const WATCHED = "watched";

let group = false;

/** Whether this process is watched and would take those it starts with it: they need no watch of their own, and a thread takes time to start. */
export const endsItsGroup = (): boolean => group;

export interface Orphanhood {
  /** Removed then, for nobody else will. */
  folder?: string;
  /** This process leads a group, which ends with it. */
  group?: boolean;
}

/** Watches for the end of the process that started this one. */
export function endWhenOrphaned(about: Orphanhood = {}): void {
  group = about.group === true;
  const thread = new Worker(WATCH, {
    eval: true,
    execArgv: [],
    workerData: { ...about, parent: process.ppid, everyMs: LOOK_EVERY_MS },
    resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 },
  });
  thread.unref();
}
