import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dirSync } from "tmp-promise";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changedFiles, engineFiles, inFolder } from "./engine-files.js";

let folder: string;
beforeEach(() => {
  folder = dirSync({ unsafeCleanup: true }).name;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text = name): string => {
  const full = path.join(folder, name);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
};
const names = (root: string, leftOut: string[] = []): string[] => Object.keys(engineFiles(root, leftOut).files);

describe("the files of an engine", () => {
  it("of a module are those it imports by a relative path, however that is written", () => {
    const entry = write(
      "src/engine.ts",
      `import { a } from "./a.js";\nimport "../side.mjs";\nexport * from './folder';\nconst b = await import("./b");\nconst c = require("./c.json");\nimport fs from "node:fs";\nimport "./missing.js"; import "./a.js/no.js";`,
    );
    write("src/a.ts", 'import { e } from "./engine.js"; import d from "./d.js?raw";');
    write("src/d.js");
    write("side.mjs");
    write("src/folder/index.ts");
    write("src/b.mts");
    write("src/c.json", "{}");
    write("src/unused.ts");
    expect(names(entry)).toEqual(["../side.mjs", "a.ts", "b.mts", "c.json", "d.js", "engine.ts", "folder/index.ts"]);
  });

  it("of a folder are all but dependencies, reports and what is left out", () => {
    for (const name of ["package.json", "dist/x.js", "node_modules/y/z.js", ".git/HEAD", "ctxspec-report/report.json"])
      write(name);
    write("c.json");
    write("out/report.json");
    write("output.js");
    expect(names(folder, ["c.json", "out"])).toEqual(["dist/x.js", "output.js", "package.json"]);
    expect(engineFiles(folder, []).newestMs).toBeGreaterThan(0);
  });

  it("of an engine of ctxspec are none", () => {
    expect(engineFiles(undefined, [])).toMatchObject({ files: {}, newestMs: 0 });
  });

  it("lie in its folder or not", () => {
    const module = write("engine.ts");
    const places = [path.join(folder, "c.json"), path.join(folder, "deep/out"), path.join(folder, "../other.json"), folder];
    expect(inFolder(folder, places)).toEqual(["c.json", "deep/out"]);
    expect(inFolder(module, places)).toEqual([]);
    expect(inFolder(undefined, places)).toEqual([]);
  });

  it("that changed are named", () => {
    expect(changedFiles({ a: "1", b: "1", c: "1" }, { a: "1", b: "2", d: "1" })).toEqual([
      "b was changed",
      "c is gone",
      "d is new",
    ]);
    expect(changedFiles({ a: "1" }, { a: "1" })).toEqual([]);
  });
});
