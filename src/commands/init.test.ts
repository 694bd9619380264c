// ctxspec init in projects with nothing but an engine file: what it writes works at once, and nothing is written over without a word.
// The projects get ctxspec and vitest as links, so the package has to be built.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../define/index.js";
import { packageRoot } from "./package-root.js";
import { scratchFolder, typed } from "./terminal.fixture.js";

const ROOT = packageRoot();
const WORKFLOW = ".github/workflows/ctxspec.yml";
const TYPED = ["ctxspec.adapter.ts", "ctxspec.config.ts", "conformance.test.ts", WORKFLOW];
const UNTYPED = ["ctxspec.adapter.mjs", "ctxspec.config.mjs", "conformance.test.mjs", WORKFLOW];
// biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub, not of JavaScript
const MATRIX_SHARD = "${{ matrix.shard }}";
const BODY = `({
  info: { id: "mine", name: "My engine", version: "1.0.0" },
  ingest: async () => ({ ingested: false }),
  assemble: async ({ messages }) => ({ messages, estimatedTokens: 0 }),
  compact: async () => ({ ok: true, compacted: false, reason: "the host compacts" }),
})`;

/** A project with these files and, where a test runs what was written, with ctxspec and vitest. */
function project(files: Record<string, string>, installed: "installed" | "bare" = "bare"): string {
  const folder = scratchFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  if (installed === "bare") return folder;
  mkdirSync(path.join(folder, "node_modules"));
  for (const [name, target] of Object.entries({ ctxspec: ROOT, vitest: path.join(ROOT, "node_modules/vitest") }))
    symlinkSync(target, path.join(folder, "node_modules", name), "dir");
  return folder;
}

const exampleEngine = (): string => readFileSync(path.join(ROOT, "docs/examples/vitest/engine.ts"), "utf8");
const textIn = (folder: string, file: string): string => readFileSync(path.join(folder, file), "utf8");
const reportIn = (folder: string): Report => JSON.parse(textIn(folder, "ctxspec-report/report.json")) as Report;

function run(command: string, args: string[], cwd: string): Promise<{ exitCode: number; out: string }> {
  const { CTXSPEC_TEST_RESULTS: _, VITEST: _v, GITHUB_STEP_SUMMARY: _s, ...env } = process.env;
  return new Promise((resolve) => {
    const summary = { GITHUB_STEP_SUMMARY: path.join(cwd, "step-summary.md") };
    execFile(command, args, { cwd, env: { ...env, ...summary }, maxBuffer: 2 ** 26 }, (error, out, err) => {
      resolve({ exitCode: error === null ? 0 : typeof error.code === "number" ? error.code : 1, out: `${out}${err}` });
    });
  });
}

