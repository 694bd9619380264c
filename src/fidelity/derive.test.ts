import { describe, expect, it } from "vitest";
import { caseSchema } from "../define/schemas.js";
import { derive } from "./derive.js";
import { ownTrace, ownTraces, traceOf } from "./traces.fixture.js";

const steps = async (name: string) => derive(await ownTrace(name)).case.steps;
const call = (method: string, fields: object = {}) => ({ call: method, engine: 1, params: [], ...fields });
const turn = (fields: object = {}) => ({ host: "turn (rpc agent)", key: "agent:main:z1", length: 5, ...fields });
const reply = { provider: "reply", roles: ["system", "user"] };
const plain = [call("factory"), call("assemble"), reply, call("dispose")];

describe("derivation of a case from a trace", () => {
  it("gives a valid case and nothing unknown for every recording", async () => {
    for (const trace of await ownTraces()) {
      const plan = derive(trace);
      expect(caseSchema.safeParse(plan.case).error, trace.name).toBeUndefined();
      expect(plan.notes, trace.name).toEqual([]);
      const ids = new Set(plan.case.steps.map((step) => step.id));
      for (const id of [...plan.world.refused, ...plan.world.pluginRuns, ...plan.world.commandCompacts])
        expect(ids).toContain(id);
    }
  });

  it("tells overflows, tool rounds, acknowledgements and errors", async () => {
    expect((await steps("openclaw-2026.9/e1"))[1]).toMatchObject({
      kind: "turn",
      via: "rpc",
      provider: { answers: ["overflow", "ok"] },
    });
    expect((await steps("openclaw-2026.5/l1"))[2]).toMatchObject({
      tools: [{}, {}],
      provider: { answers: ["tool", "tool", "ok"] },
    });
    expect((await steps("openclaw-2026.5/b1"))[2]).toMatchObject({ kind: "tick", isolated: true, wakeKey: "none", reply: "ack" });
    expect((await steps("openclaw-2026.9/n1"))[3]).toMatchObject({ provider: { answers: ["error"] } });
  });

  it("leaves the host's own summary calls out of a turn's answers", async () => {
    expect((await steps("openclaw-2026.7/v7-e4"))[3]).toMatchObject({ reply: "ack", provider: { answers: ["overflow", "ok"] } });
    expect((await steps("openclaw-2026.5/e3"))[3]).toMatchObject({ provider: { answers: ["overflow", "ok"] } });
  });

  it("tells wakes by their keys, with an event where the run's prompt carries it", async () => {
    const wakes = (await steps("openclaw-2026.5/m1")).filter((step) => step.kind === "tick");
    expect(wakes.map((step) => step.wakeKey)).toEqual(["none", "base", "heartbeat", "heartbeat-twice", "none"]);
    expect(wakes.map((step) => step.event !== undefined)).toEqual([false, false, true, false, false]);
    expect((await steps("openclaw-2026.9/m1")).some((step) => step.kind === "tick" && step.event !== undefined)).toBe(false);
    expect(new Set(wakes.map((step) => step.lane)).size).toBe(1);
  });

  it("tells an answer without words that the host asked about again, and equal tool results", async () => {
    const unseen = derive(await ownTrace("openclaw-2026.5/xw1"));
    const again = unseen.case.steps.filter((step) => unseen.world.askedAgain[step.id] === "");
    expect(again.map((step) => step.kind)).toEqual(["turn", "tick"]);
    const durable = derive(await ownTrace("openclaw-2026.9/xw1"));
    expect(Object.values(durable.world.askedAgain)).toEqual([""]);
    expect(durable.case.steps.filter((step) => step.kind === "tick")[0]).toMatchObject({ reply: "empty" });
    const { sameResult } = derive(await ownTrace("openclaw-2026.9/xl2")).world;
    expect(Object.entries(sameResult)[0]?.map((place) => place.slice(-4))).toEqual(["/0/1", "/0/0"]);
    expect(derive(await ownTrace("openclaw-2026.9/l1")).world).toMatchObject({ sameResult: {}, askedAgain: {} });
  });

  it("tells a command that goes on as a message, and what a compaction ahead of a turn was told", async () => {
    const talking = derive(await ownTrace("openclaw-2026.5/zr2"));
    expect(talking.world.talkingResets).toHaveLength(1);
    expect(derive(await ownTrace("openclaw-2026.5/r1")).world.talkingResets).toEqual([]);
    const { preflightTokens } = derive(await ownTrace("openclaw-2026.9/yq2")).world;
    expect(Object.values(preflightTokens)).toEqual([126_009, 126_013]);
  });

  it("takes a step without any consequence for refused", async () => {
    const plan = derive(await ownTrace("openclaw-2026.9/m1"));
    expect(plan.world.refused).toEqual([plan.case.steps.at(-1)?.id]);
    expect(derive(await ownTrace("openclaw-2026.5/k1")).world.refused).toEqual([]);
  });

  it("takes /new for a reset, with a turn where the host greets, and a chat's /compact for a manual compaction", async () => {
    expect((await steps("openclaw-2026.9/r1")).map((step) => step.kind)).toEqual([
      "turn",
      "turn",
      "reset",
      "turn",
      "reset",
      "turn",
    ]);
    expect((await steps("openclaw-2026.5/r1")).map((step) => step.kind)).toEqual([
      "turn",
      "turn",
      "reset",
      "turn",
      "reset",
      "turn",
      "turn",
    ]);
    const g1 = derive(await ownTrace("openclaw-2026.5/g1"));
    expect(g1.case.steps.map((step) => step.kind)).toEqual(["turn", "turn", "compact", "turn", "compact", "turn"]);
    expect(g1.world.commandCompacts).toEqual(["s5"]);
  });

  it("gives heavy usage to the turn that reported it", async () => {
    const usage = async (name: string) => (await steps(name)).map((step) => (step.kind === "turn" ? step.usage : undefined));
    expect(await usage("openclaw-2026.9/q3")).toEqual([undefined, 126_000, undefined, undefined]);
    expect(await usage("openclaw-2026.5/x1")).toEqual([undefined, 126_000, undefined, undefined]);
  });

  it("tells restarts, spawns, cron jobs and plugin runs", async () => {
    expect((await steps("openclaw-2026.5/h1")).filter((step) => step.kind === "restart").length).toBe(2);
    expect((await steps("openclaw-2026.9/j1"))[0]).toMatchObject({
      kind: "spawn",
      contextMode: "isolated",
      fails: false,
      ended: "completed",
    });
    expect(await steps("openclaw-2026.9/u1")).toMatchObject([{ via: "cron" }, { via: "cron", text: { same: "s1" } }]);
    const p2 = derive(await ownTrace("openclaw-2026.9/p2"));
    expect(p2.world.pluginRuns).toEqual(["s1", "s2", "s3", "s4"]);
    expect(Object.values(p2.case.settings.keys)).toEqual(["agent:main:plug-p2"]);
  });

  it("reads from the first turn whether its session existed, and from the first instance whether the gateway had just started", async () => {
    expect(derive(await ownTrace("openclaw-2026.9/n1")).world).toMatchObject({ existing: ["main"], freshProcess: false });
    expect(derive(await ownTrace("openclaw-2026.9/d1")).world).toMatchObject({ existing: [], freshProcess: false });
    expect(derive(await ownTrace("openclaw-2026.9/c1")).world).toMatchObject({ existing: [], freshProcess: true });
    expect(derive(await ownTrace("openclaw-2026.5/d1")).world).toMatchObject({ existing: [], freshProcess: false });
  });

  it("gives each of two messages that waited in a chat its own calls", () => {
    const chat = { host: "chat.send", key: "agent:main:z1", length: 4 };
    const run = (engine: number) => [
      { call: "factory", engine },
      { call: "assemble", engine, key: "agent:main:z1", messages: [], prompt: `prompt${engine}` },
      { provider: "reply", roles: [] },
      { call: "dispose", engine },
    ];
    const { case: theCase, world } = derive(traceOf([chat, chat, ...run(1), ...run(2)]));
    expect(theCase.steps).toHaveLength(2);
    expect(world.refused).toEqual([]);
    const command = { ...chat, command: "/new" };
    expect(derive(traceOf([command, chat, ...run(1)])).world.refused).toEqual([]);
    expect(derive(traceOf([command, chat, ...run(1)])).case.steps.map(({ kind }) => kind)).toEqual(["reset", "turn"]);
  });

  it("names safeguard compaction only where it ran", async () => {
    const safe = (await ownTraces()).filter((trace) => derive(trace).case.settings.safeguard).map((trace) => trace.name);
    expect(safe).toEqual(["sg-e2", "sg-f4", "sg-yf2", "sg-yq1"].map((id) => `openclaw-2026.5/${id}`));
  });
});

