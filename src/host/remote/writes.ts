// Counts the file writes of this process and ends it at the n-th one, before that write is done. Databases that write through native
// code are not seen: for them a kill by elapsed time is the only one inside a call.

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const SYNC = [
  "writeFileSync",
  "appendFileSync",
  "writeSync",
  "renameSync",
  "unlinkSync",
  "truncateSync",
  "copyFileSync",
  "mkdirSync",
  "rmSync",
] as const;
const ASYNC = ["writeFile", "appendFile", "write", "rename", "unlink", "truncate", "copyFile", "mkdir", "rm"] as const;

export interface WriteCounter {
  /** A call begins; 0: nothing is armed. */
  begin(killAt: number): void;
  count(): number;
}

export function countWrites(): WriteCounter {
  let count = 0;
  let killAt = 0;
  const wrote = () => {
    count++;
    if (killAt > 0 && count >= killAt) process.kill(process.pid, "SIGKILL");
  };
  wrapAll(fs as unknown as Record<string, unknown>, [...SYNC, ...ASYNC], wrote);
  wrapAll(fs.promises as unknown as Record<string, unknown>, ASYNC, wrote);
  syncBuiltinESMExports();
  return {
    begin: (at) => {
      count = 0;
      killAt = at;
    },
    count: () => count,
  };
}

function wrapAll(owner: Record<string, unknown>, names: readonly string[], wrote: () => void): void {
  for (const name of names) {
    const original = owner[name];
    if (typeof original !== "function") continue;
    owner[name] = function counted(this: unknown, ...args: unknown[]) {
      wrote();
      return original.apply(this, args);
    };
  }
}
