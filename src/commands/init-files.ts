// The texts of the files that `ctxspec init` writes. Pure: what is there already, and what to do about it, is decided in init.ts.

import type { FoundEngine } from "./init-engine.js";
import { workflowText } from "./init-workflow.js";

export interface InitFile {
  /** Relative to the project. */
  path: string;
  what: string;
  text: string;
}

export interface InitProject {
  engine: FoundEngine;
  /** The command that installs what the project depends on. */
  install: string;
}

/** Every file, the ones that others rely on first. */
export function initFiles({ engine, install }: InitProject): InitFile[] {
  const ending = engine.typed ? "ts" : "mjs";
  const adapter = engine.wiring.kind === "adapter" ? `ctxspec.adapter.${ending}` : undefined;
  const spec = adapter === undefined ? engine.spec : `./${adapter}`;
  return [
    ...(adapter === undefined
      ? []
      : [{ path: adapter, what: "what only its author knows of the engine", text: adapterText(engine) }]),
    { path: `ctxspec.config.${ending}`, what: "options of ctxspec certify", text: configText(engine, spec) },
    { path: `conformance.test.${ending}`, what: "one vitest test per clause and host profile", text: testText(engine, spec) },
    {
      path: ".github/workflows/ctxspec.yml",
      what: "certifies in shards, merges, annotates, uploads",
      text: workflowText(install),
    },
  ];
}

function adapterText({ name, wiring }: FoundEngine): string {
  if (wiring.kind !== "adapter") throw new Error("the engine needs no adapter");
  const { specifier } = wiring;
  const imported = wiring.export === "default" ? "createEngine" : "{ createContextEngine as createEngine }";
  return `// What only its author knows of the engine. Everything but the factory may be left out.
import { defineEngine } from "ctxspec";
import ${imported} from ${JSON.stringify(specifier)};

export default defineEngine({
  name: ${JSON.stringify(name)},
  factory: createEngine,
  // Promises beyond what every engine must do; npx ctxspec list clauses shows them (level claim).
  // claims: ["history-no-loss"],
  // Resolves when no background work is pending any more.
  // settle: () => myBackgroundWork(),
  // A violation that is known and accepted for now.
  // excuses: [{ clause: "isolation-tick", reason: "why, and until when" }],
});
`;
}

function configText({ typed, engineId }: FoundEngine, spec: string): string {
  const options = [
    `  engine: ${JSON.stringify(spec)},`,
    ...(engineId === undefined ? [] : [`  engineId: ${JSON.stringify(engineId)},`]),
    `  // The command line wins over what stands here; npx ctxspec certify --help shows everything.`,
    `  // host: ["openclaw-2026.9"],`,
    `  // preset: "certify",`,
  ];
  const [before, open, close] = typed
    ? [`import type { Config } from "ctxspec";\n\n`, "export default {", "} satisfies Config;"]
    : [`/** @type {import("ctxspec").Config} */\n`, "export default {", "};"];
  return `// Options of ctxspec certify.\n${before}${[open, ...options, close].join("\n")}\n`;
}

function testText({ engineId }: FoundEngine, spec: string): string {
  const id = engineId === undefined ? "" : `, engineId: ${JSON.stringify(engineId)}`;
  return `// One test per clause and host profile: the quick check of every day. npx ctxspec certify plays far more cases.
import { describeConformance } from "ctxspec/vitest";

describeConformance({ engine: ${JSON.stringify(spec)}${id}, cases: 200 });
`;
}
