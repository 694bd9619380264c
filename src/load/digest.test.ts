import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { digestFile, digestFolder } from "./digest.js";
import { folderWith } from "./fixtures/engine-folder.fixture.js";

const FILES = { "a.js": "1", "lib/b.js": "2", "lib-c.js": "3" };

describe("digestFolder", () => {
  it("depends on names and contents only", () => {
    expect(digestFolder(folderWith(FILES))).toBe(digestFolder(folderWith(FILES)));
    expect(digestFolder(folderWith(FILES))).toMatch(/^[0-9a-f]{64}$/);
    expect(digestFolder(folderWith({ ...FILES, "a.js": "x" }))).not.toBe(digestFolder(folderWith(FILES)));
    expect(digestFolder(folderWith({ "a.j": "s1" }))).not.toBe(digestFolder(folderWith({ "a.js": "1" })));
  });

  it("leaves dependencies, history and reports out", () => {
    const root = folderWith(FILES);
    const before = digestFolder(root);
    for (const name of ["node_modules/x", ".git", "ctxspec-report"]) {
      mkdirSync(join(root, name), { recursive: true });
      writeFileSync(join(root, name, "file"), name);
    }
    expect(digestFolder(root)).toBe(before);
  });

  it("leaves a report folder of any name out, so that one run does not make another engine for the next", () => {
    const root = folderWith(FILES);
    const before = digestFolder(root);
    mkdirSync(join(root, "shard-1", "cases"), { recursive: true });
    writeFileSync(join(root, "shard-1", "cases", "a.case.json"), "{}");
    const unlike = digestFolder(root);
    writeFileSync(join(root, "shard-1", "report.json"), `{\n  "format": "ctxspec-report/1"\n}\n`);
    expect(unlike).not.toBe(before);
    expect(digestFolder(root)).toBe(before);
    writeFileSync(join(root, "shard-1", "cases", "engine.mjs"), "code is never hidden by a report");
    expect(digestFolder(root)).not.toBe(before);
  });
});

it("digestFile follows the file's content", () => {
  const root = folderWith(FILES);
  const before = digestFile(join(root, "a.js"));
  appendFileSync(join(root, "a.js"), " ");
  expect(digestFile(join(root, "a.js"))).not.toBe(before);
});
