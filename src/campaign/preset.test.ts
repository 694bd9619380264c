import { describe, expect, it } from "vitest";
import { classOf } from "../generate/index.js";
import { extentOf, inShard, shardOf, sharesOf } from "./preset.js";

describe("the extent of a campaign", () => {
  it("comes from the preset, ci where none is named", () => {
    expect(extentOf({}).preset).toBe("ci");
    expect(extentOf({}).timeMs).toBe(60_000);
    expect(extentOf({ preset: "smoke" }).timeMs).toBe(10_000);
    expect(extentOf({ preset: "certify" })).toEqual({ preset: "certify", cases: 10_000 });
  });

  it("is replaced by cases and time", () => {
    expect(extentOf({ preset: "certify", cases: 7 })).toEqual({ preset: "custom", cases: 7 });
    expect(extentOf({ cases: 7, timeMs: 5 })).toEqual({ preset: "custom", cases: 7, timeMs: 5 });
    expect(extentOf({ timeMs: 5 })).toMatchObject({ preset: "custom", timeMs: 5 });
  });

  it.each([{ cases: -1 }, { cases: Number.NaN }, { timeMs: -5 }, { timeMs: Number.POSITIVE_INFINITY }])(
    "refuses %j",
    (options) => {
      expect(() => extentOf(options)).toThrow(expect.objectContaining({ code: "usage-option" }));
    },
  );
});

describe("shards", () => {
  it("share every case out to exactly one", () => {
    const shards = [1, 2, 3].map((index) => shardOf(`${index}/3`));
    for (let k = 0; k < 400; k++) expect(shards.filter((shard) => inShard(k, shard))).toHaveLength(1);
    expect(inShard(5, undefined)).toBe(true);
  });

  it("share out the cases of each class evenly, whatever the number of shards", () => {
    for (const count of [2, 3, 4, 5, 10])
      for (const name of ["plain", "aimed", "overlap", "kill", "hard-restart"] as const) {
        const shares = Array.from({ length: count }, () => 0);
        for (let k = 0; k < 2_000; k++)
          for (const [at] of shares.entries())
            if (classOf(k) === name && inShard(k, { index: at + 1, count })) shares[at] = (shares[at] ?? 0) + 1;
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
      }
  });

  it.each(["0/2", "3/2", "1", "a/b", "1/0", ""])("refuses %j", (text) => {
    expect(() => shardOf(text)).toThrow(expect.objectContaining({ code: "usage-option" }));
  });
});

describe("the time of a profile", () => {
  it("is an equal part of what is left, and half of an equal part after one that overran", () => {
    expect(sharesOf({ timeMs: 10_000 }, 2, 0, 0)).toEqual({ shareMs: 5_000, patientMs: 20_000 });
    expect(sharesOf({ timeMs: 10_000 }, 2, 1, 1_000)).toEqual({ shareMs: 9_000, patientMs: 20_000 });
    expect(sharesOf({ timeMs: 10_000 }, 2, 1, 30_000)).toEqual({ shareMs: 2_500, patientMs: 20_000 });
    expect(sharesOf({}, 2, 1, 30_000)).toEqual({ shareMs: undefined, patientMs: 0 });
  });
});
