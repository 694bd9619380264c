// Mechanisms of the simulated host that the recorded traces do not reach: faults, overlaps, repeats, prechecks, and its own rules.

import { describe, expect, test } from "vitest";
import { type BridgeHolder, type Case, HOST_BRIDGE, type Message } from "../define/index.js";
import { playCase } from "./index.js";
import { callsOf, caseOf, methodsOf, passThrough } from "./recording-engine.fixture.js";

const DURABLE = "openclaw-2026.9";
const CLASSIC = "openclaw-2026.5";

describe("same case, same history", () => {
  test("down to every event, but for wall clocks and paths", async () => {
    const theCase = caseOf(DURABLE, [
      { kind: "turn" },
      { kind: "tick" },
      { kind: "turn", provider: { mode: "scripted", answers: ["overflow", "overflow"] } },
      {
        kind: "spawn",
        parent: "a",
        contextMode: "fork",
        fails: false,
        text: { form: "plain", tokens: 9 },
        childText: { form: "plain", tokens: 9 },
        childReplyTokens: 9,
        ended: "completed",
        endedTwice: true,
      },
    ]);
    const plain = (history: Awaited<ReturnType<typeof playCase>>) =>
      JSON.stringify(history.events).replaceAll(/\/[^"]*ctxspec-[^/"]*/g, "DIR");
    const first = await playCase(theCase, { adapter: passThrough() });
    const second = await playCase(theCase, { adapter: passThrough() });
    expect(plain(second)).toBe(plain(first));
    expect(first.events.length).toBeGreaterThan(60);
  });

  test("time goes by from call to call, and a step begins at its own time", async () => {
    const seen: number[] = [];
    const plain = passThrough();
    const factory: typeof plain.factory = async (context) => {
      const engine = await plain.factory(context);
      const assemble: typeof engine.assemble = (params) => {
        seen.push(Date.now());
        return engine.assemble(params);
      };
      return { ...engine, info: engine.info, assemble };
    };
    const theCase = caseOf(CLASSIC, [{ kind: "turn" }, { kind: "turn" }]);
    await playCase(theCase, { adapter: { ...plain, factory } });
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen).size).toBe(seen.length);
    for (const [n, step] of theCase.steps.entries())
      expect(
        seen.some((at) => at > step.at && at < step.at + 100),
        `step ${n}`,
      ).toBe(true);
  });

  test("removing a step changes no other step's texts", async () => {
    const whole = caseOf(DURABLE, [{ kind: "turn" }, { kind: "turn", session: "b" }, { kind: "turn" }]);
    const cut = { ...whole, steps: whole.steps.filter((step) => step.id !== "s2") };
    const commits = async (theCase: typeof whole) =>
      callsOf(await playCase(theCase, { adapter: passThrough() }))
        .filter((call) => call.method === "commitTurn" && call.step !== "s2")
        .map((call) => JSON.stringify(call.messages));
    expect(await commits(cut)).toEqual(await commits(whole));
  });
});

describe("the outbox of a durable host", () => {
  test("a commit that was not sent comes before the next turn of its session, and is gone then", async () => {
    const theCase = caseOf(DURABLE, [
      { kind: "late", delivery: "s2", fault: "not-sent", attempts: 1 },
      { kind: "turn" },
      { kind: "turn" },
    ]);
    const commits = callsOf(await playCase(theCase, { adapter: passThrough() })).filter((call) => call.method === "commitTurn");
    expect(commits.map((call) => [call.step, call.turn?.id, call.phase])).toEqual([
      ["s3", "s2", "commit-late"],
      ["s3", "s3", "commit"],
    ]);
  });

  test("a tick's failed commit arrives in the next tick, after its assemble, under the older session id", async () => {
    const theCase = caseOf(DURABLE, [
      { kind: "late", delivery: "s2", fault: "answer-lost", attempts: 1 },
      { kind: "tick" },
      { kind: "tick" },
    ]);
    const calls = callsOf(await playCase(theCase, { adapter: passThrough() })).filter((call) =>
      ["assemble", "commitTurn"].includes(call.method),
    );
    const inThird = calls.filter((call) => call.step === "s3");
    expect(inThird.map((call) => [call.method, call.turn?.id])).toEqual([
      ["assemble", "s3"],
      ["assemble", "s3"],
      ["commitTurn", "s2"],
      ["commitTurn", "s3"],
    ]);
    expect(inThird[2]?.session?.sessionId).not.toBe(inThird[3]?.session?.sessionId);
    expect(inThird[2]?.session?.key).toBe(inThird[3]?.session?.key);
  });

  test("a commit that fails again leaves the engine out of that turn", async () => {
    const theCase = caseOf(DURABLE, [
      { kind: "late", delivery: "s2", fault: "not-sent", attempts: 2 },
      { kind: "turn" },
      { kind: "turn" },
      { kind: "turn" },
    ]);
    const history = await playCase(theCase, { adapter: passThrough() });
    expect(methodsOf(history, (call) => call.step === "s3")).toEqual(["factory", "dispose"]);
    const commits = callsOf(history).filter((call) => call.method === "commitTurn");
    expect(commits.map((call) => call.turn?.id)).toEqual(["s2", "s4"]);
  });
});

