// Runs code of an engine in a home of its own and without a network, unless the process is already set up so.
// Loading and the trial instance use it; cases are played in directories of their own, which the campaign provides.

import { rmSync } from "node:fs";
import { dir } from "tmp-promise";
import { hasPrivateEnvironment, privateEnvironment } from "./environment.js";
import { networkRefused, refuseNetwork } from "./network.js";

let home: Promise<string> | undefined;

/**
 * The home that code sees while it is loaded. It lives as long as the process: an engine may keep a path below it in a constant.
 */
function loadHome(): Promise<string> {
  home ??= dir({ prefix: "ctxspec-load" }).then(({ path }) => {
    process.once("exit", () => rmSync(path, { recursive: true, force: true }));
    return path;
  });
  return home;
}

/** Runs `work` privately; returns its result and what it tried to reach. */
export async function privately<T>(
  extra: Record<string, string>,
  work: () => Promise<T>,
): Promise<{ result: T; refused: string[] }> {
  const refused: string[] = [];
  const restoreHome = hasPrivateEnvironment() ? () => {} : privateEnvironment(await loadHome(), extra);
  const restoreNetwork = networkRefused() ? () => {} : refuseNetwork((target) => refused.push(target));
  try {
    return { result: await work(), refused };
  } finally {
    restoreNetwork();
    restoreHome();
  }
}
