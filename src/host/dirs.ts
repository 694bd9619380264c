// The private directories of one case, and the file counts the resource clauses need. Removed on success, kept with `keep`.

import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import path from "node:path";
import { dirSync } from "tmp-promise";

export interface CaseDirs {
  root: string;
  home: string;
  state: string;
  agent: string;
  sessions: string;
  workspace: string;
  remove(): void;
}

function layout(root: string): Omit<CaseDirs, "remove"> {
  const state = path.join(root, "state");
  const agent = path.join(state, "agents", "main", "agent");
  const sessions = path.join(state, "agents", "main", "sessions");
  return { root, home: path.join(root, "home"), state, agent, sessions, workspace: path.join(root, "workspace") };
}

export function makeDirs(): CaseDirs {
  const made = dirSync({ prefix: "ctxspec-", unsafeCleanup: true });
  const dirs = layout(made.name);
  for (const dir of [dirs.home, dirs.agent, dirs.sessions, dirs.workspace]) mkdirSync(dir, { recursive: true });
  return { ...dirs, remove: () => removeTree(made) };
}

/** A copy of everything, for probing. */
export function copyDirs(from: CaseDirs): CaseDirs {
  const made = dirSync({ prefix: "ctxspec-probe-", unsafeCleanup: true });
  copyTree(from.root, made.name);
  return { ...layout(made.name), remove: () => removeTree(made) };
}

// Small trees are made, copied and removed for every case: Node's own recursive calls look at each entry several times over.

function copyTree(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = path.join(from, entry.name);
    const target = path.join(to, entry.name);
    if (entry.isDirectory()) {
      mkdirSync(target);
      copyTree(source, target);
    } else if (entry.isFile()) copyFileSync(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
  }
}

function emptyTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      emptyTree(full);
      rmdirSync(full);
    } else unlinkSync(full);
  }
}

function removeTree(made: { name: string; removeCallback(): void }): void {
  try {
    emptyTree(made.name);
  } catch {
    // something was made or removed meanwhile, or is protected: what follows tries again
  }
  try {
    made.removeCallback();
  } catch {
    rmSync(made.name, { recursive: true, force: true });
  }
}

/** Logs that SQLite works with and cuts back by itself: megabytes at times, however little is stored. */
const WORKING_FILE = /-(wal|shm|journal)$/;

/** Bytes of all files under a directory, working files of databases apart. */
export function bytesUnder(dir: string): { stored: number; working: number } {
  const sum = { stored: 0, working: 0 };
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const full = path.join(dir, entry.name);
    if (entry.isDirectory()) {
      const inner = bytesUnder(full);
      sum.stored += inner.stored;
      sum.working += inner.working;
    } else if (entry.isFile()) sum[WORKING_FILE.test(entry.name) ? "working" : "stored"] += statSync(full).size;
  }
  return sum;
}