describe("derivation of what these recordings do not show", () => {
  it("names a host record of no known kind and plays the rest", () => {
    const plan = derive(
      traceOf([{ host: "sessions.fork", key: "agent:main:z1" }, turn(), ...plain, { host: "turn end", status: "ok" }]),
    );
    expect(plan.notes).toEqual(['host record "sessions.fork" is of no known kind and is not played']);
    expect(plan.case.steps.map((step) => step.kind)).toEqual(["turn"]);
  });

  it("names a provider answer of no known kind", () => {
    const plan = derive(traceOf([turn(), call("factory"), { provider: "riddle" }, { host: "turn end" }]));
    expect(plan.notes).toEqual(['s1: provider answer "riddle" is not known; played as an ordinary reply']);
  });

  it("takes a gateway that stops inside a turn for a kill at the last call, which stands before the turn", () => {
    const stop = [{ host: "gateway stop SIGKILL" }, { host: "gateway exited" }, { host: "gateway start" }];
    const plan = derive(
      traceOf([
        turn(),
        call("factory"),
        call("assemble"),
        call("assemble"),
        ...stop,
        ...plain,
        turn(),
        ...plain,
        { host: "turn end" },
      ]),
    );
    expect(plan.case.steps).toMatchObject([
      { kind: "kill", point: { where: "call", step: "s2", method: "assemble", nth: 2, when: { moment: "after" } } },
      { kind: "turn" },
      { kind: "turn" },
    ]);
  });

  it("keeps the answers of overlapping steps apart", () => {
    const records = [
      turn(),
      call("factory"),
      call("assemble"),
      { host: "heartbeat tick (x)" },
      call("factory", { engine: 2 }),
      call("assemble", { engine: 2 }),
      { provider: "ack", roles: [] },
      call("dispose", { engine: 2 }),
      { host: "tick end" },
      call("afterTurn"),
      { provider: "overflow400", roles: [] },
      call("dispose"),
      { host: "turn end", status: "error" },
    ];
    expect(derive(traceOf(records)).case.steps).toMatchObject([
      { kind: "turn", provider: { answers: ["overflow"] } },
      { kind: "tick", reply: "ack", provider: { answers: ["ok"] } },
    ]);
  });

  it("addresses a turn on the heartbeat key to the lane, and gives an unknown wake key a lane of its own", () => {
    const records = [
      turn({ key: "agent:main:main:heartbeat" }),
      ...plain,
      { host: "turn end" },
      { host: "wake (x)", key: "agent:main:other:heartbeat" },
      ...plain,
    ];
    const isolated = { heartbeat: { every: "3h", target: "none", isolatedSession: true } };
    const { settings, steps: derived } = derive(traceOf(records, isolated)).case;
    expect(derived).toMatchObject([{ session: "main-hb" }, { lane: "other-hb", wakeKey: "heartbeat" }]);
    expect(settings.keys).toEqual({ main: "agent:main:main", other: "agent:main:other" });
  });

  it("takes a heartbeat key for a session's like any other where ticks share a session", () => {
    const records = [{ host: "wake (x)", key: "agent:main:main:heartbeat" }, ...plain];
    const plan = derive(traceOf(records));
    const [tick] = plan.case.steps;
    const lane = tick?.kind === "tick" ? plan.case.settings.lanes[tick.lane] : undefined;
    expect(lane?.kind === "heartbeat" && plan.case.settings.keys[lane.session]).toBe("agent:main:main:heartbeat");
    expect(plan.world.isolatesTicks).toBe(false);
  });

  it("makes the text large where the host's own precheck refused the turn", () => {
    const compact = call("compact", { currentTokenCount: 128_001 });
    const plan = derive(
      traceOf(
        [turn(), call("factory"), call("assemble"), call("afterTurn"), compact, { host: "turn end", status: "error" }],
        { engine: { owns: true } },
        "openclaw-2026.5/z1.json",
      ),
    );
    expect(plan.case.steps).toMatchObject([{ text: { tokens: 128_000 }, provider: { answers: [] } }]);
  });

  it("lets overflow errors name the usual figure, another only where compacts agree on it, and none where one was given the bound of the window", () => {
    const overflow = (...counts: number[]) => {
      const compacts = counts.flatMap((count) => [
        { provider: "overflow400", roles: [] },
        call("compact", { currentTokenCount: count }),
      ]);
      return derive(traceOf([turn(), call("factory"), ...compacts, { host: "turn end" }])).world.overflowTokens;
    };
    expect([overflow(), overflow(140_000, 128_001), overflow(150_000), overflow(150_000, 150_000)]).toEqual([
      [],
      [140_000, null],
      [140_000],
      [150_000, 150_000],
    ]);
    const unasked = derive(traceOf([turn(), call("factory"), { provider: "overflow400", roles: [] }, { host: "turn end" }]));
    expect(unasked.world.overflowTokens).toEqual([140_000]);
  });

  it("takes a slow answer for an answer where the turn ended well, and for an abort where it did not", () => {
    const slow = (status: string) =>
      derive(traceOf([turn(), call("factory"), { provider: "slow:2000", roles: [] }, { host: "turn end", status }])).case.steps;
    expect([slow("ok"), slow("error")]).toMatchObject([
      [{ provider: { answers: ["ok"] } }],
      [{ provider: { answers: ["abort"] } }],
    ]);
  });
});
