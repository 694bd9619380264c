import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { scratchFolder } from "./commands/terminal.fixture.js";
import { allOptions, optionFlag, readSettings } from "./config.js";
import { settingsFrom } from "./config-file.js";
import { CtxspecError } from "./define/errors.js";

const typed = (values: Record<string, unknown>) => readSettings(values, { from: "command line" });

function refusal(work: () => unknown): CtxspecError {
  try {
    work();
  } catch (error) {
    if (error instanceof CtxspecError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("reading options", () => {
  test.each([
    ["30s", 30_000],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["1.5s", 1_500],
    ["250ms", 250],
  ])("the duration %s is %d ms", (text, ms) => {
    expect(typed({ time: text }).time).toBe(ms);
  });

  test("numbers come as text or as numbers", () => {
    expect(typed({ cases: "12", seed: "-3", workers: 0, callTimeout: "10s" })).toEqual({
      cases: 12,
      seed: -3,
      workers: 0,
      callTimeout: 10_000,
    });
  });

  test("lists come with commas, several times, or as lists", () => {
    expect(typed({ host: ["openclaw-2026.9,heartbeat-run", "openclaw-2026.9"] }).host).toEqual([
      "openclaw-2026.9",
      "heartbeat-run",
    ]);
    expect(typed({ only: "isolation-tick, key-continuity" }).only).toEqual(["isolation-tick", "key-continuity"]);
  });

  test("hosts, the library's name, is the same as host", () => {
    expect(typed({ hosts: ["heartbeat-run"] })).toEqual({ host: ["heartbeat-run"] });
  });

  test("a report may have a path of its own", () => {
    expect(typed({ report: "text,json=out/r.json" }).report).toEqual([{ name: "text" }, { name: "json", path: "out/r.json" }]);
  });

  test.each([
    [{ cases: "many" }, "usage-option", '--cases must be a whole number of at least 0, but is "many"'],
    [{ cases: "-1" }, "usage-option", "--cases must be"],
    [{ time: "30" }, "usage-option", "--time must be a duration with a unit"],
    [{ shard: "3/2" }, "usage-option", "--shard must be like 2/5"],
    [{ preset: "fast" }, "usage-option", "--preset must be smoke, ci or certify"],
    [{ host: "openclaw-2026.8" }, "usage-host", '--host names "openclaw-2026.8"'],
    [{ only: "isolation-tik" }, "usage-clause", '--only names "isolation-tik"'],
    [{ skip: "" }, "usage-clause", "--skip must name at least one clause"],
    [{ report: "txt" }, "usage-report", '--report names "txt"'],
    [{ callTimeout: "0" }, "usage-option", "--call-timeout must be a number of milliseconds above 0"],
  ])("%o is refused", (values, code, message) => {
    const error = refusal(() => typed(values));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.exitCode).toBe(2);
    expect(error.hint).not.toBe("");
  });

  test("a wrong name is answered with the nearest one", () => {
    expect(refusal(() => typed({ only: "isolation-tik" })).hint).toContain('did you mean "isolation-tick"?');
    expect(refusal(() => typed({ time: "30" })).hint).toContain('did you mean "30s"?');
  });

  test("every option is told about, in a form that can be typed", () => {
    for (const { name, help } of allOptions()) {
      expect(optionFlag(name)).toMatch(/^--[a-z-]+$/);
      expect(help.about).not.toBe("");
    }
  });
});

describe("the config file", () => {
  const write = (name: string, content: string): string => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, name), content);
    return folder;
  };

  test("is found and read as JSON, JavaScript and TypeScript", async () => {
    expect(await settingsFrom({}, write("ctxspec.config.json", '{ "cases": 5, "time": "1m" }'))).toMatchObject({
      cases: 5,
      time: 60_000,
    });
    expect(await settingsFrom({}, write("ctxspec.config.mjs", "export default { seed: 7 };"))).toMatchObject({ seed: 7 });
    expect(await settingsFrom({}, write("ctxspec.config.ts", "const seed: number = 8; export default { seed };"))).toMatchObject({
      seed: 8,
    });
  });

  test("gives way to the command line", async () => {
    const folder = write("ctxspec.config.json", '{ "cases": 5, "seed": 3 }');
    expect(await settingsFrom({ seed: "9" }, folder)).toMatchObject({ cases: 5, seed: 9 });
  });

  test("gives way as a whole where the command line says how long to run", async () => {
    const settings = await settingsFrom({ preset: "smoke" }, write("ctxspec.config.json", '{ "cases": 5, "time": "1m" }'));
    expect(settings).toEqual({ preset: "smoke" });
  });

  test.each([
    ["{ cases: 5 }", "cannot be read"],
    ["[1]", "holds no options"],
    ['{ "casses": 5 }', 'has an option "casses"'],
    ['{ "cases": "x" }', '"cases" in'],
  ])("%s is refused", async (content, message) => {
    const error = await settingsFrom({}, write("ctxspec.config.json", content)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "config-invalid", exitCode: 2 });
    expect((error as Error).message).toContain(message);
  });

  test("--config names a file, which must be there", async () => {
    const folder = scratchFolder();
    mkdirSync(path.join(folder, "etc"));
    writeFileSync(path.join(folder, "etc/mine.json"), '{ "strict": true }');
    expect(await settingsFrom({ config: "etc/mine.json" }, folder)).toEqual({ strict: true });
    await expect(settingsFrom({ config: "etc/other.json" }, folder)).rejects.toMatchObject({ code: "config-invalid" });
  });
});
