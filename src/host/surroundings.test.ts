import { describe, expect, it } from "vitest";
import { startClock } from "./clock.js";
import { Surroundings } from "./surroundings.js";

describe("what a play is said to have replaced", () => {
  const played = (during: () => void): string[] => {
    const clock = startClock(Date.UTC(2026, 0, 5));
    const around = new Surroundings();
    during();
    around.end();
    clock.restore();
    return around.noted();
  };

  it("is nothing where only the virtual clock came and went", () => {
    expect(played(() => {})).toEqual([]);
  });

  it("is the engine's doing, and undone", () => {
    const { stringify } = JSON;
    expect(
      played(() => {
        JSON.stringify = () => "";
      }),
    ).toEqual(["JSON.stringify"]);
    expect(JSON.stringify).toBe(stringify);
  });
});
