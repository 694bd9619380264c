import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { dirSync } from "tmp-promise";
import { afterAll, describe, expect, it } from "vitest";
import { typed } from "../commands/terminal.fixture.js";
import { CtxspecError } from "../define/index.js";
import { checkNode } from "./node-version.js";

const folder = dirSync({ unsafeCleanup: true });
afterAll(() => folder.removeCallback());

function program(name: string, text: string): string {
  const file = path.join(folder.name, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

function refusal(file: string): CtxspecError {
  try {
    checkNode(file);
  } catch (error) {
    if (error instanceof CtxspecError) return error;
  }
  throw new Error("it was taken for a Node");
}

describe.skipIf(process.platform === "win32")("the file that --node names", () => {
  it("is a Node that is new enough", () => {
    expect(checkNode(process.execPath)).toBe(process.version);
    expect(checkNode(program("nightly", "echo v27.0.0-nightly20260101"))).toBe("v27.0.0-nightly20260101");
  });

  it.each([
    ["silent", "exit 3", "is no Node: asked for its version it says nothing (exit code 3)"],
    ["deno", "echo 'deno 2.1.0'", 'is no Node: asked for its version it says "deno 2.1.0"'],
    ["old", "echo v18.20.4", "is Node v18.20.4: too old"],
    ["nearly", "echo v20.18.9", "is Node v20.18.9: too old"],
  ])("%s: refused, and the reason said", (name, text, said) => {
    const error = refusal(program(name, text));
    expect(error).toMatchObject({ code: "usage-option", exitCode: 2 });
    expect(error.message).toContain(said);
    expect(error.hint).toContain("20.19 or later");
  });

  it("cannot be run at all", () => {
    expect(refusal(path.join(folder.name, "nowhere")).message).toContain("could not be run");
    const plain = path.join(folder.name, "plain.txt");
    writeFileSync(plain, "no program");
    expect(refusal(plain).message).toContain("could not be run");
  });

  it.each(["certify", "doctor"])("%s says so in three lines and runs nothing", async (command) => {
    const ran = await typed([command, "reference", "--node", program("ancient", "echo v16.0.0")], folder.name);
    expect(ran).toMatchObject({ exitCode: 2, out: "" });
    expect(ran.err.trimEnd().split("\n")).toHaveLength(3);
    expect(ran.err).toContain("is Node v16.0.0: too old");
  });
});
