// The package as users get it: packed, installed into an empty project, run, imported, type-checked. It is packed as built; `npm test` builds.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** What the project has beside ctxspec, taken from here instead of the registry. */
const BORROWED = ["vitest", "typescript", "@types/node"];

interface Ran {
  exitCode: number;
  out: string;
  err: string;
}

let project = "";
let packed: string[] = [];

function run(command: string, args: string[], cwd: string): Promise<Ran> {
  const { CTXSPEC_TEST_RESULTS: _, VITEST: _v, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, out, err) => {
      resolve({ exitCode: error === null ? 0 : typeof error.code === "number" ? error.code : 1, out, err });
    });
  });
}

async function mustRun(command: string, args: string[], cwd: string): Promise<string> {
  const { exitCode, out, err } = await run(command, args, cwd);
  if (exitCode !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${exitCode}:\n${out}${err}`);
  return out;
}

const write = (name: string, text: string): void => writeFileSync(path.join(project, name), text);

beforeAll(async () => {
  project = realpathSync(mkdtempSync(path.join(tmpdir(), "ctxspec-pack-")));
  const said = await mustRun("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", project], ROOT);
  const [tarball] = JSON.parse(said) as [{ filename: string; files: { path: string }[] }];
  packed = tarball.files.map((file) => file.path);
  write("package.json", JSON.stringify({ name: "consumer", version: "1.0.0", private: true, type: "module" }));
  await mustRun("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", `./${tarball.filename}`], project);
  for (const name of BORROWED) {
    const link = path.join(project, "node_modules", name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules", name), link, "dir");
  }
}, 300_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

const ENGINE = `
import { defineEngine, type ContextEngine } from "ctxspec";
const createEngine = (): ContextEngine => ({
  info: { id: "consumer", name: "Consumer" },
  ingest: async () => ({ ingested: false }),
  assemble: async ({ messages }) => ({ messages, estimatedTokens: 0 }),
  compact: async () => ({ ok: true, compacted: false }),
});
export default defineEngine({ factory: createEngine });
`;

describe("the package", () => {
  test("holds what users need, and nothing of the workshop", () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        "LICENSE",
        "README.md",
        "package.json",
        "dist/src/cli.js",
        "dist/src/index.d.ts",
        "dist/src/vitest.js",
      ]),
    );
    expect(packed).toEqual(
      expect.arrayContaining(["dist/engines/reference.js", "dist/properties/isolation-tick.js", "dist/reports/text.js"]),
    );
    expect(
      packed.filter((file) =>
        /\.test\.|\.fixture\.|host-traces|fidelity|tsbuildinfo|commands\/docs\.|^src\/(?!data\/)/.test(file),
      ),
    ).toEqual([]);
  });

  test("runs by npx", async () => {
    expect(await mustRun("npx", ["ctxspec", "list", "hosts"], project)).toContain("openclaw-2026.9");
    expect(await mustRun("npx", ["ctxspec", "explain", "key-fresh-per-tick"], project)).toContain("Published bugs");
  });

  test("certifies an engine of the project, in worker processes", async () => {
    write("engine.ts", ENGINE);
    const { exitCode, out, err } = await run(
      "npx",
      ["ctxspec", "certify", "./engine.ts", "--cases", "2", "--only", "contract-shape", "--workers", "1"],
      project,
    );
    expect(err).not.toContain("error:");
    expect(out).toContain("contract-shape");
    expect(exitCode).toBe(0);
  });

  test("is imported as a library", async () => {
    write(
      "use.mjs",
      `import { certify, defineConfig, defineEngine } from "ctxspec";\nconsole.log(typeof certify, defineConfig({ cases: 1 }).cases, typeof defineEngine);\n`,
    );
    expect(await mustRun(process.execPath, ["use.mjs"], project)).toBe("function 1 function\n");
  });

  test("is used from vitest", async () => {
    write("engine.ts", ENGINE);
    write(
      "conformance.test.ts",
      `import { describeConformance } from "ctxspec/vitest";\nimport engine from "./engine.js";\ndescribeConformance({ engine, cases: 1, only: ["contract-shape"] });\n`,
    );
    const { exitCode, out, err } = await run(
      process.execPath,
      [path.join(ROOT, "node_modules/vitest/vitest.mjs"), "run"],
      project,
    );
    expect(`${out}${err}`).toContain("3 passed");
    expect(exitCode).toBe(0);
  });

  test("type-checks where it is used", async () => {
    write("engine.ts", ENGINE);
    write(
      "ctxspec.config.ts",
      `import { defineConfig } from "ctxspec";\nexport default defineConfig({ engine: "./engine.ts", host: ["heartbeat-run"], time: "30s" });\n`,
    );
    write(
      "consumer.ts",
      `import { certify, type Report } from "ctxspec";\nimport { describeConformance } from "ctxspec/vitest";\nimport engine from "./engine.js";\nconst report: Report = await certify({ engine, cases: 1 });\nexport const verdict: string = report.verdict;\ndescribeConformance({ engine: () => engine.factory({}), cases: 5 });\n`,
    );
    const options = {
      strict: true,
      module: "NodeNext",
      target: "ES2022",
      noEmit: true,
      skipLibCheck: true,
      exactOptionalPropertyTypes: true,
      types: ["node"],
    };
    write(
      "tsconfig.json",
      JSON.stringify({ compilerOptions: options, files: ["engine.ts", "consumer.ts", "ctxspec.config.ts"] }),
    );
    expect(await run(process.execPath, [path.join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "."], project)).toMatchObject({
      exitCode: 0,
      out: "",
    });
  });
});