describe("messages on a durable host never hold the prompt", () => {
  /** Whether the text that step `id` sent stands in what its assembles were given. */
  const given = async (adapter: ReturnType<typeof passThrough>, steps: Parameters<typeof caseOf>[1], id: string) => {
    const history = await playCase(caseOf(DURABLE, steps), { adapter });
    const [user] = callsOf(history).find((call) => call.method === "commitTurn" && call.step === id)?.messages ?? [];
    const said = JSON.stringify(user?.role === "user" && user.content).slice(-60, -4);
    expect(said.length).toBe(56);
    const assembles = callsOf(history).filter((call) => call.method === "assemble" && call.step === id);
    expect(assembles.length).toBeGreaterThan(1);
    return assembles.map((call) => JSON.stringify(call.messages).includes(said));
  };
  const turns = (n: number) => Array.from({ length: n }, () => ({ kind: "turn" as const }));

  test("after the engine had the host compact its own transcript", async () => {
    const delegating = passThrough({
      compact: (params) => {
        const bridge = (globalThis as BridgeHolder)[HOST_BRIDGE];
        if (bridge === undefined) throw new Error("no host");
        return bridge.delegateCompaction(params);
      },
    });
    const overflowing = { kind: "turn" as const, provider: { mode: "scripted", answers: ["overflow"] } };
    expect(await given(delegating, [...turns(4), overflowing], "s5")).not.toContain(true);
  });

  test("after a maintain wrote the transcript anew behind the turn's own entry", async () => {
    let first: string | undefined;
    const rewriting = passThrough({
      maintain: async ({ sessionTarget, runtimeContext }) => {
        const bridge = (globalThis as BridgeHolder)[HOST_BRIDGE];
        const entries = (await bridge?.readTranscript(sessionTarget as never)) ?? [];
        first ??= entries[0]?.id;
        if (first === undefined) return { changed: false, bytesFreed: 0, rewrittenEntries: 0 };
        const message = { role: "user", content: "rewritten", timestamp: 1 } as Message;
        return runtimeContext?.rewriteTranscriptEntries?.({ replacements: [{ entryId: first, message }] }) as never;
      },
    });
    expect(
      await given(
        rewriting,
        [
          { kind: "turn", via: "chat" },
          { kind: "turn", via: "chat" },
          { kind: "turn", via: "chat" },
        ],
        "s2",
      ),
    ).not.toContain(true);
  });
});

