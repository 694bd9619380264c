import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { activeWork, beyond, startClock } from "./clock.js";

describe("what an engine leaves open", () => {
  it("are long deadlines and intervals, not deadlines that are over soon", () => {
    const clock = startClock(0);
    const before = activeWork();
    const timers = [
      setTimeout(() => {}, 3_000),
      setTimeout(() => {}, 59_000),
      setTimeout(() => {}, 3_600_000),
      setInterval(() => {}, 100),
    ];
    expect(beyond(before)).toEqual({ Timeout: 2 });
    for (const timer of timers) clearTimeout(timer);
    expect(beyond(before)).toEqual({});
    clock.restore();
  });

  it("setTimeout stays what it was", async () => {
    const real = setTimeout;
    const clock = startClock(0);
    expect(await promisify(setTimeout)(1, "done")).toBe("done");
    expect(setTimeout.name).toBe("setTimeout");
    clock.restore();
    expect(setTimeout).toBe(real);
  });
});
