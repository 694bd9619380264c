import { types } from "node:util";
import { describe, expect, test } from "vitest";
import { startClock } from "./clock.js";
import { virtualDate } from "./virtual-date.js";

const NOON = Date.UTC(2026, 0, 5, 12);

describe("the Date an engine sees", () => {
  const RealDate = Date;
  let atMs = NOON;
  const Seen = virtualDate(() => atMs);

  test("knows the host's time and no other", () => {
    expect([Seen.now(), new Seen().getTime(), new Seen().toISOString()]).toEqual([NOON, NOON, "2026-01-05T12:00:00.000Z"]);
    expect((Seen as unknown as () => string)()).toBe(new RealDate(NOON).toString());
    atMs += 86_400_000;
    expect(new Seen().getUTCDate()).toBe(6);
    atMs = NOON;
  });

  test("makes dates of what it is given, like the real one", () => {
    expect(new Seen(5).getTime()).toBe(5);
    expect(new Seen("2026-02-03T04:05:06Z").getTime()).toBe(RealDate.UTC(2026, 1, 3, 4, 5, 6));
    expect(new Seen(2026, 1, 3).getMonth()).toBe(1);
    expect(new Seen(undefined as unknown as number).getTime()).toBeNaN();
    expect([Seen.UTC(2026), Seen.parse("1970-01-01T00:00:01Z"), Seen.length, Seen.name]).toEqual([
      RealDate.UTC(2026),
      1_000,
      7,
      "Date",
    ]);
  });

  test("its dates are dates: for instanceof both ways, for types, for copies, for classes of one's own", () => {
    class Moment extends Seen {
      half(): number {
        return this.getTime() / 2;
      }
    }
    const made = new Seen();
    expect([made instanceof RealDate, new RealDate() instanceof Seen, types.isDate(made)]).toEqual([true, true, true]);
    expect(made.constructor).toBe(RealDate);
    expect(structuredClone(made)).toEqual(new RealDate(NOON));
    expect(new Moment().half()).toBe(NOON / 2);
    expect(new Moment() instanceof Moment && new Moment() instanceof Seen && types.isDate(new Moment())).toBe(true);
  });

  test("is there while a clock runs, jumps with it, and is gone afterwards", () => {
    const clock = startClock(NOON);
    expect([Date.now(), new Date().toISOString(), clock.now()]).toEqual([NOON, "2026-01-05T12:00:00.000Z", NOON]);
    clock.set(NOON - 3_600_000);
    expect(Date.now()).toBe(NOON - 3_600_000);
    clock.restore();
    expect(Date).toBe(RealDate);
    expect(Object.getOwnPropertyDescriptor(globalThis, "Date")).toMatchObject({ enumerable: false, writable: true });
  });
});