describe("in a project with nothing but an engine file", () => {
  test("certify works through the written config, without anything installed", async () => {
    const folder = project({ "engine.ts": exampleEngine() });
    const { exitCode, out } = await typed(["init", "--yes"], folder);
    expect(exitCode).toBe(0);
    for (const file of TYPED) expect(existsSync(path.join(folder, file)), file).toBe(true);
    expect(out).toContain("npm install --save-dev ctxspec vitest");
    const quick = ["--only", "contract-shape", "--cases", "2", "--workers", "1"];
    expect(await typed(["certify", ...quick], folder)).toMatchObject({ exitCode: 0 });
    expect(reportIn(folder)).toMatchObject({
      verdict: "conforms",
      engine: { name: "My engine", source: "./ctxspec.adapter.ts" },
    });
  });

  test("the written vitest test runs, with fewer cases than it was written with", async () => {
    const folder = project({ "engine.ts": exampleEngine() }, "installed");
    const { out } = await typed(["init", "./engine.ts", "--yes"], folder);
    expect(out).not.toContain("npm install");
    const written = textIn(folder, "conformance.test.ts");
    expect(written).toContain("cases: 200");
    writeFileSync(path.join(folder, "conformance.test.ts"), written.replace("cases: 200", "cases: 2"));
    const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
    await run(process.execPath, [vitest, "run", "--reporter=json", "--outputFile=results.json"], folder);
    const { testResults } = JSON.parse(textIn(folder, "results.json")) as {
      testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[];
    };
    const tests = testResults.flatMap((file) => file.assertionResults);
    expect(tests.filter((one) => one.fullName.includes(" contract-shape: ")).map((one) => one.status)).toEqual(
      Array.from({ length: 3 }, () => "passed"),
    );
    const failed = tests.filter((one) => one.status === "failed");
    expect(failed.filter((one) => !one.failureMessages.join().includes("never exercised in 2 cases"))).toEqual([]);
  });

  test("the written files type-check", async () => {
    const folder = project({ "engine.ts": exampleEngine() }, "installed");
    await typed(["init", "--yes"], folder);
    const compilerOptions = { strict: true, module: "NodeNext", target: "ES2022", noEmit: true, skipLibCheck: true, types: [] };
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: TYPED.slice(0, 3) }));
    const tsc = path.join(ROOT, "node_modules/typescript/bin/tsc");
    expect(await run(process.execPath, [tsc, "-p", "."], folder)).toEqual({ exitCode: 0, out: "" });
  });

  test("the commands of the workflow make one report of its shards", async () => {
    const folder = project({ "engine.mjs": `export default () => ${BODY};` });
    await typed(["init", "--yes"], folder);
    const cli = `${process.execPath} ${path.join(ROOT, "dist/src/cli.js")}`;
    const commands = [...textIn(folder, WORKFLOW).matchAll(/run: (.*(?:ctxspec|SUMMARY).*)$/gm)].map(([, line = ""]) =>
      line.replace("npx ctxspec", cli).replace("--preset certify", "--cases 5 --only contract-shape --workers 1"),
    );
    expect(commands).toHaveLength(3);
    const [shard = "", ...others] = commands;
    for (const n of ["1", "2", "3", "4"])
      expect(await run("bash", ["-e", "-c", shard.replaceAll(MATRIX_SHARD, n)], folder)).toMatchObject({ exitCode: 0 });
    for (const command of others) expect(await run("bash", ["-e", "-c", command], folder)).toMatchObject({ exitCode: 0 });
    const { run: played, verdict } = reportIn(folder);
    expect({ verdict, cases: played.cases }).toEqual({ verdict: "conforms", cases: 5 * played.hosts.length });
    expect(textIn(folder, "step-summary.md")).toContain("conforms");
    expect(existsSync(path.join(folder, "ctxspec-report/report.html"))).toBe(true);
    const wrong = shard.replace("--cases 5", "--cases five").replaceAll(MATRIX_SHARD, "1");
    expect(await run("bash", ["-e", "-c", wrong], folder)).toMatchObject({ exitCode: 1 });
  });
});

