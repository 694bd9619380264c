import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type BridgeHolder, HOST_BRIDGE, type HostBridge } from "../define/loaded.js";
import { declare } from "./declare.js";
import { engineText, folderWith, pluginFiles } from "./fixtures/engine-folder.fixture.js";
import { type LoadOptions, loadEngine } from "./load.js";

const load = (files: Record<string, string>, more: Partial<LoadOptions> = {}) =>
  loadEngine(".", { cwd: folderWith(files), builtIn: {}, ...more });
const failing = (code: string, message: RegExp, hint: RegExp = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
const registering = (id: string, more = "") => `api.registerContextEngine(${JSON.stringify(id)}, () => ${engineText(id, more)});`;
/** An engine whose name is the JSON of an expression that sees \`api\` and \`ctx\`. */
const telling = (expression: string) =>
  `api.registerContextEngine("t", async (ctx) => ({ ...${engineText("t")}, info: { id: "t", name: JSON.stringify(await (${expression})) ?? "undefined" } }));`;
const told = async (
  expression: string,
  more: Partial<LoadOptions> = {},
  files: Record<string, string> = {},
): Promise<unknown> => {
  const engine = await load({ ...pluginFiles(telling(expression)), ...files }, more);
  return JSON.parse((await declare(engine)).info.name);
};

const holder = globalThis as BridgeHolder;
function playing(stateDir: string): void {
  const bridge: Partial<HostBridge> = {
    stateDir: () => stateDir,
    complete: async ({ messages }) => ({
      text: `summary of ${messages.length}`,
      provider: "p",
      model: "m",
      agentId: "main",
      usage: {},
      audit: {},
    }),
  };
  holder[HOST_BRIDGE] = bridge as HostBridge;
}
afterEach(() => {
  delete holder[HOST_BRIDGE];
});

describe("plugins", () => {
  it("are loaded from a folder with everything they say about themselves", async () => {
    const engine = await load(
      pluginFiles(registering("e"), {
        openclaw: { extensions: ["./index.js"], install: { minHostVersion: "2026.7.1" } },
        peerDependencies: { openclaw: "*" },
      }),
    );
    expect(engine).toMatchObject({
      kind: "plugin",
      id: "e",
      name: "Some Plugin",
      version: "1.2.3",
      hostVersions: { minHostVersion: "2026.7.1", peer: "*" },
    });
    expect(engine.digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await declare(engine)).methods).toEqual(["ingest", "assemble", "compact"]);
  });

  it.each([
    ["a function", { "index.js": `export default function (api) { ${registering("e")} }` }],
    ["an async function", { "index.js": `export default async (api) => { await null; ${registering("e")} };` }],
    ["an export register", { "index.js": `export function register(api) { ${registering("e")} }` }],
    [
      "CommonJS",
      {
        "index.cjs": `module.exports = { register(api) { ${registering("e")} } };`,
        "package.json": `{"openclaw":{"extensions":["./index.cjs"]}}`,
      },
    ],
    [
      "TypeScript",
      {
        "index.ts": `export default { register(api: any): void { ${registering("e")} } };`,
        "package.json": `{"openclaw":{"extensions":["./index.ts"]}}`,
      },
    ],
    [
      "a manifest alone",
      { "package.json": "{}", "src/index.ts": `export default (api: any) => { ${registering("e")} };`, "index.js": "" },
    ],
    [
      "this",
      {
        "index.js": `export default { id: "e", register(api) { const id = this.id; api.registerContextEngine(id, () => ${engineText("e")}); } };`,
      },
    ],
  ])("register as %s", async (_form, files) => {
    const all: Record<string, string> = { ...pluginFiles(""), ...files };
    if (all["index.js"] === "") delete all["index.js"];
    expect((await declare(await load(all))).info.id).toBe("e");
  });

  it("are recognised by their entry file, and by an object with register", async () => {
    const cwd = folderWith(pluginFiles(registering("e")));
    expect(await loadEngine("./index.js", { cwd, builtIn: {} })).toMatchObject({ kind: "plugin", name: "Some Plugin" });
    const single = folderWith({ "single.mjs": `export default { register(api) { ${registering("s")} } };` });
    expect(await loadEngine("./single.mjs", { cwd: single, builtIn: {} })).toMatchObject({ kind: "plugin", id: "s" });
  });

  it("register twice, and the second time replaces nothing", async () => {
    const register = `const mode = api.registrationMode; globalThis.modesSeen = [...(globalThis.modesSeen ?? []), mode];
      api.registerContextEngine("e", () => ({ ...${engineText("e")}, info: { id: "e", name: mode } }));`;
    const engine = await load(pluginFiles(register));
    expect((await declare(engine)).info.name).toBe("full");
    expect((globalThis as { modesSeen?: string[] }).modesSeen).toEqual(["full", "discovery"]);
    const failsLater = await load(
      pluginFiles(`if (api.registrationMode === "discovery") throw new Error("only once"); ${registering("e")}`),
    );
    expect(failsLater.notes.join()).toContain("only once");
  });

  it("have entries ignored that are not (string, function)", async () => {
    const engine = await load(
      pluginFiles(
        `api.registerContextEngine({ id: "x" }); api.registerContextEngine("", () => {}); api.registerContextEngine("y", {}); ${registering("e")}`,
      ),
    );
    expect(engine.id).toBe("e");
    expect(engine.notes.join()).toContain("registerContextEngine(object, undefined)");
  });

  it("are chosen from by engineId", async () => {
    const two = pluginFiles(registering("first") + registering("second"));
    await expect(load(two)).rejects.toEqual(
      failing("engine-several", /"first", "second"/, /--engine-id first or --engine-id second/),
    );
    expect((await load(two, { engineId: "second" })).id).toBe("second");
    await expect(load(two, { engineId: "secnd" })).rejects.toEqual(
      failing("engine-unknown-id", /"secnd"/, /did you mean "second"\?/),
    );
  });

  it("are refused with a reason when they register nothing or fail", async () => {
    await expect(load(pluginFiles(""))).rejects.toEqual(failing("engine-nothing-registered", /registered no context engine/));
    await expect(load(pluginFiles("api.registerContextEngine({})"))).rejects.toEqual(
      failing("engine-nothing-registered", /ignored: registerContextEngine/),
    );
    await expect(load({ ...pluginFiles(""), "index.js": "export const x = 1;" })).rejects.toEqual(
      failing("engine-nothing-registered", /exports x/),
    );
    await expect(load(pluginFiles(`throw new Error("boom")`))).rejects.toEqual(failing("engine-import", /boom/));
  });
});

