import { describe, expect, it } from "vitest";
import { drawKeys, KEY_FAMILIES, laneFits, normaliseKey, PLAIN_KEYS } from "./keys.js";
import { Draw } from "./random.js";

describe("session keys", () => {
  it("are as a host hands them on, and different sessions within a family", () => {
    for (const [family, keys] of Object.entries({ ...KEY_FAMILIES, plain: PLAIN_KEYS })) {
      for (const key of keys) expect(normaliseKey(key), family).toBe(key);
      expect(new Set(keys.map(normaliseKey)).size, family).toBe(keys.length);
      for (const key of keys) expect(key.length).toBeLessThanOrEqual(400);
    }
    expect(KEY_FAMILIES["three hundred characters"]?.[0]).toHaveLength(300);
  });

  it("lower-case outside the tails whose case counts", () => {
    expect(normaliseKey(" Agent:Main:Work ")).toBe("agent:main:work");
    expect(normaliseKey("Agent:Main:Signal:Group:AbC")).toBe("agent:main:signal:group:AbC");
    expect(normaliseKey("agent:main:matrix:CHANNEL:!Ab:Example.org")).toBe("agent:main:matrix:channel:!Ab:Example.org");
    expect(normaliseKey("agent:main:signal:group:AbC:Thread")).toBe("agent:main:signal:group:AbC:thread");
  });

  it("keep a lane's own key apart from other sessions' keys", () => {
    expect(laneFits("agent:main:ops", ["agent:main:ops", "agent:main:work"])).toBe(true);
    expect(laneFits("agent:main:ops", ["agent:main:ops", "agent:main:ops:heartbeat"])).toBe(false);
    expect(laneFits("agent:main:ops", ["agent:main:ops:heartbeat:heartbeat"])).toBe(false);
    expect(laneFits("agent:main:ops:heartbeat", [])).toBe(false);
    expect(laneFits("agent:main:ops", ["agent:main:ops:heartbeats", "agent:main:ops:heartbeat-run:1"])).toBe(true);
  });

  it("are drawn without repetition", () => {
    const draw = new Draw("keys");
    for (let i = 0; i < 200; i++) {
      const keys = drawKeys(draw, 4, "look-alikes");
      expect(new Set(keys.map(normaliseKey)).size).toBe(4);
    }
  });
});
