import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { scratchFolder, typed } from "./terminal.fixture.js";

const HOST = "openclaw-2026.7";
const QUICK = ["--host", HOST, "--only", "contract-results", "--cases", "2", "--workers", "0", "--shrink-runs", "20", "--quiet"];
const ENGINE = (estimate: string) => `export default () => ({
  info: { id: "shape", name: "Shape" },
  ingest: async () => ({ ingested: false }),
  assemble: async ({ messages }) => ({ messages, estimatedTokens: ${estimate} }),
  compact: async () => ({ ok: true, compacted: false }),
});`;

let folder: string;
beforeEach(() => {
  folder = scratchFolder();
  writeFileSync(path.join(folder, "wrong.mjs"), ENGINE('"many"'));
  writeFileSync(path.join(folder, "right.mjs"), ENGINE("0"));
});
const certify = (engine: string, ...options: string[]) => typed(["certify", `./${engine}.mjs`, ...QUICK, ...options], folder);
const kept = (): { format: string; violations: Record<string, string>[] } =>
  JSON.parse(readFileSync(path.join(folder, "b.json"), "utf8"));
const edit = (about: Record<string, string>): void => {
  const baseline = kept();
  writeFileSync(
    path.join(folder, "b.json"),
    JSON.stringify({ ...baseline, violations: [{ ...baseline.violations[0], ...about }] }),
  );
};
const flat = (text: string): string => text.replace(/\s+/g, " ");

describe("certify --baseline", () => {
  test("from the first violation to its mending", async () => {
    const first = await certify("wrong", "--baseline", "b.json", "--update-baseline");
    expect(first.exitCode).toBe(1);
    expect(flat(first.out)).toContain(
      `NEW contract-results under ${HOST}: violated, and not in the baseline. Fix the engine; or`,
    );
    expect(first.out).toContain("Baseline: b.json written: 1 known violation, 1 new, 0 taken out");
    const [entry] = kept().violations;
    expect(kept()).toEqual({ format: "ctxspec-baseline/1", violations: [entry] });
    expect(entry).toMatchObject({ clause: "contract-results", host: HOST, reason: "to be explained" });
    const days = (Date.parse(entry?.expires ?? "") - Date.parse(new Date().toISOString().slice(0, 10))) / 86_400_000;
    expect([89, 90]).toContain(days);

    const second = await certify("wrong", "--baseline", "b.json");
    expect(second.exitCode).toBe(0);
    expect(flat(second.out)).toContain("Write the reason into the baseline.");

    edit({ reason: "the host sorts it out", expires: "2020-01-31" });
    const before = readFileSync(path.join(folder, "b.json"), "utf8");
    const third = await certify("wrong", "--baseline", "b.json");
    expect(third.exitCode).toBe(1);
    expect(flat(third.out)).toContain(`EXPIRED contract-results under ${HOST}: accepted until 2020-01-31, which has passed`);
    expect(readFileSync(path.join(folder, "b.json"), "utf8")).toBe(before);
    await certify("wrong", "--baseline", "b.json", "--update-baseline");
    expect(kept().violations).toEqual([{ ...entry, reason: "the host sorts it out", expires: "2020-01-31" }]);

    const mended = await certify("right", "--baseline", "b.json");
    expect(mended.exitCode).toBe(1);
    expect(mended.out).toContain("violates the baseline: No violation that counts is new");
    expect(flat(mended.out)).toMatch(
      /STALE contract-results under openclaw-2026\.7: exercised \d+ times and no longer violated\. Take/,
    );
    const updated = await certify("right", "--baseline", "b.json", "--update-baseline");
    expect(updated.out).toContain("Baseline: b.json written: 0 known violations, 0 new, 1 taken out");
    expect(kept().violations).toEqual([]);
    expect((await certify("right", "--baseline", "b.json")).exitCode).toBe(0);
  });

  test("an engine that cannot be loaded leaves the baseline as it was", async () => {
    const { exitCode, out } = await certify("nowhere", "--baseline", "b.json", "--update-baseline");
    expect(exitCode).toBe(3);
    expect(out).toContain("stays as it was");
    expect(existsSync(path.join(folder, "b.json"))).toBe(false);
  });

  test.each([
    [["--update-baseline"], "usage-option", "--update-baseline needs --baseline"],
    [["--baseline", "b.json"], "baseline-unreadable", "add --update-baseline"],
    [["--baseline", "wrong.mjs", "--update-baseline"], "baseline-invalid", "is not JSON"],
    [["--baseline", "wrong.mjs/b.json", "--update-baseline"], "out-unwritable", "Give --baseline a file"],
  ])("%j is wrong usage: nothing is run, nothing written", async (options, code, message) => {
    const before = readdirSync(folder);
    const { exitCode, err, out } = await certify("wrong", ...options);
    expect(exitCode).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(code);
    expect(err).toContain(message);
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(path.join(folder, "wrong.mjs"), "utf8")).toBe(ENGINE('"many"'));
  });
});
