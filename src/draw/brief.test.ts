import { describe, expect, it } from "vitest";
import { briefly } from "./brief.js";
import type { DrawnLine } from "./case-drawing.js";

const step = (id: string, calls: number, marked = -1): DrawnLine[] => [
  { kind: "step", text: id },
  ...Array.from(
    { length: calls },
    (_, n): DrawnLine => ({ kind: "call", text: `${id} call ${n}`, ...(n === marked ? { mark: 1 } : {}) }),
  ),
];
const texts = (lines: DrawnLine[]) => lines.map(({ text }) => text);
const long = [...step("s1", 30), ...step("s2", 3), ...step("s3", 4, 2), ...step("s4", 40, 7)];

describe("briefly", () => {
  it("leaves a short drawing alone", () => {
    const short = step("s1", 3);
    expect(briefly(short, true)).toBe(short);
  });

  it("keeps what a number leads through, and counts what it leaves out", () => {
    const idle = "… 2 steps (35 lines) on the way that the numbers do not touch";
    const kept = ["s3", "s3 call 0", "s3 call 1", "s3 call 2", "s3 call 3", "s4", "s4 call 7", "… 39 lines"];
    expect(texts(briefly(long, false))).toEqual([idle, ...kept]);
  });

  it("names every step of a case that needs each of them", () => {
    expect(texts(briefly(long, true)).slice(0, 4)).toEqual(["s1", "… 30 lines", "s2", "… 3 lines"]);
  });
});
