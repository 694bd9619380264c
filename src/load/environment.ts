// A home of its own for the engine: every place where plugins look for "the user's files" points below one private folder.
// It changes process.env only; what an engine computed before from the old values stays as it was.

import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Where things lie below a private folder. */
export function privatePaths(folder: string): { home: string; state: string } {
  const home = join(folder, "home");
  return { home, state: join(home, ".openclaw") };
}

function variables(folder: string): Record<string, string> {
  const { home, state } = privatePaths(folder);
  return {
    HOME: home,
    USERPROFILE: home,
    APPDATA: join(home, "AppData", "Roaming"),
    LOCALAPPDATA: join(home, "AppData", "Local"),
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_DATA_HOME: join(home, ".local", "share"),
    XDG_STATE_HOME: join(home, ".local", "state"),
    XDG_CACHE_HOME: join(home, ".cache"),
    OPENCLAW_HOME: home,
    OPENCLAW_STATE_DIR: state,
  };
}

let active = 0;

/** Whether a private environment is in force in this process. */
export function hasPrivateEnvironment(): boolean {
  return active > 0;
}

/**
 * Points HOME, USERPROFILE, OPENCLAW_STATE_DIR, OPENCLAW_HOME and XDG_* below `folder` (made when missing) and sets `extra` on top.
 * @returns puts every variable back as it was; calling it again does nothing.
 */
export function privateEnvironment(folder: string, extra: Record<string, string> = {}): () => void {
  const { home, state } = privatePaths(folder);
  mkdirSync(home, { recursive: true });
  mkdirSync(state, { recursive: true });
  const wanted = { ...variables(folder), ...extra };
  const before = new Map(Object.keys(wanted).map((name) => [name, process.env[name]]));
  Object.assign(process.env, wanted);
  active++;
  let restored = false;
  return () => {
    if (restored) return;
    restored = true;
    active--;
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
