import { writeFile } from "node:fs/promises";
import { file } from "tmp-promise";
import { describe, expect, it } from "vitest";
import { firstDifference } from "./compare.js";
import { replay } from "./replay.fixture.js";
import { seenInHistory } from "./seen-in-history.js";
import { seenInTrace } from "./seen-in-trace.js";
import type { Trace } from "./trace.js";
import { altered, ownTrace, ownTraces } from "./traces.fixture.js";

const compare = (one: Trace, other: Trace) => firstDifference(seenInTrace(one), seenInTrace(other));

describe("comparison of calls", () => {
  it("finds every recording the same as itself, and as a perfect replay of it", async () => {
    const traces = await ownTraces();
    const { path, cleanup } = await file();
    await writeFile(
      path,
      '{"type":"session","id":"s"}\n{"type":"message","id":"m1","parentId":"s","message":{"role":"user","timestamp":1}}\n',
    );
    expect(traces.length).toBeGreaterThanOrEqual(125);
    for (const trace of traces) {
      expect(compare(trace, trace), trace.name).toBeUndefined();
      const got = seenInHistory(await replay(trace, path), trace.window);
      expect(firstDifference(seenInTrace(trace), got), trace.name).toBeUndefined();
    }
    await cleanup();
  });

  it("reports what was changed in a copy, whatever it is", async () => {
    const a1 = await ownTrace("openclaw-2026.9/a1");
    const e1 = await ownTrace("openclaw-2026.5/e1");
    const changes: [Trace, number, (record: Record<string, unknown>) => void, string][] = [
      [a1, 2, (r) => Object.assign(r, { call: "bootstrap" }), "method"],
      [a1, 2, (r) => Object.assign(r, { engine: 9 }), "engine"],
      [a1, 10, (r) => Object.assign(r, { session: "S2" }), "session"],
      [a1, 2, (r) => Object.assign(r, { key: "agent:main:a1:x" }), "key"],
      [a1, 2, (r) => Object.assign(r, { params: ["messages"] }), "names"],
      [a1, 8, (r) => Object.assign(r, { lifecycle: "L1" }), "lifecycle"],
      [a1, 10, (r) => Object.assign(r, { prompt: "prompt1" }), "prompt"],
      [a1, 12, (r) => Object.assign(r, { isHeartbeat: true }), "isHeartbeat"],
      [a1, 12, (r) => Object.assign(r, { advancementKey: "A1" }), "advancementKey"],
      [a1, 2, (r) => Object.assign(r, { tokenBudget: 128_000 }), "budget"],
      [a1, 4, (r) => Object.assign(r, { result: { status: "duplicate" } }), "result"],
      [a1, 2, (r) => Object.assign(r, { threw: true, result: undefined }), "outcome"],
      [e1, 12, (r) => Object.assign(r, { prePromptMessageCount: 3 }), "prePromptMessageCount"],
      [e1, 12, (r) => Object.assign(r, { sessionFileEntries: 8 }), "file"],
      [e1, 3, (r) => Object.assign(r, { sessionFileEntries: 0 }), "file"],
      [e1, 16, (r) => Object.assign(r, { currentTokenCount: 140_001 }), "currentTokenCount"],
      [e1, 16, (r) => Object.assign(r, { force: false }), "force"],
      [e1, 16, (r) => Object.assign(r, { compactionTarget: "threshold" }), "compactionTarget"],
      [e1, 16, (r) => Object.assign(r, { trigger: "manual" }), "trigger"],
    ];
    for (const [trace, call, change, field] of changes) {
      const copy = altered(trace, call, change);
      expect(compare(trace, copy)).toMatchObject({ call, field });
      expect(compare(copy, trace)).toMatchObject({ call, field });
    }
  });

  it("reports a changed role, a text that became another's, and one that is no longer the same", async () => {
    const e1 = await ownTrace("openclaw-2026.5/e1");
    const role = altered(e1, 12, (r) => Object.assign((r.messages as Record<string, unknown>[])[0] ?? {}, { role: "assistant" }));
    expect(compare(e1, role)).toMatchObject({ call: 12, field: "roles" });
    const merged = altered(e1, 12, (r) => Object.assign((r.messages as Record<string, unknown>[])[2] ?? {}, { text: "text1" }));
    expect(compare(e1, merged)).toMatchObject({ call: 12, field: "messages" });
    const parted = altered(e1, 21, (r) => Object.assign((r.messages as Record<string, unknown>[])[2] ?? {}, { text: "text99" }));
    expect(compare(e1, parted)).toMatchObject({ call: 21, field: "messages" });
  });

  it("reports two calls that changed places, one too many and one too few", async () => {
    const a1 = await ownTrace("openclaw-2026.9/a1");
    const seen = seenInTrace(a1);
    const [one, two, ...rest] = seen;
    if (one === undefined || two === undefined) throw new Error("a1 has calls");
    expect(firstDifference(seen, [two, one, ...rest])).toMatchObject({ call: 1, field: "method" });
    expect(firstDifference(seen, seen.slice(0, -1))).toMatchObject({ call: seen.length, field: "call", got: "no more calls" });
    expect(firstDifference(seen, [...seen, one])).toMatchObject({
      call: seen.length + 1,
      field: "call",
      expected: "no more calls",
    });
  });

  it("shows the calls before the difference and both sides of it", async () => {
    const a1 = await ownTrace("openclaw-2026.9/a1");
    const difference = compare(
      a1,
      altered(a1, 5, (r) => Object.assign(r, { key: "agent:main:other" })),
    );
    expect(difference?.context.map((line) => line.slice(0, 13))).toEqual([
      "  2  assemble",
      "  3  assemble",
      "  4  commitTu",
      "- 5  maintain",
      "  6  dispose ",
      "+ 5  maintain",
      "  6  dispose ",
    ]);
  });
});
