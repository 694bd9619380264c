import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { describe, expect, it } from "vitest";
import { hasPrivateEnvironment, privateEnvironment, privatePaths } from "./environment.js";
import { folderWith } from "./fixtures/engine-folder.fixture.js";

describe("privateEnvironment", () => {
  it("points home and state below the folder, and back again", () => {
    const before = { ...process.env };
    const folder = folderWith({});
    const restore = privateEnvironment(folder, { CTXSPEC_TEST_VARIABLE: "set" });
    const { home, state } = privatePaths(folder);
    expect(homedir()).toBe(home);
    expect(process.env.OPENCLAW_STATE_DIR).toBe(state);
    expect(process.env.XDG_DATA_HOME?.startsWith(folder)).toBe(true);
    expect(process.env.CTXSPEC_TEST_VARIABLE).toBe("set");
    expect(existsSync(state)).toBe(true);
    expect(hasPrivateEnvironment()).toBe(true);
    restore();
    restore();
    expect({ ...process.env }).toEqual(before);
    expect(hasPrivateEnvironment()).toBe(false);
  });

  it("nests", () => {
    const before = homedir();
    const outer = privateEnvironment(folderWith({}));
    const outerHome = homedir();
    const inner = privateEnvironment(folderWith({}));
    expect(homedir()).not.toBe(outerHome);
    inner();
    expect(homedir()).toBe(outerHome);
    outer();
    expect(homedir()).toBe(before);
  });
});
