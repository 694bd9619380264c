// The key policy against the recorded rules.

import { describe, expect, test } from "vitest";
import { normaliseKey, routeHeartbeat, truePolicy } from "./keys.js";

describe("routing of heartbeat wakes", () => {
  const main = "agent:main:main";
  test("every kind of wake converges on one lane key, before and after the base is stored", () => {
    for (const storedBase of [null, main])
      for (const requested of [
        null,
        main,
        `${main}:heartbeat`,
        `${main}:heartbeat:heartbeat`,
        `${main}:heartbeat:heartbeat:heartbeat`,
      ])
        expect(routeHeartbeat({ requested, configured: main, storedBase })).toEqual({ key: `${main}:heartbeat`, base: main });
  });
  test("another key gets a lane of its own", () => {
    const other = "agent:main:other";
    expect(routeHeartbeat({ requested: other, configured: main, storedBase: null })).toEqual({
      key: `${other}:heartbeat`,
      base: other,
    });
    // "…:heartbeats" is no suffix of the base.
    expect(routeHeartbeat({ requested: `${main}:heartbeats`, configured: main, storedBase: main }).key).toBe(
      `${main}:heartbeats:heartbeat`,
    );
  });
  test("the global scope has its own lane", () => {
    expect(routeHeartbeat({ requested: null, configured: "global", storedBase: null }).key).toBe("agent:main:global:heartbeat");
  });
});

describe("keys as hosts keep them", () => {
  test.each([
    ["  Agent:Main:Foo ", "agent:main:foo"],
    ["agent:main:signal:group:AbC:Tail", "agent:main:signal:group:AbC:tail"],
    ["agent:main:matrix:channel:!Room:Server.ORG", "agent:main:matrix:channel:!Room:Server.ORG"],
    ["agent:main:Matrix:Group:X:Y", "agent:main:matrix:group:X:Y"],
    ["agent:main:Two  Words", "agent:main:two  words"],
  ])("%s", (written, kept) => expect(normaliseKey(written)).toBe(kept));
});

describe("context-engine keys", () => {
  const about = { routingKey: "agent:main:main:heartbeat", sessionId: "abc", phase: "assemble-first" } as const;
  test("per-run: an isolated tick has a key of its own, an ordinary turn on the lane the routing key", () => {
    expect(truePolicy.engineKey({ ...about, kind: "heartbeat-isolated", perRun: true })).toBe(
      "agent:main:main:heartbeat-run:abc",
    );
    expect(truePolicy.engineKey({ ...about, kind: "ordinary", perRun: true })).toBe("agent:main:main:heartbeat");
  });
  test("stable: the routing key always", () => {
    expect(truePolicy.engineKey({ ...about, kind: "heartbeat-isolated", perRun: false })).toBe("agent:main:main:heartbeat");
  });
});
