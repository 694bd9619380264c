// What a conformance suite will consist of, known before the first case: the profiles that fit the engine and the clauses to judge by.

import { DEFAULT_MEMORY_MB } from "./campaign/options.js";
import type { HostChoice } from "./campaign/parts.js";
import { realParts } from "./campaign/real-parts.js";
import { checkHosts, selectClauses } from "./campaign/selection.js";
import { WorkerCrew } from "./campaign/supervisor.js";
import type { Clause, ProfileId } from "./define/index.js";
import { declare, loadedFromFactory } from "./load/index.js";
import type { ConformanceOptions } from "./vitest.js";

export interface ConformancePlan {
  hosts: ProfileId[];
  /** Engine clauses only. */
  clauses: Clause[];
}

/** Throws CtxspecError: an unknown clause or profile, an engine that cannot be loaded or fits no profile. */
export async function planConformance(options: ConformanceOptions): Promise<ConformancePlan> {
  checkHosts(options.hosts);
  const clauses = selectClauses(await realParts.clauses(), options.only, options.skip).filter(
    (clause) => clause.who === "engine",
  );
  const { hosts } = await hostsOf(options);
  return { hosts: hosts.map(({ id }) => id), clauses };
}

async function hostsOf({ engine, engineId, cwd, nodePath, hosts }: ConformanceOptions): Promise<HostChoice> {
  const requested = hosts === undefined || hosts.length === 0 ? undefined : hosts;
  if (typeof engine !== "string") {
    const loaded = loadedFromFactory(engine);
    const declared = await declare(loaded);
    return realParts.hostsFor({ declared, adapterHosts: loaded.adapter.hosts, hostVersions: {}, requested });
  }
  const node = nodePath === undefined ? {} : { nodePath };
  const crew = new WorkerCrew({ workers: 1, memoryMb: DEFAULT_MEMORY_MB, ...node });
  try {
    const id = engineId === undefined ? {} : { engineId };
    const seen = await crew.describe({ kind: "engine", spec: engine, cwd: cwd ?? process.cwd(), ...id });
    const { minHostVersion, peer } = seen.hostVersions;
    return realParts.hostsFor({
      declared: { info: seen.info, methods: seen.methods },
      adapterHosts: seen.adapter.hosts,
      hostVersions: { ...(minHostVersion === undefined ? {} : { minHostVersion }), ...(peer === undefined ? {} : { peer }) },
      requested,
    });
  } finally {
    await crew.close();
  }
}
