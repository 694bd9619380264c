// The parts a real campaign is made of: the generator, the host, the judge, the loader and the clauses that exist.

import type { LoadedEngine } from "../define/index.js";
import { clauseById, clauses } from "../discover.js";
import { caseFor, GENERATOR_VERSION, shrinkCase } from "../generate/index.js";
import { playCase } from "../host/index.js";
import { factsOf, historyDifference } from "../judge/index.js";
import { hostsFor, privateEnvironment, refuseNetwork } from "../load/index.js";
import { loadSource } from "./load-source.js";
import type { Parts, PlayCase } from "./parts.js";
import { spawnEngineFor } from "./spawn-engine.js";

const play: PlayCase = (theCase, engine, options) =>
  playCase(theCase, engine, {
    ...options,
    onDirs: (dirs) => privateEnvironment(dirs.root, { OPENCLAW_STATE_DIR: dirs.state, ...engine.adapter.env }),
  });

export const realParts: Parts = {
  clauses,
  clause: clauseById,
  caseFor: (seed, k, host) => caseFor(seed, k, host),
  generatorVersion: GENERATOR_VERSION,
  play,
  factsOf,
  difference: historyDifference,
  load: loadSource,
  shrink: shrinkCase,
  hostsFor: ({ declared, adapterHosts, hostVersions, requested }) => {
    const adapter = adapterHosts === undefined ? {} : { hosts: adapterHosts };
    return hostsFor({ adapter, hostVersions } as LoadedEngine, declared, requested);
  },
  spawnEngine: spawnEngineFor,
  prepareProcess: (folder, onRefused) => {
    privateEnvironment(folder);
    refuseNetwork(onRefused);
  },
};
