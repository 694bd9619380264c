// Is the file that --node names a Node, and new enough? Asked once, before a worker is started with it: a worker that cannot start says
// less about the reason.

import { spawnSync } from "node:child_process";
import { CtxspecError } from "../define/index.js";

/** As in package.json#engines. */
const OLDEST = { major: 20, minor: 19 };
const ANSWERS_WITHIN_MS = 20_000;

function wrong(message: string, cause?: unknown): CtxspecError {
  const hint = `--node must name the executable of a Node of version ${OLDEST.major}.${OLDEST.minor} or later.`;
  return new CtxspecError("usage-option", message, hint, cause);
}

/** Its version, e.g. "v22.1.0". Throws usage-option: no program, no Node, too old. */
export function checkNode(nodePath: string): string {
  const { stdout, error, status, signal } = spawnSync(nodePath, ["--version"], {
    encoding: "utf8",
    timeout: ANSWERS_WITHIN_MS,
    killSignal: "SIGKILL",
    maxBuffer: 65_536,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (error !== undefined) throw wrong(`${nodePath} could not be run: ${error.message}`, error);
  const said = stdout.trim();
  const version = /^v(\d+)\.(\d+)\.\d+\S*$/.exec(said);
  if (version === null) {
    const how = said === "" ? `it says nothing (${signal ?? `exit code ${status}`})` : `it says "${said.slice(0, 60)}"`;
    throw wrong(`${nodePath} is no Node: asked for its version ${how}`);
  }
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor))
    throw wrong(`${nodePath} is Node ${said}: too old`);
  return said;
}
