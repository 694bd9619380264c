// Counts the file writes of this process and ends it at the n-th one, before that write is done: a file that was to be written anew is left
// as the kernel may leave it, emptied, and of a large text whole pages may be there. Databases that write through native code are not seen:
// for them a kill by elapsed time is the only one inside a call.

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
  const { openSync, writeSync } = fs;
  const wrote: Wrote = (name, args) => {
    count++;
    if (killAt === 0 || count < killAt) return;
    if (name === "writeFileSync" || name === "writeFile") begun({ openSync, writeSync }, args);
    process.kill(process.pid, "SIGKILL");
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

type Wrote = (name: string, args: readonly unknown[]) => void;

const PAGE = 4_096;

/** What there is of a file when the process dies in writing it anew: nothing, or the first half of its pages. Other flags are left alone. */
function begun(
  { openSync, writeSync }: Pick<typeof fs, "openSync" | "writeSync">,
  [file, data, options]: readonly unknown[],
): void {
  const flag = typeof options === "object" && options !== null ? (options as { flag?: unknown }).flag : undefined;
  if ((flag ?? "w") !== "w" || !(typeof file === "string" || file instanceof URL || Buffer.isBuffer(file))) return;
  try {
    const fd = openSync(file, "w");
    const bytes =
      typeof data === "string"
        ? Buffer.from(data)
        : ArrayBuffer.isView(data)
          ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
          : undefined;
    const pages = Math.floor((bytes?.byteLength ?? 0) / (2 * PAGE));
    if (bytes !== undefined && pages > 0) writeSync(fd, bytes.subarray(0, pages * PAGE));
  } catch {
    // It could not be opened: then nothing of it is written.
  }
}

function wrapAll(owner: Record<string, unknown>, names: readonly string[], wrote: Wrote): void {
  for (const name of names) {
    const original = owner[name];
    if (typeof original !== "function") continue;
    owner[name] = function counted(this: unknown, ...args: unknown[]) {
      wrote(name, args);
      return original.apply(this, args);
    };
  }
}
