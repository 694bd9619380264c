// ctxspec doctor: is the adapter wired right? What was found and how it was loaded, what the engine declares, which profiles and clauses
// apply, and what is probably not meant so. The engine is loaded in a worker process, as certify would; no case is played.

import { DEFAULT_MEMORY_MB } from "../campaign/options.js";
import type { Description } from "../campaign/protocol.js";
import { subjectUnder } from "../campaign/report.js";
import { WorkerCrew } from "../campaign/supervisor.js";
import { settingsFrom } from "../config-file.js";
import type { Clause, Facts, LoadedEngine, ProfileId } from "../define/index.js";
import { clauses } from "../discover.js";
import { type Paint, wrap } from "../draw/lines.js";
import { describeEngine, type EngineDescription } from "../load/describe.js";
import { campaignOptions } from "./certify.js";
import { columns } from "./list.js";
import type { Terminal } from "./terminal.js";

/** Answers the exit code. Throws CtxspecError: wrong usage, an engine that cannot be loaded. */
export async function doctorCommand(
  engine: string | undefined,
  given: Record<string, unknown>,
  terminal: Terminal,
): Promise<number> {
  const settings = await settingsFrom(engine === undefined ? given : { ...given, engine }, terminal.cwd);
  const { engine: spec, engineId, nodePath, hosts } = campaignOptions(settings, terminal.cwd);
  const node = nodePath === undefined ? {} : { nodePath };
  const crew = new WorkerCrew({ workers: 1, memoryMb: settings.memory ?? DEFAULT_MEMORY_MB, ...node });
  try {
    const id = engineId === undefined ? {} : { engineId };
    const seen = await crew.describe({ kind: "engine", spec: String(spec), cwd: terminal.cwd, ...id });
    const described = describe(seen, hosts);
    const lines = doctorLines(seen, described, await clauses(), terminal.paint, terminal.width);
    terminal.out(`${lines.join("\n")}\n`);
    return 0;
  } finally {
    await crew.close();
  }
}

/** The worker's description, completed in this process, which never loads the engine. */
function describe(seen: Description, requested: string[] | undefined): EngineDescription {
  const { claims, hosts } = seen.adapter;
  const { minHostVersion, peer } = seen.hostVersions;
  const engine: LoadedEngine = {
    ...seen,
    root: seen.root ?? "",
    hostVersions: { ...(minHostVersion === undefined ? {} : { minHostVersion }), ...(peer === undefined ? {} : { peer }) },
    adapter: {
      factory: () => {
        throw new Error("the engine lives in a worker process");
      },
      ...(claims === undefined ? {} : { claims }),
      ...(hosts === undefined ? {} : { hosts }),
    },
  };
  return describeEngine(engine, { info: seen.info, methods: seen.methods }, requested);
}

/** As if everything a campaign can see had been seen: what then does not apply is ruled out by declaration. */
const EVERYTHING_SEEN: Facts = new Proxy({}, { get: () => 1 });

const KIND_WORDS: Record<EngineDescription["kind"], string> = {
  plugin: "an OpenClaw plugin",
  module: "a module that exports a factory",
  adapter: "a module made with defineEngine",
  "built-in": "an engine of ctxspec",
  "in-process": "a function",
};

export function doctorLines(
  seen: Description,
  described: EngineDescription,
  all: Clause[],
  paint: Paint,
  width: number,
): string[] {
  const { name, version, kind, root, digest, methods, claims, notes, touched, sdk, warnings } = described;
  const facts = [
    ["engine", `${name} ${version}`.trim()],
    ["id", described.id],
    ["asked for", described.source],
    ["is", KIND_WORDS[kind]],
    ...(root ? [["loaded from", root]] : []),
    ...(digest ? [["digest", `sha256 ${digest}`]] : []),
    ["node", seen.node],
    ["methods", methods.join(", ")],
    ...Object.entries(described.declares).flatMap(([key, value]) =>
      key === "id" || key === "name" ? [] : [[key, JSON.stringify(value) ?? "undefined"]],
    ),
    ["claims", claims.join(", ") || "none"],
    ...adapterRows(seen.adapter),
  ];
  return [
    ...columns(facts.map(([label = "", value = ""]) => [label, value])),
    "",
    ...section("Warnings", warnings.map(paint.yellow), paint, "none"),
    ...section(
      "Notes",
      notes.flatMap((note) => wrap(note, width - 2)),
      paint,
    ),
    ...section("Plugin API touched", touched.length > 0 ? wrap(touched.join(", "), width - 2) : [], paint),
    ...section("SDK imports", columns(Object.entries(sdk)), paint),
    ...section("Host profiles", columns(described.hosts.map(({ id, reason }) => [id, reason])), paint, "none"),
    ...section("Left out", columns(described.skipped.map(({ id, reason }) => [id, reason])).map(paint.dim), paint),
    ...clauseSection(seen, described, all, paint, width),
  ];
}

function adapterRows(adapter: Description["adapter"]): string[][] {
  return Object.entries(adapter).flatMap(([key, value]) =>
    key === "claims" || value === undefined ? [] : [[key, JSON.stringify(value)]],
  );
}

/** Nothing when there is nothing, unless there is a word for it. */
function section(title: string, lines: string[], paint: Paint, empty?: string): string[] {
  const body = lines.length > 0 ? lines : empty === undefined ? [] : [empty];
  return body.length === 0 ? [] : [paint.bold(title), ...body.map((line) => `  ${line}`), ""];
}

/** Profiles under which the same clauses apply are told together. */
function clauseSection(seen: Description, described: EngineDescription, all: Clause[], paint: Paint, width: number): string[] {
  const engineClauses = all.filter((clause) => clause.who === "engine");
  const groups = new Map<string, ProfileId[]>();
  for (const { id } of described.hosts) {
    const { applying, not } = clausesUnder(seen, id, engineClauses);
    const key = [
      ...wrap(`applies (${applying.length}): ${applying.join(", ")}`, width - 4, "  "),
      ...not.flatMap(({ clause, reason }) => wrap(`${clause}: not applicable: ${reason}`, width - 4, "  ").map(paint.dim)),
    ].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  const lines = [...groups].flatMap(([text, ids]) => [paint.bold(ids.join(", ")), ...text.split("\n")]);
  return section("Clauses, by what is declared (what the engine does in a campaign may rule out more)", lines, paint);
}

function clausesUnder(
  seen: Description,
  host: ProfileId,
  all: Clause[],
): { applying: string[]; not: { clause: string; reason: string }[] } {
  const subject = subjectUnder(seen, host);
  const applying: string[] = [];
  const not: { clause: string; reason: string }[] = [];
  for (const clause of all) {
    const bound = clause.level !== "claim" || clause.unclaimed !== undefined || subject.claims.includes(clause.id);
    const said = bound ? clause.applies(subject, EVERYTHING_SEEN) : { applies: false as const, reason: "not claimed" };
    if (said.applies) applying.push(clause.id);
    else not.push({ clause: clause.id, reason: said.reason });
  }
  return { applying, not };
}
