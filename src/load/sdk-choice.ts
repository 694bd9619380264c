// Decides, before an engine is loaded, whether its own `openclaw` package serves its SDK imports or our stand-ins do.
// Nothing of that package is run here: its package.json alone says whether this Node can run it.

import { statSync } from "node:fs";
import { dirname } from "node:path";
import { enclosingPackage, installedPackage, readPackage } from "./package-facts.js";
import { type RealSdk, resolveSdk } from "./sdk-resolution.js";
import { inRange } from "./version-range.js";

function choice(folder: string): { real: RealSdk; notes: string[] } {
  const installed = installedPackage("openclaw", folder);
  const facts = installed === undefined ? undefined : readPackage(installed);
  if (facts === undefined) return { real: "use", notes: [] };
  const what = `the engine's own openclaw ${facts.version ?? "package"}`;
  if (facts.node !== undefined && inRange(process.versions.node, facts.node) === "outside") {
    const why = `${what} needs Node ${facts.node} and this is ${process.versions.node}`;
    return { real: "ignore", notes: [`${why}: stand-ins serve its SDK imports`] };
  }
  // npm installs a placeholder for a peer that no release with this Node satisfies.
  if (!facts.hasSdk) return { real: "use", notes: [`${what} has no plugin SDK: stand-ins serve its SDK imports`] };
  return { real: "use", notes: [`${what} serves its SDK imports, except what reaches back into the host`] };
}

/** Sets up SDK resolution for the engine at `path` (file or folder); returns notes for the report. */
export async function prepareSdk(path: string): Promise<string[]> {
  const folder = statSync(path).isDirectory() ? path : dirname(path);
  const { real, notes } = choice(folder);
  await resolveSdk(real);
  const node = enclosingPackage(`${folder}/package.json`)?.node;
  if (node !== undefined && inRange(process.versions.node, node) === "outside")
    notes.push(`the engine asks for Node ${node}; this is ${process.versions.node} (--node <path> chooses another)`);
  return notes;
}
