import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EngineAdapter } from "../define/engine.js";
import { defineEngine } from "./adapter.js";
import { declare } from "./declare.js";
import { describeEngine } from "./describe.js";
import { engineText, folderWith, pluginFiles } from "./fixtures/engine-folder.fixture.js";
import { loadedFromFactory } from "./from-factory.js";
import { type LoadOptions, loadEngine } from "./load.js";

const builtIn: LoadOptions["builtIn"] = {
  reference: async () => ({ default: defineEngine({ name: "Reference", factory: () => Promise.reject(new Error("unused")) }) }),
};
const load = (spec: string, cwd: string, more: Partial<LoadOptions> = {}) => loadEngine(spec, { cwd, builtIn, ...more });
const failing = (code: string, message: RegExp, hint: RegExp = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
const factory = (id: string) => `export default () => ${engineText(id)};`;

describe("modules", () => {
  it.each([
    ["a.mjs", factory("a")],
    ["a.js", `module.exports = () => ${engineText("a")};`],
    ["a.cjs", `exports.createContextEngine = () => ${engineText("a")};`],
    ["a.cjs", `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = () => ${engineText("a")};`],
    ["a.mjs", `export const createContextEngine = async () => ${engineText("a")};`],
    ["a.ts", `const id: string = "a"; interface X { y: 1 }\nexport default (_ctx: unknown) => ${engineText("a")} as unknown;`],
    ["a.mts", `export function createContextEngine(): unknown { return ${engineText("a")}; }`],
  ])("loads %s: %.40s", async (name, text) => {
    const cwd = folderWith({ [name]: text });
    const engine = await load(`./${name}`, cwd);
    expect(engine).toMatchObject({ kind: "module", id: "a", source: `./${name}`, root: join(cwd, name), sdk: {}, touched: [] });
    expect(engine.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(engine.notes.join()).toContain("this one file");
    expect((await declare(engine)).info.id).toBe("a");
  });

  it("loads absolute paths, folders and relative TypeScript imports", async () => {
    const cwd = folderWith({
      "index.ts": `import { make } from "./make.js"; export default make;`,
      "make.ts": `export const make = () => ${engineText("b")};`,
    });
    expect((await declare(await load(cwd, "/"))).info.id).toBe("b");
    expect((await declare(await load(join(cwd, "index.ts"), "/"))).info.id).toBe("b");
  });

  it("takes name, version and host versions from the enclosing package", async () => {
    const cwd = folderWith({
      "package.json": JSON.stringify({
        name: "pkg",
        version: "3.2.1",
        type: "module",
        peerDependencies: { openclaw: ">=2026.7" },
      }),
      "src/engine.js": factory("c"),
    });
    expect(await load("src/engine.js", cwd)).toMatchObject({
      id: "engine",
      name: "pkg",
      version: "3.2.1",
      hostVersions: { peer: ">=2026.7" },
    });
  });

  it("loads an installed package by name, subpath and main file", async () => {
    const pkg = (more: object) => JSON.stringify({ name: "x", version: "1.0.0", type: "module", ...more });
    const cwd = folderWith({
      "node_modules/with-main/package.json": pkg({ main: "lib/engine.js" }),
      "node_modules/with-main/lib/engine.js": factory("d"),
      "node_modules/@scope/esm/package.json": pkg({ exports: { ".": { import: "./e.js" }, "./sub": { import: "./sub.js" } } }),
      "node_modules/@scope/esm/e.js": factory("e"),
      "node_modules/@scope/esm/sub.js": factory("sub"),
      "inner/file": "",
    });
    for (const [spec, id] of [
      ["with-main", "d"],
      ["@scope/esm", "e"],
      ["@scope/esm/sub", "sub"],
    ] as const)
      expect((await declare(await load(spec, join(cwd, "inner")))).info.id).toBe(id);
  });

  it("loads JavaScript that only a bundler would resolve", async () => {
    const cwd = folderWith({
      "e.mjs": `import { make } from "./lib";\nexport default make;`,
      "lib/index.js": `export const make = () => ${engineText("f")};`,
    });
    expect((await declare(await load("./e.mjs", cwd))).info.id).toBe("f");
  });
});

describe("adapters", () => {
  it.each(["e.mjs", "e.ts"])("loads what defineEngine made, without ctxspec installed beside it (%s)", async (name) => {
    const text = `import { defineEngine } from "ctxspec";
      export default defineEngine({ name: "Mine", factory: () => ${engineText("m")}, claims: ["history-no-loss"], config: { a: 1 } });`;
    const engine = await load(`./${name}`, folderWith({ [name]: text }));
    expect(engine).toMatchObject({
      kind: "adapter",
      name: "Mine",
      adapter: { claims: ["history-no-loss"], config: { a: 1 } },
      sdk: {},
    });
    expect(describeEngine(engine, await declare(engine))).toMatchObject({ id: "m", claims: ["history-no-loss"] });
  });

  it("checks every field, naming the nearest", async () => {
    const text = (fields: string) =>
      `import { defineEngine } from "ctxspec"; export default defineEngine({ factory: () => ({}), ${fields} });`;
    const bad = async (fields: string) => load("./e.mjs", folderWith({ "e.mjs": text(fields) }));
    await expect(bad(`claim: []`)).rejects.toEqual(failing("engine-adapter", /claim/, /did you mean "claims"\?/));
    await expect(bad(`hosts: ["openclaw-2026.8"]`)).rejects.toEqual(failing("engine-adapter", /openclaw-2026\.8/));
    await expect(bad(`factory: 3`)).rejects.toEqual(failing("engine-adapter", /factory: expected a function/));
    expect(() => loadedFromFactory({ factory: 3 } as unknown as EngineAdapter)).toThrow(
      expect.objectContaining({ code: "engine-adapter" }),
    );
  });

  it("takes factories and adapters within the process", () => {
    const make = () => Promise.reject(new Error("unused"));
    expect(loadedFromFactory(make)).toMatchObject({ kind: "in-process", id: "make", digest: "", adapter: { factory: make } });
    expect(loadedFromFactory({ name: "N", factory: make }).name).toBe("N");
  });
});

describe("built-in engines", () => {
  it("are found by name, after paths", async () => {
    const cwd = folderWith({});
    expect(await load("reference", cwd)).toMatchObject({ kind: "built-in", id: "reference", name: "Reference", digest: "" });
    await expect(load("reference", cwd, { engineId: "x" })).rejects.toEqual(failing("engine-unknown-id", /no engine "x"/));
    const shadowed = folderWith({ "reference/index.mjs": factory("mine") });
    expect((await load("reference", shadowed)).kind).toBe("module");
  });
});

describe("what cannot be loaded", () => {
  it("names a path that does not exist, and the nearest", async () => {
    const cwd = folderWith({ "my-engine.mjs": factory("x"), "empty/readme.txt": "" });
    await expect(load("./my-engin.mjs", cwd)).rejects.toEqual(
      failing("engine-not-found", /has no "my-engin.mjs"/, /did you mean "my-engine.mjs"\?/),
    );
    await expect(load("./no/such/thing", cwd)).rejects.toEqual(failing("engine-not-found", /there is no folder/));
    await expect(load("./empty", cwd)).rejects.toEqual(failing("engine-not-found", /folder without an engine/));
    await expect(load("empty", cwd)).rejects.toEqual(failing("engine-not-found", /folder without an engine/));
    await expect(load("", cwd)).rejects.toEqual(failing("engine-not-found", /no engine ""/));
  });

  it("names an unknown name, and the nearest", async () => {
    await expect(load("referense", folderWith({}))).rejects.toEqual(
      failing("engine-not-found", /no engine "referense"/, /did you mean "reference"\?/),
    );
    await expect(load("@no/such", folderWith({}))).rejects.toEqual(
      failing("engine-not-found", /no engine "@no\/such"/, /npm install @no\/such/),
    );
  });

  it("names a module without a factory and what it exports", async () => {
    const cwd = folderWith({
      "e.mjs": "export const a = 1, b = 2;",
      "empty.mjs": "",
      "raw.mjs": "export default { factory() {} };",
    });
    await expect(load("./e.mjs", cwd)).rejects.toEqual(failing("engine-no-factory", /it exports a, b/));
    await expect(load("./empty.mjs", cwd)).rejects.toEqual(failing("engine-no-factory", /it exports nothing/));
    await expect(load("./raw.mjs", cwd)).rejects.toEqual(failing("engine-no-factory", /default/, /defineEngine/));
    await expect(load("./e.mjs", folderWith({ "e.mjs": factory("x") }), { engineId: "x" })).rejects.toEqual(
      failing("engine-unknown-id", /one engine/),
    );
  });

  it("names the place of a syntax error", async () => {
    const cwd = folderWith({ "e.mjs": "export default 1;\nconst = 3;\n", "e.ts": "export default 1;\nconst = 3;\n" });
    await expect(load("./e.mjs", cwd)).rejects.toEqual(
      failing("engine-import", /e\.mjs could not be loaded.*SyntaxError/, /node --check/),
    );
    await expect(load("./e.ts", cwd)).rejects.toEqual(failing("engine-import", /e\.ts could not be loaded.*2:6/));
  });

  it("names a module that throws, a missing dependency and a too old Node", async () => {
    const cwd = folderWith({
      "throws.mjs": `throw new RangeError("at load");`,
      "odd.mjs": "throw undefined;",
      "dep.mjs": `import "no-such-package-at-all"; export default 1;`,
      "old.mjs": `import "node:of-the-future"; export default 1;`,
    });
    await expect(load("./throws.mjs", cwd)).rejects.toEqual(failing("engine-import", /RangeError: at load/));
    await expect(load("./odd.mjs", cwd)).rejects.toEqual(failing("engine-import", /thrown undefined/));
    await expect(load("./dep.mjs", cwd)).rejects.toEqual(failing("engine-import", /no-such-package-at-all/, /npm install/));
    await expect(load("./old.mjs", cwd)).rejects.toEqual(failing("engine-import", /of-the-future/, /--node/));
  });

  it("names a broken package.json and a plugin that was not built", async () => {
    await expect(load(folderWith({ "package.json": "{" }), "/")).rejects.toEqual(
      failing("engine-import", /package\.json is not a JSON object/),
    );
    const unbuilt = folderWith({
      ...pluginFiles(""),
      "package.json": JSON.stringify({ openclaw: { extensions: ["./dist/index.js"] } }),
    });
    await expect(load(unbuilt, "/")).rejects.toEqual(failing("engine-not-found", /\.\/dist\/index\.js/, /build/));
  });
});