describe("a classic host", () => {
  test("leaves an engine that threw alone until a restart", async () => {
    let throws = true;
    const adapter = passThrough({
      assemble: async ({ messages }) => {
        if (throws) throw new Error("no");
        return { messages, estimatedTokens: 0 };
      },
    });
    const theCase = caseOf(CLASSIC, [{ kind: "turn" }, { kind: "turn" }, { kind: "restart", mode: "soft" }, { kind: "turn" }]);
    const history = await playCase(
      theCase,
      {
        adapter,
      },
      {
        onEvent: (event) => {
          if (event.kind === "host" && event.what === "restart") throws = false;
        },
      },
    );
    expect(methodsOf(history, (call) => call.step === "s1")).toEqual(["factory", "assemble", "dispose"]);
    expect(methodsOf(history, (call) => call.step === "s2")).toEqual([]);
    expect(methodsOf(history, (call) => call.step === "s4")).toContain("afterTurn");
  });

  test("asks for a compaction before it calls the model when view and prompt are too large, and keeps the user's message out", async () => {
    const theCase = caseOf(CLASSIC, [{ kind: "turn", text: { form: "plain", tokens: 7_500 } }]);
    const history = await playCase(theCase, { adapter: passThrough() });
    expect(methodsOf(history).filter((method) => method === "compact")).toHaveLength(3);
    expect(history.events.some((event) => event.kind === "provider")).toBe(false);
    expect(callsOf(history).flatMap((call) => (call.method === "afterTurn" ? (call.messages ?? []) : []))).toEqual([]);
  });
});

describe("the books that are kept of a call", () => {
  test.each(["call", "return", "throw"])(
    "are ctxspec's own: what goes wrong as a %s is noted is no throw of the engine",
    async (kind) => {
      const adapter = passThrough({
        assemble: async ({ messages }) => {
          if (kind === "throw") throw new Error("the engine's own");
          return { messages, estimatedTokens: 0 };
        },
      });
      const seen: string[] = [];
      const play = playCase(
        caseOf(CLASSIC, [{ kind: "turn" }, { kind: "turn" }]),
        { adapter },
        {
          onEvent: (event) => {
            seen.push(event.kind);
            if (event.kind === kind) throw new Error("injected");
          },
        },
      );
      await expect(play).rejects.toThrow("injected");
      expect(seen.at(-1)).toBe(kind);
    },
  );
});

describe("overlapping steps", () => {
  const overlapped = (order: number[]) =>
    caseOf(DURABLE, [
      {
        kind: "overlap",
        order,
        steps: [
          { ...caseOf(DURABLE, [{ kind: "turn" }]).steps[0], id: "i1" },
          { ...caseOf(DURABLE, [{ kind: "turn", session: "b" }]).steps[0], id: "i2" },
        ],
      },
    ]);
  const trail = async (order: number[]) =>
    callsOf(await playCase(overlapped(order), { adapter: passThrough() })).map((call) => `${call.step}:${call.method}`);

  test("interleave in the order the case fixes", async () => {
    const first = await trail([0, 1, 0, 1, 0, 1]);
    expect(await trail([0, 1, 0, 1, 0, 1])).toEqual(first);
    expect(await trail([1, 1, 1, 1, 1, 1])).not.toEqual(first);
    expect(first.filter((one) => one === "i1:commitTurn")).toHaveLength(1);
    expect(first.filter((one) => one === "i2:commitTurn")).toHaveLength(1);
  });

  test("have calls of both in flight at once", async () => {
    let open = 0;
    let most = 0;
    const adapter = passThrough({
      assemble: async ({ messages }) => {
        most = Math.max(most, ++open);
        await new Promise((resolve) => setImmediate(resolve));
        open--;
        return { messages, estimatedTokens: 0 };
      },
    });
    await playCase(overlapped([0, 0, 0, 0]), { adapter });
    expect(most).toBe(2);
  });
});

