// Which host profiles an engine is tested under, with the reason for each. Pure: declarations and metadata in, a choice out.
// The lifecycle decides what fits; the author's adapter and the package's metadata narrow that as long as something remains.

import type { EngineAdapter, EngineInfo } from "../define/engine.js";
import { CtxspecError } from "../define/errors.js";
import type { Declared, LoadedEngine } from "../define/loaded.js";
import { PROFILE_IDS, PROFILES, type ProfileId } from "../define/profile.js";
import { didYouMean } from "./nearest.js";
import { inRange } from "./version-range.js";

export interface HostReason {
  id: ProfileId;
  reason: string;
}

/** What of an engine narrows the choice. */
export interface HostWishes {
  adapter: Pick<EngineAdapter, "hosts">;
  hostVersions: LoadedEngine["hostVersions"];
}

export interface HostChoice {
  hosts: HostReason[];
  skipped: HostReason[];
}

/** The release whose engines a profile stands for: metadata that excludes it drops the profile. */
const RELEASES: Record<ProfileId, string> = {
  "openclaw-2026.9": "2026.9.6",
  "openclaw-2026.7": "2026.7.35",
  "openclaw-2026.5": "2026.5.28",
  "heartbeat-run": "2026.5.28",
  "heartbeat-run-durable": "2026.9.6",
};

export const DURABLE_SEMANTICS = {
  currentTurnFence: "before-current-turn-entry-v1",
  turnAdvancementIdempotency: "atomic-idempotent-v1",
} as const;

/** What an engine lacks of a full durable declaration; empty when it is fully declared. */
export function missingForDurable({ info, methods }: Declared): string[] {
  const semantics: EngineInfo["transcriptSemantics"] = info.transcriptSemantics;
  const missing = Object.entries(DURABLE_SEMANTICS).flatMap(([name, value]) =>
    semantics?.[name as keyof typeof DURABLE_SEMANTICS] === value ? [] : [`info.transcriptSemantics.${name} "${value}"`],
  );
  return methods.includes("commitTurn") ? missing : [...missing, "commitTurn"];
}

function lifecycleReason(declared: Declared, id: ProfileId): { fits: boolean; reason: string } {
  const missing = missingForDurable(declared);
  if (PROFILES[id].lifecycle === "durable") {
    return missing.length === 0
      ? { fits: true, reason: "fully declared: both transcript semantics and commitTurn" }
      : { fits: false, reason: `a durable host does not use it: it lacks ${missing.join(" and ")}` };
  }
  if (missing.length > 0) return { fits: true, reason: "as classic hosts use it, without a full declaration for durable ones" };
  const deliveries = declared.methods.filter((method) => method === "afterTurn" || method === "ingestBatch");
  return deliveries.length > 0
    ? { fits: true, reason: `has ${deliveries.join(" and ")}` }
    : { fits: false, reason: "fully declared for a durable host, with neither afterTurn nor ingestBatch" };
}

/** What narrows the choice: its name for the report, and why it leaves a profile out (undefined: it does not). */
interface Narrowing {
  name: string;
  leavesOut(id: ProfileId): string | undefined;
}

/** A plain minimum version means that version or later. */
function minimumRange(minHostVersion: string): string {
  return /^v?\d/.test(minHostVersion.trim()) ? `>=${minHostVersion.trim()}` : minHostVersion;
}

function narrowings(engine: HostWishes): Narrowing[] {
  const { hosts } = engine.adapter;
  const { minHostVersion, peer } = engine.hostVersions;
  const ranges = [
    ...(minHostVersion === undefined ? [] : [{ name: `minHostVersion ${minHostVersion}`, range: minimumRange(minHostVersion) }]),
    ...(peer === undefined ? [] : [{ name: `peerDependencies.openclaw ${peer}`, range: peer }]),
  ];
  const adapter: Narrowing = {
    name: `the adapter's hosts (${hosts?.join(", ") ?? ""})`,
    leavesOut: (id) =>
      hosts === undefined || hosts.includes(id) ? undefined : `not among the adapter's hosts: ${hosts.join(", ")}`,
  };
  const metadata: Narrowing = {
    name: ranges.map(({ name }) => name).join(" and "),
    leavesOut(id) {
      const found = ranges.find(({ range }) => inRange(RELEASES[id], range) === "outside");
      return found === undefined ? undefined : `${found.name} leaves out ${RELEASES[id]}, which it stands for`;
    },
  };
  return [adapter, metadata];
}

function applyNarrowings(engine: HostWishes, fitting: HostReason[]): HostChoice {
  let hosts = fitting;
  const skipped: HostReason[] = [];
  for (const { name, leavesOut } of narrowings(engine)) {
    const dropped = hosts.flatMap(({ id }) => {
      const reason = leavesOut(id);
      return reason === undefined ? [] : [{ id, reason }];
    });
    if (dropped.length < hosts.length) {
      skipped.push(...dropped);
      hosts = hosts.filter(({ id }) => !dropped.some((out) => out.id === id));
    } else {
      hosts = hosts.map(({ id, reason }) => ({
        id,
        reason: `${reason}; kept although ${name} would leave it out: none would remain`,
      }));
    }
  }
  return { hosts, skipped };
}

function checkRequested(requested: readonly string[]): ProfileId[] {
  return requested.map((name) => {
    const id = PROFILE_IDS.find((known) => known === name);
    if (id !== undefined) return id;
    throw new CtxspecError(
      "usage-host",
      `there is no host profile "${name}"`,
      `${didYouMean(name, PROFILE_IDS)}profiles: ${PROFILE_IDS.join(", ")}`,
    );
  });
}

/**
 * The profiles to test under, in the order of PROFILE_IDS. `requested` (--host) overrides adapter and metadata, not the lifecycle.
 * Throws usage-host for an unknown profile, engine-no-host when none of the requested ones fits.
 */
export function hostsFor(engine: HostWishes, declared: Declared, requested?: readonly string[]): HostChoice {
  const wanted = requested === undefined ? undefined : checkRequested(requested);
  const judged = PROFILE_IDS.map((id) => ({ id, ...lifecycleReason(declared, id) }));
  const fitting = judged.filter(({ fits }) => fits).map(({ id, reason }) => ({ id, reason }));
  const misfits = judged.filter(({ fits }) => !fits).map(({ id, reason }) => ({ id, reason }));
  if (wanted === undefined) {
    const { hosts, skipped } = applyNarrowings(engine, fitting);
    return { hosts, skipped: [...misfits, ...skipped] };
  }
  const hosts = fitting.filter(({ id }) => wanted.includes(id)).map(({ id, reason }) => ({ id, reason: `asked for; ${reason}` }));
  if (hosts.length > 0) {
    const unasked = fitting.filter(({ id }) => !wanted.includes(id)).map(({ id }) => ({ id, reason: "not asked for" }));
    return { hosts, skipped: [...misfits, ...unasked] };
  }
  const why = misfits.filter(({ id }) => wanted.includes(id)).map(({ id, reason }) => `${id}: ${reason}`);
  throw new CtxspecError(
    "engine-no-host",
    `the engine "${declared.info.id}" fits none of the profiles asked for: ${why.join("; ")}`,
    `it fits ${fitting.map(({ id }) => id).join(", ")}; leave --host out to test under all of them`,
  );
}
