// Notices files that an engine writes, moves or removes outside the folders it was given. It forbids nothing: an engine may have a reason,
// but what lies outside is shared between all agents and left behind by every case. Writes of native code are not seen.

import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** Which arguments of a function name what it changes. */
const CHANGED: Record<string, number[]> = {
  writeFile: [0],
  appendFile: [0],
  truncate: [0],
  mkdir: [0],
  rm: [0],
  rmdir: [0],
  unlink: [0],
  rename: [0, 1],
  copyFile: [1],
  cp: [1],
  symlink: [1],
  link: [1],
};

function fileOf(given: unknown): string | undefined {
  if (typeof given === "string") return given;
  if (given instanceof URL) return given.protocol === "file:" ? fileURLToPath(given) : undefined;
  return Buffer.isBuffer(given) ? given.toString() : undefined;
}

function opensToWrite(flags: unknown): boolean {
  if (typeof flags === "number") return (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0;
  return typeof flags === "string" && /[wa+]/.test(flags);
}

/** `inside`: an absolute folder below which everything is the engine's own. `onStray` hears of every other file, absolute. */
export function watchFiles(inside: string, onStray: (file: string) => void): void {
  const own = [inside, fs.realpathSync(inside)].map((folder) => folder + path.sep);
  const look = (given: unknown): void => {
    const file = fileOf(given);
    if (file === undefined || own.some((folder) => file.startsWith(folder))) return;
    const absolute = path.resolve(file);
    const isDevice = absolute.startsWith("/dev/") && !absolute.startsWith("/dev/shm/");
    if (!isDevice && !own.some((folder) => `${absolute}${path.sep}`.startsWith(folder))) onStray(absolute);
  };
  const wrap = (owner: Record<string, unknown>, name: string, seen: (args: unknown[]) => void): void => {
    const original = owner[name];
    if (typeof original !== "function") return;
    owner[name] = Object.assign(function watched(this: unknown, ...args: unknown[]) {
      seen(args);
      return original.apply(this, args);
    }, original);
  };
  const names = (name: string) => [
    [fs as unknown as Record<string, unknown>, name] as const,
    [fs as unknown as Record<string, unknown>, `${name}Sync`] as const,
    [fs.promises as unknown as Record<string, unknown>, name] as const,
  ];
  for (const [name, positions] of Object.entries(CHANGED))
    for (const [owner, full] of names(name))
      wrap(owner, full, (args) => {
        for (const position of positions) look(args[position]);
      });
  for (const [owner, full] of names("open"))
    wrap(owner, full, (args) => {
      if (opensToWrite(args[1])) look(args[0]);
    });
  syncBuiltinESMExports();
}