describe("a compaction beside a turn of another session", () => {
  const talk = caseOf(DURABLE, [{ kind: "turn" }, { kind: "turn", session: "b" }]).steps;
  const theCase = (order: number[]) => ({
    ...caseOf(DURABLE, [{ kind: "turn" }]),
    steps: [
      ...talk,
      {
        ...caseOf(DURABLE, [{ kind: "overlap", steps: [] }]).steps[0],
        id: "s3",
        order,
        steps: [
          { ...caseOf(DURABLE, [{ kind: "compact", session: "a", trigger: "manual" }]).steps[0], id: "i1" },
          { ...talk[1], id: "i2" },
        ],
      },
    ] as Case["steps"],
  });

  /** What happened in the engine, in its order; `locked`: one thing at a time. */
  async function trailOf(order: number[], locked: boolean): Promise<string[]> {
    const trail: string[] = [];
    let last: Promise<unknown> = Promise.resolve();
    const inLine = <T>(work: () => Promise<T>): Promise<T> => {
      const mine = locked ? last.then(work) : work();
      last = mine;
      return mine;
    };
    const adapter = passThrough({
      compact: ({ runtimeContext }) =>
        inLine(async () => {
          trail.push("asks");
          await runtimeContext?.llm?.complete({ messages: [{ role: "user", content: "some" }] });
          trail.push("has it");
          return { ok: true, compacted: false };
        }),
      assemble: ({ messages }) =>
        inLine(async () => {
          trail.push("assembles");
          return { messages, estimatedTokens: 0 };
        }),
    });
    await playCase(theCase(order), { adapter });
    return trail.slice(trail.indexOf("asks"), trail.indexOf("has it") + 1);
  }

  test("waits for its summariser while the other goes on, as the case's order says", async () => {
    expect(await trailOf([3, 3, 3, 0], false)).toEqual(["asks", "assembles", "has it"]);
    expect(await trailOf([2, 2, 2, 0], false)).toEqual(["asks", "has it"]);
  });

  test("does not hold up an engine that lets one call wait for the other", async () => {
    expect(await trailOf([3, 3, 3, 0], true)).toEqual(["asks", "has it"]);
  });
});

describe("an engine that misbehaves", () => {
  test("by never answering is bounded, and the case goes on", async () => {
    const adapter = passThrough({ maintain: () => new Promise(() => {}) });
    const theCase = caseOf(DURABLE, [{ kind: "turn" }, { kind: "turn", session: "b" }]);
    const history = await playCase(theCase, { adapter }, { callTimeoutMs: 30, compactTimeoutMs: 30 });
    expect(history.events.filter((event) => event.kind === "throw").map((event) => event.cause)).toEqual(["timeout", "timeout"]);
    expect(methodsOf(history, (call) => call.step === "s2")).toContain("commitTurn");
  });

  test("by changing what it was given is noted, and later calls get the truth", async () => {
    const adapter = passThrough({
      assemble: async (params) => {
        for (const message of params.messages) message.timestamp = 0;
        return { messages: [], estimatedTokens: 0 };
      },
    });
    const history = await playCase(caseOf(DURABLE, [{ kind: "turn" }, { kind: "turn" }]), { adapter });
    expect(history.events.some((event) => event.kind === "return" && event.mutated?.startsWith("messages[0].timestamp"))).toBe(
      true,
    );
    const supplied = callsOf(history).filter((call) => call.method === "assemble" && call.step === "s2");
    expect(supplied.every((call) => call.messages?.every((message) => message.timestamp > 0))).toBe(true);
  });
});

describe("the gateway around an engine", () => {
  test("stops with a play, and starts again with the next one in the same process", async () => {
    const doings: string[] = [];
    const gateway = {
      stop: async () => void doings.push("stop"),
      start: async () => void doings.push("start"),
    };
    const theCase = caseOf(DURABLE, [{ kind: "turn" }]);
    await playCase(theCase, { adapter: passThrough(), gateway });
    await playCase(theCase, { adapter: passThrough(), gateway });
    expect(doings).toEqual(["stop", "start", "stop"]);
  });
});

describe("an engine whose objects throw when they are read", () => {
  test("has its answer recorded as far as it can be read, and what it threw named", async () => {
    const honest = passThrough();
    const broken = (context: Parameters<typeof honest.factory>[0]) => {
      const engine = honest.factory(context) as unknown as Record<string, unknown>;
      engine.commitTurn = async () => ({
        get status() {
          throw new Error("lazy");
        },
      });
      engine.compact = () => {
        throw Object.defineProperty({}, Symbol.toPrimitive, {
          value: () => {
            throw new Error("unreadable");
          },
        });
      };
      return engine as never;
    };
    const theCase = caseOf(DURABLE, [{ kind: "turn" }, { kind: "compact", session: "a", trigger: "manual" }]);
    const { events } = await playCase(theCase, { adapter: { ...honest, factory: broken } });
    expect(JSON.stringify(events)).toContain("[unreadable]");
    expect(events.find((event) => event.kind === "throw")).toMatchObject({
      error: { name: "object", message: "(what was thrown cannot be read: its members throw)" },
    });
  });
});
