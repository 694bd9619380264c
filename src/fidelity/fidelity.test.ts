import { describe, expect, it } from "vitest";
import { printed } from "./cli.js";
import { KNOWN_DIFFERENCES, knownReason } from "./known-differences.js";
import { fidelityOf } from "./play.js";
import type { TraceRecord } from "./trace.js";
import { ownTraces } from "./traces.fixture.js";

const traces = await ownTraces();

const rename = (entry: TraceRecord | undefined, fields: object): void => {
  if (entry?.kind === "call") Object.assign(entry.record, fields);
};

describe("the simulated host calls an engine as the recorded one did", () => {
  for (const trace of traces) {
    it(`${trace.name}: ${trace.about}`, async () => {
      const fidelity = await fidelityOf(trace);
      if (fidelity.verdict === "differs" && knownReason(trace.name, fidelity.difference) !== undefined) return;
      expect(fidelity.verdict, `\n${printed(trace, fidelity).lines.join("\n")}\n`).toBe("same");
    });
  }

  it("is not satisfied by a recording in which one call was changed, moved or left out", async () => {
    const changes: [string, (calls: TraceRecord[]) => void, string][] = [
      ["openclaw-2026.9/n1", (calls) => calls.splice(1, 1), "method"],
      ["openclaw-2026.9/b1", (calls) => rename(calls[12], { key: "agent:main:main:heartbeat:heartbeat" }), "key"],
      ["openclaw-2026.9/e1", (calls) => rename(calls[12], { currentTokenCount: 150_000 }), "currentTokenCount"],
      ["openclaw-2026.5/c1", (calls) => calls.splice(5, 2, ...calls.slice(5, 7).reverse()), "method"],
      ["openclaw-2026.5/h1", (calls) => rename(calls[3], { params: ["sessionId"] }), "names"],
    ];
    for (const [name, change, field] of changes) {
      const trace = structuredClone(traces.find((candidate) => candidate.name === name));
      if (trace === undefined) throw new Error(`no trace ${name}`);
      const calls = trace.records.filter((entry) => entry.kind === "call");
      change(calls);
      // Host and provider records keep their places; the calls fill the others, in their new order.
      const left = [...calls];
      trace.records = trace.records.flatMap((entry): TraceRecord[] => (entry.kind === "call" ? left.splice(0, 1) : [entry]));
      const fidelity = await fidelityOf(trace);
      expect(fidelity.verdict === "differs" ? fidelity.difference.field : fidelity.verdict, name).toBe(field);
    }
  });

  it("has no known difference that does not occur", async () => {
    const stale: string[] = [];
    for (const known of KNOWN_DIFFERENCES) {
      const trace = traces.find((candidate) => candidate.name === known.trace);
      const fidelity = trace === undefined ? undefined : await fidelityOf(trace);
      const occurs =
        fidelity?.verdict === "differs" && fidelity.difference.call === known.call && fidelity.difference.field === known.field;
      if (!occurs) stale.push(`${known.trace}, call ${known.call}, ${known.field}: remove it from known-differences.ts`);
    }
    expect(stale).toEqual([]);
  });
});
