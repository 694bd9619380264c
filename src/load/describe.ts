// Everything that is known about a loaded engine before the first case, as data for `doctor` and the report. Prints nothing.

import { type EngineInfo, type EngineMethod, PROJECTABLE_PARAMS } from "../define/engine.js";
import type { Declared, LoadedEngine } from "../define/loaded.js";
import { DURABLE_SEMANTICS, type HostChoice, hostsFor, missingForDurable } from "./hosts.js";
import { didYouMean } from "./nearest.js";
import { inRange } from "./version-range.js";

export interface EngineDescription extends HostChoice {
  kind: LoadedEngine["kind"];
  id: string;
  name: string;
  /** "" when neither the engine nor its package names one. */
  version: string;
  source: string;
  root?: string;
  digest: string;
  declares: EngineInfo;
  methods: EngineMethod[];
  claims: string[];
  notes: string[];
  /** Members of the plugin API the engine touched. */
  touched: string[];
  /** SDK import → where it came from. */
  sdk: Record<string, string>;
  /** What is probably not meant so, one sentence each. */
  warnings: string[];
}

/** Declaring a part of the durable lifecycle has no effect: a durable host leaves such an engine out. */
function partialDeclaration(declared: Declared): string[] {
  const missing = missingForDurable(declared);
  const parts = Object.keys(DURABLE_SEMANTICS).length + 1;
  const semantics = declared.info.transcriptSemantics;
  const started = missing.length < parts || (semantics !== undefined && Object.keys(semantics).length > 0);
  if (missing.length === 0 || !started) return [];
  const said = Object.entries(semantics ?? {}).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const came = said.length > 0 ? ` (declared: ${said.join(", ")})` : "";
  return [
    `the durable declaration is incomplete, so durable hosts will not use the engine: it lacks ${missing.join(" and ")}${came}`,
  ];
}

function unknownParams(info: EngineInfo): string[] {
  const accepted = info.acceptedHostParams;
  if (accepted === undefined) return [];
  if (!Array.isArray(accepted)) return ["info.acceptedHostParams is no array, so hosts ignore it"];
  return accepted
    .filter((name) => !(PROJECTABLE_PARAMS as readonly string[]).includes(name))
    .map(
      (name) =>
        `info.acceptedHostParams names "${name}", which no host passes: ${didYouMean(name, PROJECTABLE_PARAMS)}known names are ${PROJECTABLE_PARAMS.join(", ")}`,
    );
}

function unreadableRanges(engine: LoadedEngine): string[] {
  return Object.entries(engine.hostVersions).flatMap(([name, range]) => {
    const plain = range.replace(/^v?(?=\d)/, ">=");
    return inRange("2026.9.6", plain) === "unreadable"
      ? [`${name} "${range}" in the package metadata is no version range; it was ignored`]
      : [];
  });
}

function warningsFor(engine: LoadedEngine, declared: Declared): string[] {
  const { info, methods } = declared;
  const warnings = [...partialDeclaration(declared), ...unknownParams(info), ...unreadableRanges(engine)];
  if (engine.kind === "plugin" && info.id !== engine.id)
    warnings.push(`the plugin registers the engine as "${engine.id}", but its info.id is "${info.id}"`);
  if (info.turnMaintenanceMode === "background" && !methods.includes("maintain"))
    warnings.push('info.turnMaintenanceMode is "background", but there is no maintain');
  if (info.ownsCompaction !== undefined && typeof info.ownsCompaction !== "boolean")
    warnings.push(`info.ownsCompaction is ${JSON.stringify(info.ownsCompaction)}, no boolean`);
  return warnings;
}

/** What is no fault, and good to know. */
function remarksOn({ methods }: Declared): string[] {
  const unheard = methods.includes("afterTurn") && methods.includes("ingestBatch");
  return unheard ? ["there is an afterTurn, so no host calls ingestBatch: afterTurn alone hears what was said"] : [];
}

/** Describes the engine; `requested` are the profiles asked for with --host. Throws what hostsFor throws. */
export function describeEngine(engine: LoadedEngine, declared: Declared, requested?: readonly string[]): EngineDescription {
  return {
    kind: engine.kind,
    id: engine.kind === "plugin" ? engine.id : declared.info.id,
    name: declared.info.name,
    version: declared.info.version ?? engine.version,
    source: engine.source,
    ...(engine.root === undefined ? {} : { root: engine.root }),
    digest: engine.digest,
    declares: declared.info,
    methods: declared.methods,
    claims: engine.adapter.claims ?? [],
    notes: [...engine.notes, ...remarksOn(declared)],
    touched: engine.touched,
    sdk: engine.sdk,
    warnings: warningsFor(engine, declared),
    ...hostsFor(engine, declared, requested),
  };
}
