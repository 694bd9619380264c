import { describe, expect, it } from "vitest";
import { inRange } from "./version-range.js";

const INSIDE: [string, string][] = [
  ["2026.9.6", "*"],
  ["2026.9.6", ""],
  ["2026.9.6", ">=2026.9.3"],
  ["2026.9.6", ">= 2026.9.3"],
  ["2026.9.6", "2026.9.6"],
  ["2026.9.6", "v2026.9.6"],
  ["2026.9.6", "2026.9"],
  ["2026.9.6", "2026.x"],
  ["2026.9.6", "^2026.5.0"],
  ["2026.9.6", "~2026.9.1"],
  ["2026.9.6", ">2026.9.6-beta.1"],
  ["2026.9.6", "2026.5.0 - 2026.9.6"],
  ["2026.5.28", "<2026.6 || >=2026.9"],
  ["2026.7.35", "<=2026.7"],
  ["0.3.4", "^0.3.1"],
  ["20.19.0", ">=20.19 <25"],
];
const OUTSIDE: [string, string][] = [
  ["2026.5.28", ">=2026.9.3"],
  ["2026.7.35", "<2026.7"],
  ["2026.7.35", ">2026.7"],
  ["2026.9.6", "2026.5.28"],
  ["2027.1.0", "^2026.5.0"],
  ["2026.9.6", "~2026.7.1"],
  ["0.4.0", "^0.3.1"],
  ["2026.9.6", "2026.5.0 - 2026.9.5"],
  ["20.20.2", ">=24.16.0 <25 || >=26.1.0"],
  ["2026.9.6", "<=2026.9.6-beta.2"],
];

describe("inRange", () => {
  it.each(INSIDE)("%s is inside %j", (version, range) => expect(inRange(version, range)).toBe("inside"));
  it.each(OUTSIDE)("%s is outside %j", (version, range) => expect(inRange(version, range)).toBe("outside"));
  it.each(["latest", "workspace:*", "git+https://example.org/x.git", ">=", "2026.9.6 or so"])("cannot read %j", (range) =>
    expect(inRange("2026.9.6", range)).toBe("unreadable"),
  );
});
