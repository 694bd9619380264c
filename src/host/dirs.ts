// The private directories of one case, and the file counts the resource clauses need. Removed on success, kept with `keep`.

import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
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
  return { ...dirs, remove: () => rmSync(made.name, { recursive: true, force: true }) };
}

/** A copy of everything, for probing. */
export function copyDirs(from: CaseDirs): CaseDirs {
  const made = dirSync({ prefix: "ctxspec-probe-", unsafeCleanup: true });
  cpSync(from.root, made.name, { recursive: true });
  return { ...layout(made.name), remove: () => rmSync(made.name, { recursive: true, force: true }) };
}

/** Bytes of all files under a directory. */
export function bytesUnder(dir: string): number {
  let sum = 0;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const full = path.join(dir, entry.name);
    if (entry.isDirectory()) sum += bytesUnder(full);
    else if (entry.isFile()) sum += statSync(full).size;
  }
  return sum;
}
