import { describe, expect, it } from "vitest";
import { noOp } from "./no-op.js";

// biome-ignore lint/suspicious/noExplicitAny: the point of a no-op is that anything can be done to it
function made(): { value: any; used: string[] } {
  const used: string[] = [];
  return { value: noOp("api.thing", (path) => used.push(path)), used };
}

describe("noOp", () => {
  it("can be called, constructed and read to any depth, and records calls", () => {
    const { value, used } = made();
    expect(typeof value.a.b.c(1, 2).d.e()).toBe("function");
    expect(new value.Class()).toBeDefined();
    expect(used).toEqual(["api.thing.a.b.c()", "api.thing.Class()"]);
  });

  it("is no promise", async () => {
    const { value } = made();
    expect(value.then).toBeUndefined();
    expect(await value()).toBeDefined();
  });

  it("ends loops and conversions", () => {
    const { value } = made();
    expect([...value]).toEqual([]);
    expect(value.length).toBe(0);
    expect(`${value}`).toBe("");
    expect(Number(value)).toBe(0);
    expect(JSON.stringify({ value })).toBe("{}");
  });

  it("can be extended and keeps what is set on it", () => {
    const { value } = made();
    class Sub extends value.Base {
      own() {
        return "mine";
      }
    }
    expect(new Sub().own()).toBe("mine");
    value.setting = 3;
    expect(value.setting).toBe(3);
    expect(value.call(undefined)).toBeDefined();
  });
});
