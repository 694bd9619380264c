// What looks like the engine's doing and is ours, or the machine's: a disk that is full, an exception out of ctxspec's own code. Neither may
// ever become a finding.

import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { CtxspecError, type History } from "../define/index.js";

const LITTLE_BYTES = 16 * 2 ** 20;
/** An engine that stored so much has filled the disk itself. */
const MUCH_BYTES = 64 * 2 ** 20;

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(tmpdir());
  return bavail * bsize;
}

/** The error where a call of the engine failed for want of space that others took. */
export function spaceFault(history: History, free: () => number = freeBytes): CtxspecError | undefined {
  const failed = history.events.find((event) => event.kind === "throw" && /\bENOSPC\b/.test(event.error.message));
  if (failed === undefined || (history.residue?.storedBytes ?? 0) > MUCH_BYTES || free() > LITTLE_BYTES) return undefined;
  return new CtxspecError(
    "internal",
    `there is no space left in ${tmpdir()}, where the engine's files are kept; its calls fail for that reason alone`,
    "Free some space, or point TMPDIR at a folder with more.",
  );
}

/** dist/src, or src under a test runner; engines that come with ctxspec lie elsewhere. */
const OWN_CODE = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Whether nothing but ctxspec's own code was running when it was thrown. */
export function isOurs(error: unknown, own = OWN_CODE): boolean {
  if (!(error instanceof Error)) return false;
  const files = (error.stack ?? "").split("\n").flatMap((line) => {
    // Node's own code says nothing about whose timer it ran.
    if (/\bnode:/.test(line)) return [];
    const place = /(file:\/\/\/[^()]+|(?:[A-Za-z]:)?[\\/][^():]+):\d+:\d+\)?$/.exec(line)?.[1];
    return place === undefined ? [] : [place.startsWith("file:") ? fileURLToPath(place) : place];
  });
  return files.length > 0 && files.every((file) => file.startsWith(own + path.sep));
}
