// ctxspec merge on real shards: the bytes of report.json, the other formats, and bad input.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../define/index.js";
import { packageRoot } from "./package-root.js";
import { scratchFolder, typed } from "./terminal.fixture.js";

const HOSTS = ["--host", "openclaw-2026.9,heartbeat-run-durable"];

/** report.json as text, durations and dates taken out. */
function bytes(folder: string): string {
  const report = JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8")) as Report;
  return JSON.stringify({ ...report, run: { ...report.run, durationMs: 0, startedAt: "" } }, null, 2);
}

async function shardsIn(folder: string, line: string[], count: number): Promise<string[]> {
  const outs: string[] = [];
  for (let index = 1; index <= count; index++) {
    const out = `shards/${index}`;
    await typed(["certify", ...line, "--shard", `${index}/${count}`, "--out", out, "--quiet"], folder);
    outs.push(out);
  }
  return outs;
}

describe("three shards of a run", () => {
  test("of a conforming engine are merged into the bytes of the whole run", async () => {
    const folder = scratchFolder();
    const line = [
      "reference",
      ...HOSTS,
      "--cases",
      "12",
      "--only",
      "isolation-tick,contract-shape,history-order",
      "--workers",
      "0",
    ];
    const whole = await typed(["certify", ...line, "--quiet"], folder);
    expect(whole.exitCode).toBe(0);
    const outs = await shardsIn(folder, line, 3);
    const merged = await typed(["merge", ...outs, "--out", "merged"], folder);
    expect(merged).toMatchObject({ exitCode: 0, err: "" });
    expect(merged.out).toContain("Report: merged/report.json");
    expect(bytes(path.join(folder, "merged"))).toBe(bytes(path.join(folder, "ctxspec-report")));
  });

  test("of a broken engine in worker processes, too, with every failing case", async () => {
    const folder = scratchFolder();
    const engine = path.join(packageRoot(), "docs/samples/engine/kept-by-key.mjs");
    writeFileSync(path.join(folder, "engine.mjs"), readFileSync(engine));
    const line = ["./engine.mjs", ...HOSTS, "--cases", "6", "--only", "isolation-session,contract-shape", "--shrink-runs", "30"];
    const workers = ["--workers", "2"];
    const whole = await typed(["certify", ...line, ...workers, "--quiet", "--out", "whole"], folder);
    expect(whole.exitCode).toBe(1);
    const outs = await shardsIn(folder, [...line, ...workers], 3);
    const files = outs.map((out) => `${out}/report.json`).reverse();
    // Replay commands name the folder of the report, so that is where the whole run's has to be, too.
    const moved = path.join(folder, "elsewhere");
    mkdirSync(moved);
    const merged = await typed(["merge", ...files, "--out", "elsewhere/whole", "--report", "html,text=notes.txt"], folder);
    expect(merged.exitCode).toBe(1);
    const asWhole = bytes(path.join(moved, "whole")).replaceAll("elsewhere/whole/", "whole/");
    expect(asWhole).toBe(bytes(path.join(folder, "whole")));
    expect(readdirSync(path.join(moved, "whole/cases")).sort()).toEqual(readdirSync(path.join(folder, "whole/cases")).sort());
    expect(readdirSync(path.join(moved, "whole/cases")).length).toBeGreaterThan(1);
    expect(existsSync(path.join(moved, "whole/report.html"))).toBe(true);
    expect(readFileSync(path.join(folder, "notes.txt"), "utf8")).toContain("isolation-session");
  });
});

describe("bad input is refused, and nothing is written", () => {
  const QUICK = ["reference", "--host", "openclaw-2026.9", "--only", "contract-shape", "--cases", "2", "--workers", "0"];

  async function refused(folder: string, line: string[]): Promise<string> {
    const before = readdirSync(folder).sort();
    const { exitCode, out, err } = await typed(["merge", ...line], folder);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(err.trimEnd().split("\n")).toHaveLength(3);
    expect(readdirSync(folder).sort()).toEqual(before);
    return err;
  }

  test.each([
    ["{", "is not JSON"],
    ["null", "found no format"],
    ['{"format": "ctxspec-case/1"}', "is a case, not a report"],
    ['{"format": "ctxspec-report/1"}', "is not a valid report at tool"],
  ])("a file with %s", async (text, words) => {
    const folder = scratchFolder();
    writeFileSync(path.join(folder, "r.json"), text);
    expect(await refused(folder, ["r.json"])).toContain(words);
  });

  test("no file, a whole run, a missing, a repeated and a foreign shard, and an --out over a shard", async () => {
    const folder = scratchFolder();
    expect(await refused(folder, ["none.json"])).toContain("cannot read the report");
    await typed(["certify", ...QUICK, "--out", "whole", "--quiet"], folder);
    expect(await refused(folder, ["whole"])).toContain("whole/report.json is the report of a whole run");
    await shardsIn(folder, QUICK, 2);
    expect(await refused(folder, ["shards/1"])).toContain("shard 2/2 is missing");
    expect(await refused(folder, ["shards/1", "shards/1", "shards/2"])).toContain("shard 1/2 was given 2 times");
    expect(await refused(folder, ["shards/1", "shards/2", "--out", "shards/2"])).toContain("would overwrite the shard");
    await typed(["certify", ...QUICK, "--seed", "7", "--shard", "2/2", "--out", "foreign", "--quiet"], folder);
    expect(await refused(folder, ["shards/1", "foreign"])).toContain("seed: expected 1, found 7");
  });

  test("no report at all", async () => {
    const { exitCode, err } = await typed(["merge"], scratchFolder());
    expect(exitCode).toBe(2);
    expect(err).toContain("ctxspec merge --help");
  });
});