describe("what it writes follows from the engine", () => {
  test.each<[string, Record<string, string>, string[], string]>([
    [
      "a JavaScript module",
      { "engine.mjs": `export default () => ${BODY};` },
      UNTYPED,
      'import createEngine from "./engine.mjs"',
    ],
    [
      "a named export",
      { "src/engine.mjs": `export const createContextEngine = () => ${BODY};` },
      UNTYPED,
      'import { createContextEngine as createEngine } from "./src/engine.mjs"',
    ],
    [
      "a module made with defineEngine",
      { "engine.mjs": `import { defineEngine } from "ctxspec";\nexport default defineEngine({ factory: () => ${BODY} });` },
      UNTYPED.slice(1),
      "",
    ],
    [
      "a plugin",
      {
        "openclaw.plugin.json": '{"id":"mine","configSchema":{"type":"object"}}',
        "package.json": '{"name":"mine","type":"module","openclaw":{"extensions":["./index.js"]}}',
        "index.js": `export default { register(api) { api.registerContextEngine("mine", () => ${BODY}); } };`,
      },
      UNTYPED.slice(1),
      "",
    ],
  ])("%s", async (_name, files, written, imported) => {
    const folder = project(files);
    const { exitCode, out } = await typed(["init", "--yes"], folder);
    expect(exitCode).toBe(0);
    expect(out).toContain(`written: ${written.join(", ")}`);
    if (imported !== "") expect(textIn(folder, written[0] ?? "")).toContain(imported);
    const quick = ["--only", "contract-shape", "--cases", "1", "--workers", "1"];
    expect(await typed(["certify", ...quick], folder)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ["package-lock.json", "npm ci"],
    ["pnpm-lock.yaml", "corepack enable && pnpm install --frozen-lockfile"],
    ["package.json", "npm install"],
  ])("with %s the workflow installs by %s", async (file, command) => {
    const folder = project({ "engine.mjs": `export default () => ${BODY};`, [file]: "{}" });
    await typed(["init", "--yes"], folder);
    expect(textIn(folder, WORKFLOW)).toContain(`- run: ${command}\n`);
  });
});

describe("files that exist", () => {
  const OWN = "// mine\n";
  const withOwn = () => project({ "engine.mjs": `export default () => ${BODY};`, "conformance.test.mjs": OWN });

  test("--yes leaves them and says so; --force writes over them and says so", async () => {
    const folder = withOwn();
    const yes = await typed(["init", "--yes"], folder);
    expect(yes.exitCode).toBe(0);
    expect(yes.out).toMatch(/conformance\.test\.mjs +exists; left as it is \(--force writes over it\)/);
    expect(textIn(folder, "conformance.test.mjs")).toBe(OWN);
    expect(existsSync(path.join(folder, WORKFLOW))).toBe(true);
    const force = await typed(["init", "--force"], folder);
    expect(force.out).toMatch(/conformance\.test\.mjs +exists; is written over/);
    expect(force.out).toMatch(/ctxspec\.config\.mjs +is there already, the same/);
    expect(force.out).toContain("written: conformance.test.mjs\n");
    expect(textIn(folder, "conformance.test.mjs")).toContain("describeConformance");
  });

  test("a person is asked for each", async () => {
    const folder = withOwn();
    const no = await typed(["init"], folder, ["", "n", ""]);
    expect(no.out).toContain("Which engine? A path or package [./engine.mjs]: ");
    expect(no.out).toContain("nothing written");
    expect(readdirSync(folder).sort()).toEqual(["conformance.test.mjs", "engine.mjs"]);
    const some = await typed(["init", "engine.mjs"], folder, ["y", ""]);
    expect(some.out).toContain("Write over conformance.test.mjs? [y/N] ");
    expect(textIn(folder, "conformance.test.mjs")).toBe(OWN);
    expect(existsSync(path.join(folder, "ctxspec.config.mjs"))).toBe(true);
    await typed(["init", "engine.mjs"], folder, ["y"]);
    expect(textIn(folder, "conformance.test.mjs")).toContain("describeConformance");
  });

  test("a config of another kind stays the only one", async () => {
    const folder = project({ "engine.mjs": `export default () => ${BODY};`, "ctxspec.config.json": "{}" });
    const { out } = await typed(["init", "--force"], folder);
    expect(out).toMatch(/ctxspec\.config\.mjs +not written: there is ctxspec\.config\.json already/);
    expect(existsSync(path.join(folder, "ctxspec.config.mjs"))).toBe(false);
  });
});

describe("bad input writes nothing", () => {
  test.each<[string, Record<string, string>, string[], number, string]>([
    ["no engine anywhere", {}, ["--yes"], 2, "no engine was named, and none is in the usual places"],
    ["nobody to ask", { "engine.mjs": "" }, [], 2, "there is no terminal to ask at"],
    ["an engine that is not there", {}, ["./nowhere.ts", "--yes"], 3, 'the engine "./nowhere.ts" does not exist'],
    ["an engine that cannot be loaded", { "engine.mjs": "export default 5;" }, ["--yes"], 3, "exports no engine"],
    ["an engine of ctxspec itself", {}, ["reference", "--yes"], 2, "is an engine of ctxspec itself"],
    [
      "a folder in the way",
      { "engine.mjs": `export default () => ${BODY};`, ".github": "a file" },
      ["--yes"],
      2,
      "cannot write to",
    ],
  ])("%s", async (_name, files, line, exitCode, words) => {
    const folder = project(files);
    const ended = await typed(["init", ...line], folder);
    expect(ended.exitCode).toBe(exitCode);
    expect(ended.err.trimEnd().split("\n")).toHaveLength(3);
    expect(ended.err).toContain(words);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
  });
});