describe("the plugin API", () => {
  it("answers what engines ask, and takes everything else", async () => {
    const register = `
      api.registerTool({}); api.registerService({ id: "s" }); api.session.controls.registerSessionAction({});
      api.registerSomethingNew("x")?.y.z(); api.runtime.brandNew.deep.run();
      if (api.registerHttpRoute({}) !== undefined) throw new Error("known registrars return nothing");
      if (typeof api.then !== "undefined" || await api.notThere() === undefined) throw new Error("odd");
      api.logger.info("x"); api.runtime.logging.getChildLogger("y").warn("z");
      ${registering("e")}`;
    const files = pluginFiles("");
    files["index.js"] = `export default async (api) => { ${register} };`;
    const { touched } = await load(files);
    expect(touched).toEqual(
      expect.arrayContaining(["registerTool", "session.controls.registerSessionAction", "registerSomethingNew (unknown)"]),
    );
    expect(touched).toContain("runtime.brandNew.deep.run (unknown)");
    expect(touched.filter((path) => /^runtime( |$)|brandNew( |$)/.test(path))).toEqual([]);
  });

  it("has no model of its own beside the runtime's: a plugin that tries one falls back as it does in a host", async () => {
    const files = pluginFiles("");
    const register = `if (typeof (api.llm?.complete ?? api.runtime.llm.complete) !== "function" || api.llm !== undefined) throw new Error("odd");`;
    files["index.js"] = `export default (api) => { ${register} ${registering("e")} };`;
    const { touched } = await load(files);
    expect(touched).toContain("llm (absent)");
  });

  it("gives configuration with the manifest's defaults", async () => {
    const manifest = JSON.stringify({
      id: "some",
      configSchema: {
        type: "object",
        properties: { size: { default: 7 }, deep: { properties: { a: { default: [1] } } }, none: {} },
      },
    });
    const expression =
      "[api.pluginConfig, api.config.plugins.entries.some.config, api.runtime.config.current().plugins.slots.contextEngine, ctx.config === api.config]";
    const config = { size: 9, deep: { a: [1] } };
    expect(await told(expression, { pluginConfig: { size: 9 } }, { "openclaw.plugin.json": manifest })).toEqual([
      config,
      config,
      "some",
      true,
    ]);
  });

  it("asks the playing host for completions and paths", async () => {
    playing("/cases/1");
    expect(await told(`(await api.runtime.llm.complete({ messages: [1, 2] })).text`)).toBe("summary of 2");
    const paths = `[api.runtime.agent.session.resolveStorePath(undefined, { agentId: "a" }), api.runtime.agent.session.resolveSessionFilePath("id"), api.runtime.agent.session.loadSessionStore("/no")]`;
    expect(await told(paths)).toEqual(["/cases/1/agents/a/sessions/sessions.json", "/cases/1/agents/main/sessions/id.jsonl", {}]);
    delete holder[HOST_BRIDGE];
    await expect(told(`api.runtime.llm.complete({ messages: [] })`)).rejects.toEqual(
      failing("engine-factory-threw", /no case is being played/),
    );
  });

  it("keeps gateway hooks for a restart", async () => {
    const engine = await load(
      pluginFiles(
        `globalThis.hooksRun = []; for (const name of ["gateway_stop", "gateway_start"]) api.on(name, async () => { hooksRun.push(name); }); api.on(3, 4); ${registering("e")}`,
      ),
    );
    await engine.gateway?.stop();
    await engine.gateway?.start();
    expect((globalThis as { hooksRun?: string[] }).hooksRun).toEqual(["gateway_stop", "gateway_start"]);
    expect((await load(pluginFiles(registering("e")))).gateway).toBeUndefined();
  });

  it("registers anew when another case is played, so that paths worked out while registering follow", async () => {
    const at = "const where = api.runtime.agent.session.resolveStorePath();";
    const engine = await load(
      pluginFiles(`${at} api.registerContextEngine("e", () => ({ ...${engineText("e")}, info: { id: "e", name: where } }));`),
    );
    const seen: string[] = [];
    for (const folder of ["/cases/1", "/cases/1", "/cases/2"]) {
      playing(folder);
      seen.push((await engine.adapter.factory({})).info.name);
    }
    expect(seen.map((path) => path.slice(0, 8))).toEqual(["/cases/1", "/cases/1", "/cases/2"]);
    const once = await load(pluginFiles(`if (globalThis.onlyOnce) return; globalThis.onlyOnce = true; ${registering("e")}`));
    playing("/cases/3");
    expect((await once.adapter.factory({})).info.id).toBe("e");
  });
});

it("loading is private: another home that outlives it, and no network", async () => {
  const head = `import { homedir } from "node:os"; import { mkdirSync, writeFileSync } from "node:fs";
    const file = homedir() + "/state.txt"; writeFileSync(file, "kept"); await fetch("https://example.org/x").catch(() => {});`;
  const engine = await load(
    pluginFiles(`api.registerContextEngine("e", () => ({ ...${engineText("e")}, info: { id: "e", name: file } }));`, {}, head),
  );
  const { info } = await declare(engine);
  expect(info.name.startsWith(homedir())).toBe(false);
  expect(existsSync(info.name) && readFileSync(info.name, "utf8")).toBe("kept");
  expect(existsSync(join(homedir(), "state.txt"))).toBe(false);
  expect(engine.notes.join()).toContain("https://example.org/x");
});
