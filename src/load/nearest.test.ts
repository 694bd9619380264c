import { describe, expect, it } from "vitest";
import { didYouMean, editDistance, nearest } from "./nearest.js";

describe("nearest", () => {
  it("counts edits, a swap of neighbours as one", () => {
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("isolatoin", "isolation")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
  });

  it("finds the closest name, regardless of case", () => {
    expect(nearest("referense", ["windowed", "reference"])).toBe("reference");
    expect(nearest("Reference", ["reference"])).toBe("reference");
  });

  it("suggests nothing far away", () => {
    expect(nearest("xyz", ["reference"])).toBeUndefined();
    expect(nearest("abc", [])).toBeUndefined();
    expect(didYouMean("xyz", ["reference"])).toBe("");
  });
});
