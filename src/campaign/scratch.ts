// Where workers keep their files and the directories of the cases they play: in memory where the system offers that and has room, for
// engines write small files all the time. A TMPDIR that somebody set is respected.

import { accessSync, constants, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

const IN_MEMORY = "/dev/shm";
const ROOM_PER_WORKER_BYTES = 512 * 2 ** 20;

export function scratchRoot(workers: number): string {
  if (process.platform !== "linux" || process.env.TMPDIR !== undefined) return tmpdir();
  try {
    accessSync(IN_MEMORY, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ROOM_PER_WORKER_BYTES * workers ? IN_MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
