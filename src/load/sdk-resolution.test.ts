import { describe, expect, it } from "vitest";
import { declare } from "./declare.js";
import { engineText, folderWith, pluginFiles } from "./fixtures/engine-folder.fixture.js";
import { loadEngine } from "./load.js";

const load = (files: Record<string, string>) => loadEngine(".", { cwd: folderWith(files), builtIn: {} });
const named = (expression: string) =>
  `api.registerContextEngine("e", () => ({ ...${engineText("e")}, info: { id: "e", name: String(${expression}) } }));`;
const REAL = {
  "node_modules/openclaw/package.json": JSON.stringify({
    name: "openclaw",
    version: "2026.9.6",
    type: "module",
    exports: { "./plugin-sdk/core": "./core.js" },
  }),
  "node_modules/openclaw/core.js": `export const resolveGatewayPort = () => "theirs"; export const delegateCompactionToRuntime = () => "theirs";`,
};
const IMPORTS = `import { delegateCompactionToRuntime as delegate, resolveGatewayPort } from "openclaw/plugin-sdk/core";`;
const SHOWN = named(`[String(delegate).includes("theirs") ? "theirs" : "ours", String(resolveGatewayPort()) || "no-op"]`);

describe("SDK imports", () => {
  it("of any name resolve, in every form of import", async () => {
    const head = `
      import { definePluginEntry, SomeNameNobodyKnows as Odd } from "openclaw/plugin-sdk/core";
      import whole, * as space from "openclaw/plugin-sdk/never-heard-of";
      import { VERSION } from "openclaw";
      export { reexported } from "openclaw/plugin-sdk/another";
      class Sub extends Odd {}
      const { late } = await import("openclaw/plugin-sdk/lazy");`;
    const engine = await load(
      pluginFiles(
        named(`[definePluginEntry(3), typeof new Sub(), typeof whole.x, typeof space.y(), typeof late(), typeof VERSION]`),
        {},
        head,
      ),
    );
    expect((await declare(engine)).info.name).toBe("3,object,function,function,function,function");
    expect(engine.sdk).toEqual({
      openclaw: "no-op",
      "openclaw/plugin-sdk/another": "no-op",
      "openclaw/plugin-sdk/core": "stand-in",
      "openclaw/plugin-sdk/lazy": "no-op",
      "openclaw/plugin-sdk/never-heard-of": "no-op",
    });
  });

  it("note no-ops that were called while loading", async () => {
    const head = `import { prepare } from "openclaw/plugin-sdk/setup-stuff"; prepare.all();`;
    expect((await load(pluginFiles(named("1"), {}, head))).notes).toContain(
      "called the no-op openclaw/plugin-sdk/setup-stuff: prepare.all()",
    );
  });

  it.each(["cjs", "ts", "js-barrel", "dependency"])("resolve from %s", async (form) => {
    const forms: Record<string, Record<string, string>> = {
      cjs: {
        "package.json": `{"openclaw":{"extensions":["./index.cjs"]}}`,
        "index.cjs": `const { definePluginEntry } = require("openclaw/plugin-sdk/core"); const { odd } = require("openclaw/x");
          module.exports = definePluginEntry({ register(api) { ${named("typeof odd.deep()")} } });`,
      },
      ts: {
        "package.json": `{"openclaw":{"extensions":["./index.ts"]}}`,
        "index.ts": `import { definePluginEntry, type OpenClawPluginApi } from "openclaw/plugin-sdk/core"; import odd, * as all from "openclaw/x";
          export default definePluginEntry({ register(api: OpenClawPluginApi) { ${named("typeof odd.deep(all.z)")} } });`,
      },
      "js-barrel": {
        ...pluginFiles(
          named("typeof odd()"),
          {},
          `import { definePluginEntry } from "./sdk.js"; import { odd } from "openclaw/x"; definePluginEntry({});`,
        ),
        "sdk.js": `export * from "openclaw/plugin-sdk/core";`,
      },
      dependency: {
        ...pluginFiles(named("typeof odd()"), {}, `import { odd } from "dep";`),
        "node_modules/dep/package.json": `{"name":"dep","type":"module","exports":"./dep.js"}`,
        "node_modules/dep/dep.js": `export { odd } from "openclaw/x";`,
      },
    };
    const engine = await load(forms[form] ?? {});
    expect((await declare(engine)).info.name).toBe("function");
    expect(engine.sdk["openclaw/x"]).toBe("no-op");
  });
});

describe("the engine's own openclaw package", () => {
  it("is used, except for what reaches back", async () => {
    const engine = await load({ ...pluginFiles(SHOWN, {}, IMPORTS), ...REAL });
    expect((await declare(engine)).info.name).toBe("ours,theirs");
    expect(engine.sdk).toEqual({ "openclaw/plugin-sdk/core": "engine's own package" });
    expect(engine.notes.join()).toContain("own openclaw 2026.9.6 serves");
  });

  it("is no help where it is a placeholder without an SDK", async () => {
    const placeholder = JSON.stringify({ name: "openclaw", version: "0.0.1", main: "index.js" });
    const engine = await load({ ...pluginFiles(SHOWN, {}, IMPORTS), "node_modules/openclaw/package.json": placeholder });
    expect((await declare(engine)).info.name).toBe("ours,no-op");
    expect(engine.notes.join()).toContain("own openclaw 0.0.1 has no plugin SDK: stand-ins serve");
  });

  it("is used through require, too", async () => {
    const files = {
      "package.json": `{"openclaw":{"extensions":["./index.cjs"]}}`,
      "index.cjs": `const { delegateCompactionToRuntime: delegate, resolveGatewayPort } = require("openclaw/plugin-sdk/core");
        module.exports = (api) => { ${SHOWN} };`,
      "node_modules/openclaw/package.json": `{"name":"openclaw","version":"2026.5.1","exports":{"./plugin-sdk/core":"./core.js"}}`,
      "node_modules/openclaw/core.js": `exports.resolveGatewayPort = () => "theirs"; exports.delegateCompactionToRuntime = () => "theirs";`,
    };
    expect((await declare(await load(files))).info.name).toBe("ours,theirs");
  });

  it("gives way to stand-ins when this Node cannot run it, or it lacks the module", async () => {
    const old = JSON.stringify({ name: "openclaw", version: "2027.1.1", engines: { node: ">=999" }, exports: {} });
    const engine = await load({ ...pluginFiles(SHOWN, {}, IMPORTS), ...REAL, "node_modules/openclaw/package.json": old });
    expect((await declare(engine)).info.name).toBe("ours,no-op");
    expect(engine.notes.join()).toContain("needs Node >=999");
    const other = await load({
      ...pluginFiles(named("typeof y()"), {}, `import { y } from "openclaw/plugin-sdk/not-exported";`),
      ...REAL,
    });
    expect((await declare(other)).info.name).toBe("function");
    expect(other.sdk).toEqual({ "openclaw/plugin-sdk/not-exported": "no-op" });
  });
});
